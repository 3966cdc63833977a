#include "counters/probe.h"

#include <vector>

#include "counters/counter_group.h"

namespace pmubench {
namespace {

constexpr CounterOptions kPinnedUser{.pinned = true, .exclude_kernel = true};

void BusyLoop() {
  volatile unsigned sink = 0;
  for (unsigned i = 0; i < 20'000; ++i) sink = sink + i;
}

Result<CounterGroup> OpenCopies(Kernel& kernel, const EventEncoding& event, int copies,
                                const Permissions& permissions) {
  return CounterGroup::Open(kernel,
                            std::vector<EventEncoding>(static_cast<std::size_t>(copies), event),
                            CounterTarget::CallingThread(), kPinnedUser, permissions);
}

/// Whether every copy counts, all the time.
bool Counts(CounterGroup& group) {
  if (!group.Enable()) return false;
  auto begin = group.Read();
  if (!begin) return false;
  BusyLoop();
  auto end = group.Read();
  if (!end) return false;
  GroupTotals totals;
  totals.AddInterval(*begin, *end);
  if (totals.time_enabled == 0 || totals.time_running < totals.time_enabled) return false;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (totals.counts[i] == 0) return false;
  }
  return true;
}

}  // namespace

Result<CounterProbe> ProbeCounters(Kernel& kernel, const EventEncoding& event,
                                   const Permissions& permissions) {
  CounterProbe probe;
  for (int copies = 1; copies <= static_cast<int>(kMaxGroupEvents); ++copies) {
    auto group = OpenCopies(kernel, event, copies, permissions);
    if (!group) {
      // The first refusal of a group that could be opened smaller is the limit itself.
      if (copies == 1) return group.error();
      break;
    }
    probe.existing = copies;
  }
  for (int copies = probe.existing; copies > 0; --copies) {
    auto group = OpenCopies(kernel, event, copies, permissions);
    if (group && Counts(*group)) {
      probe.free = copies;
      break;
    }
  }
  return probe;
}

}  // namespace pmubench
