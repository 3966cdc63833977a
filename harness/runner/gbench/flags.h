// pmubench's own flags beside Google Benchmark's, spelled the way Google Benchmark spells its.
#pragma once

#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench::gbench {

/// From `--pmubench_*` flags, else `PMUBENCH_*` environment variables, else these defaults.
struct Flags {
  std::vector<std::string> metrics = {"basic"};  ///< names of metrics and of sets
  std::string out;                               ///< record file; empty: none
  std::string catalogue;                         ///< a user's catalogue file; empty: none
  std::string bandwidth = "auto";                ///< source of memory bandwidth, auto or off
  bool kernel = false;                           ///< count kernel mode too
  bool quiet = false;                            ///< no notes beside the table
  bool help = false;

  // Of Google Benchmark's flags, those that pmubench has to know or to take over.
  int repetitions = 1;
  bool report_aggregates_only = false;
  bool display_aggregates_only = false;
  bool list_tests = false;
  std::string benchmark_out;  ///< written by pmubench, merged over all passes
  std::string benchmark_out_format = "json";
};

/// Takes pmubench's flags out of argv (argv[argc] stays null) and copies what it needs of Google
/// Benchmark's. Errors: kUsage for an unknown --pmubench_ flag or a bad value.
Result<Flags> TakeFlags(int* argc, char** argv);

/// Help text for pmubench's flags.
[[nodiscard]] const char* FlagsHelp();

}  // namespace pmubench::gbench
