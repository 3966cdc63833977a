// RunBenchmarks for each way of linking.
#pragma once

#include <string>
#include <vector>

#include "runner/gbench/suite.h"

namespace pmubench::gbench {

/// As pmubench::RunBenchmarks; `loop_hooked` where the linker wraps StartKeepRunning.
int RunLinked(int argc, char** argv, bool loop_hooked);

/// A null-terminated argv over strings that must outlive it.
[[nodiscard]] std::vector<char*> Pointers(std::vector<std::string>& arguments);

}  // namespace pmubench::gbench
