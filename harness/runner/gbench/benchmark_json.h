// Google Benchmark's rows and context as JSON, with its own names and in its order, so that what
// reads its files (tools/compare.py) reads ours. Its own writer is not used: it writes a bare NaN
// and a user counter called "iterations" a second time.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

namespace pmubench::gbench {

/// One object of "benchmarks". Numbers that are not finite become null; user counters whose name
/// is one of the row's own fields get the prefix "counter.".
[[nodiscard]] std::string RowJson(const benchmark::BenchmarkReporter::Run& run);

/// The object "context".
[[nodiscard]] std::string ContextJson(const std::string& executable);

/// `context` with what the suite has added by AddCustomContext since.
[[nodiscard]] std::string WithLaterContext(const std::string& context);

}  // namespace pmubench::gbench
