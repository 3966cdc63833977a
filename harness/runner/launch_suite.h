// Runs a Google Benchmark binary with metrics, whichever way it was linked.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reports/record.h"
#include "runner/binary_kind.h"
#include "runner/child.h"

namespace pmubench {

/// What to run and how.
struct LaunchOptions {
  std::filesystem::path binary;
  std::vector<std::string> arguments;  ///< for the binary, after ours
  std::vector<std::string> metrics = {"basic"};
  std::string catalogue_file;
  std::filesystem::path out;       ///< where the record goes
  std::filesystem::path preload;   ///< libpmubench_preload.so
  std::string bandwidth = "auto";  ///< source of memory bandwidth, auto or off
  bool count_kernel = false;
  bool table_to_stderr = false;                                  ///< standard output is for JSON
  bool quiet = false;                                            ///< no table at all
  ChildOptions::Errors errors = ChildOptions::Errors::kInherit;  ///< the binary's
};

/// How it went. The record's file is at `LaunchOptions::out`.
struct LaunchEnd {
  int exit_code = 0;
  std::string note;      ///< what a person should know: a crash, another way of measuring
  bool recorded = true;  ///< whether the file at `out` is this run's
};

/// Runs the binary and leaves a record: complete, or marked partial with what was measured before
/// a crash. Errors: kNotFound, kBadInput, kSystem.
[[nodiscard]] Result<LaunchEnd> LaunchSuite(const LaunchOptions& options);

}  // namespace pmubench
