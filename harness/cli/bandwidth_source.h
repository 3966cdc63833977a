// Which source a verb measures with, and its counters.
#pragma once

#include <string>
#include <vector>

#include "bandwidth/meter.h"
#include "bandwidth/mux_interval.h"
#include "bandwidth/resctrl_group.h"
#include "bandwidth/sources.h"
#include "pmubench/result.h"

namespace pmubench {

/// A source of this machine with its counters open and running.
struct OpenedSource {
  BandwidthMachine machine;
  ListedSource listed;
  BandwidthMeter meter;
  std::vector<MuxInterval> longer_turns;
};

/// The source of that name ("" or "auto": the best there is), opened. Warnings go to standard
/// error. `interval_s`: how long the shortest thing to be measured is. Errors: kUsage for an
/// unknown name, kNoPmu with what to turn on, those of opening. `own`: measure that group's bytes
/// in place of the machine's, which the source resctrl can.
[[nodiscard]] Result<OpenedSource> OpenSource(const std::string& name, double interval_s,
                                              const ResctrlGroup* own = nullptr);

}  // namespace pmubench
