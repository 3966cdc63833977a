// A CI job from its first launch to its pages.
#pragma once

#include <string>
#include <vector>

#include "cli/ci_context.h"
#include "cli/night_report.h"
#include "pmubench/result.h"

namespace pmubench {

struct CiArguments {
  std::string store;
  std::string binary;
  std::vector<std::string> arguments;
  std::string base;      ///< a binary to compare with, launched in turns
  std::string baseline;  ///< the branch whose newest run is compared with otherwise
  std::string canary;    ///< the fixed program; "": none
  ImportFlags flags;
  NightOptions night;
  std::string metrics = "basic";
  std::string folder = "pmubench-ci";
  std::size_t launches = 10;
  bool strict = false, no_import = false;
};

/// Measures, compares, measures again what is not settled, judges, adds the run to the history and
/// writes the pages. The exit code, as the verb's help says.
[[nodiscard]] Result<int> RunCiJob(const CiArguments& arguments, const CiContext& context);

}  // namespace pmubench
