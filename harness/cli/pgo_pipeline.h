// The steps of `pgo run`: build, record, convert, rebuild. Each says which command failed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "branches/profile.h"
#include "cli/pgo_variants.h"
#include "pmubench/result.h"

namespace pmubench {

/// How the user's program is built and run.
struct PgoProject {
  std::string build;         ///< a shell command with {cflags}, {ldflags}, {out} and {cc}, {cxx}
  std::string cmake_folder;  ///< or a CMake project,
  std::string preset;        ///< one of its presets,
  std::string target;        ///< and a program of it
  std::string train;         ///< a shell command with {binary}: what the profile is of
  std::string source = "auto";
  long interval_us = 1500;
  std::uint64_t enough_branches = 12000;  ///< taken; the training run is repeated for them
  double record_limit = 60;  ///< seconds after which no further training run is started
  CompilerFamily family = CompilerFamily::kClang;
  std::string work;  ///< absolute folder for everything that is made
  LlvmTools tools;
};

/// What was recorded.
struct PgoRecording {
  BranchProfile profile;
  std::string source;
  std::string llvm_profile;  ///< for -fprofile-sample-use; "" where it could not be made
  std::string llvm_reason;   ///< why not
  std::string bolt_profile;  ///< fdata
  std::string bolt_reason;
  std::vector<std::string> warnings;
};

/// Builds with `flags` beside the base flags; gives the binary's path, WORK/name. With `folder` an
/// earlier variant's build folder is used again, so that only what changed is built.
[[nodiscard]] Result<std::string> BuildVariant(const PgoProject& project, const std::string& name,
                                               const BuildFlags& flags,
                                               const std::string& folder = "");

/// Records `train` on the binary until there are enough branches, and converts the profile for
/// llvm-profgen and BOLT, checking each step's output.
[[nodiscard]] Result<PgoRecording> RecordAndConvert(const PgoProject& project,
                                                    const std::string& binary, bool for_llvm,
                                                    bool for_bolt);

/// Instrumented PGO: the upper bound.
[[nodiscard]] Result<std::string> BuildInstrumented(const PgoProject& project);

/// `binary` rewritten by BOLT with fdata.
[[nodiscard]] Result<std::string> RunBolt(const PgoProject& project, const std::string& binary,
                                          const std::string& fdata, const std::string& name);

/// perf2bolt on an exported profile of `binary`, its result checked.
[[nodiscard]] Result<std::string> MakeFdata(const PgoProject& project, const BranchProfile& profile,
                                            const std::string& binary, const std::string& name,
                                            std::vector<std::string>& warnings);

/// The share in "traces mismatching disassembled function contents: N (P%)" of perf2bolt's output;
/// negative where there is no such line. Pure.
[[nodiscard]] double MismatchPercent(const std::string& output);

}  // namespace pmubench
