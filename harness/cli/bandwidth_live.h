// Measures bandwidth while a command runs, or until Ctrl-C.
#pragma once

#include <string>
#include <vector>

#include "bandwidth/resctrl_group.h"
#include "pmubench/result.h"

namespace pmubench {

struct BandwidthLiveOptions {
  std::vector<std::string> command;
  std::string source;
  std::string format = "text";  ///< text, json (a document a line) or csv
  double interval_ms = 1000;
  ResctrlLimits limits;
  bool only_command = false;  ///< its own bytes, by a monitoring group of resctrl
  double duration_s = 0;      ///< 0: until the command ends or Ctrl-C
};

/// The exit code. Without the command line's header, which is slow to compile.
[[nodiscard]] Result<int> RunBandwidthLive(const BandwidthLiveOptions& options);

}  // namespace pmubench
