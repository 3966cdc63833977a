// The builds that `pgo run` compares, and the flags that make them. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/pgo_tools.h"
#include "pmubench/result.h"

namespace pmubench {

enum class CompilerFamily { kClang, kGcc };

/// Flags that go into a build command's places.
struct BuildFlags {
  std::string compile;  ///< {cflags}
  std::string link;     ///< {ldflags}
};

/// What every build of the comparison has: line tables and relocations, so that a profile can be
/// brought to source lines and BOLT can move functions, and sections that the linker can shuffle.
/// None of them changes the instructions that are generated.
[[nodiscard]] BuildFlags BaseFlags(CompilerFamily family, const LlvmTools& tools);

[[nodiscard]] BuildFlags GenerateFlags(CompilerFamily family, const std::string& raw_folder);
[[nodiscard]] BuildFlags UseFlags(CompilerFamily family, const std::string& profile);
[[nodiscard]] BuildFlags SampleFlags(const std::string& profile);
/// The base program in another random order of its functions.
[[nodiscard]] BuildFlags ShuffleFlags(int seed);

[[nodiscard]] BuildFlags Join(const BuildFlags& first, const BuildFlags& second);

/// A file for CMAKE_PROJECT_TOP_LEVEL_INCLUDES (CMake 3.24) that adds the flags to C and C++.
[[nodiscard]] std::string CMakeFlags(const BuildFlags& flags);

/// "{name}" in `text` replaced; braces around other words stay, for the shell.
[[nodiscard]] std::string FillIn(std::string text,
                                 const std::map<std::string, std::string>& values);

/// Names of --variants, each once. kUsage names the ones there are.
[[nodiscard]] Result<std::vector<std::string>> ParseVariants(const std::string& list,
                                                             CompilerFamily family);

}  // namespace pmubench
