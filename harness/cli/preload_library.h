// The library that measures binaries which use the shared Google Benchmark.
#pragma once

#include <filesystem>

namespace pmubench {

/// libpmubench_preload.so of this program's build or installation; empty where it is not there.
[[nodiscard]] std::filesystem::path PreloadLibrary();

}  // namespace pmubench
