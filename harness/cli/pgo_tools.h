// The compilers' and linkers' tools that PGO leaves the work to: found, checked, and run.
#pragma once

#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// How a command ended.
struct ToolRun {
  int exit_code = 0;
  std::string output;  ///< standard output and error together
};

/// Runs through sh -c in `folder` ("" here), output captured.
[[nodiscard]] ToolRun RunShell(const std::string& command, const std::string& folder = "");

/// The path of a fresh, empty file; the caller removes it.
[[nodiscard]] std::string TemporaryFile();

/// The tools of one LLVM, by full path. Debian's perf2bolt-NN link in /usr/bin starts another
/// program, so tools are only ever called in /usr/lib/llvm-NN/bin.
struct LlvmTools {
  int version = 0;
  std::string folder;
  std::string clang, clangxx, lld, profgen, profdata, bolt, perf2bolt;  ///< "" if not there

  [[nodiscard]] bool has_compiler() const { return !clangxx.empty() && !lld.empty(); }
  [[nodiscard]] bool has_bolt() const { return !bolt.empty() && !perf2bolt.empty(); }
};

/// The newest LLVM under `root`/usr/lib that has a compiler and profgen, at least `oldest`, or the
/// one of version `wanted` (0: any). The error names the Debian packages to install.
[[nodiscard]] Result<LlvmTools> FindLlvm(int wanted, const std::string& root = "");

/// Runs each of the tools for its version: a folder of another version's tools is refused, by name
/// and package.
[[nodiscard]] Result<void> CheckVersions(const LlvmTools& tools);

/// The major version in "Debian LLD 19.1.7 (...)" or "Debian LLVM version 19.1.7"; 0 where there is
/// none. Pure.
[[nodiscard]] int MajorVersionIn(const std::string& output);

/// CMake's flags file needs 3.24.
[[nodiscard]] Result<void> CheckCMake();

/// Oldest LLVM whose formats were tried.
inline constexpr int kOldestLlvm = 14;

/// Prints a perf.data file as text that ImportPerfScript reads; gives the path of a temporary file.
[[nodiscard]] Result<std::string> PrintPerfData(const std::string& path);

}  // namespace pmubench
