// Knobs of a workload. They come from the environment, so that its program takes any main.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pmubench {

/// The variable's text, or `standard` where it is not set or empty.
[[nodiscard]] std::string Setting(const char* name, const std::string& standard);

/// A whole number of [least, most]; anything else ends the program as RefuseSetting does.
[[nodiscard]] std::uint64_t NumberSetting(const char* name, std::uint64_t standard,
                                          std::uint64_t least, std::uint64_t most);

/// Counts of threads, a list with commas: 1 and all allowed CPUs where it is not set. One that this
/// process has no CPUs for ends the program as RefuseSetting does: Google Benchmark would start the
/// threads first and end at what the system refuses.
[[nodiscard]] std::vector<int> ThreadsSetting(const char* name);

/// Ends the program with exit code 2 (wrong use). For the registration of benchmarks, before main:
/// a benchmark that only said so could be filtered away.
[[noreturn]] void RefuseSetting(const std::string& message);

}  // namespace pmubench
