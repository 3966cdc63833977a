// One side of `pmubench ab`: what is launched, and one launch of it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "pmubench/result.h"
#include "reports/compare/launch.h"
#include "runner/child.h"

namespace pmubench {

struct AbSide {
  std::string label;                 ///< for people
  std::vector<std::string> command;  ///< program and arguments
  bool is_benchmark = false;         ///< a Google Benchmark binary: measured by benchmark
  std::vector<std::string> metrics;  ///< of benchmarks
  std::filesystem::path record;      ///< where a launch's record goes
  std::filesystem::path preload;     ///< libpmubench_preload.so
  /// Benchmarks that count and what they are called in the comparison; empty: all, as they are.
  std::map<std::string, std::string> names;
};

/// From what the user gave: a program (which may be a Google Benchmark binary), or a command line
/// for the shell, run in `folder` ("": here). `arguments` are appended. Errors: kUsage.
[[nodiscard]] Result<AbSide> MakeAbSide(const std::string& given, const std::string& folder,
                                        const std::vector<std::string>& arguments);

/// One side of a pair of variants in `program`: runs those of `names` alone. Errors: kBadInput
/// where it is no Google Benchmark binary.
[[nodiscard]] Result<AbSide> MakeVariantSide(const std::filesystem::path& program,
                                             const std::string& word,
                                             const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& names);

/// Launches it once. A command is one benchmark of the name "command". `errors`: what it writes to
/// standard error; each launch says the same. Errors: kBadInput where it fails: a comparison with a
/// program that does not work says nothing.
[[nodiscard]] Result<compare::Launch> LaunchSide(
    const AbSide& side, ChildOptions::Errors errors = ChildOptions::Errors::kIfItFails);

}  // namespace pmubench
