#include "counters/trial.h"

#include <algorithm>

#include "counters/counter_group.h"

namespace pmubench {
namespace {

void BusyLoop() {
  volatile unsigned sink = 0;
  for (unsigned i = 0; i < 20'000; ++i) sink = sink + i;
}

}  // namespace

bool Trial::counted() const {
  return ran && std::none_of(counts.begin(), counts.end(), [](auto count) { return count == 0; });
}

Trial TryTogether(Kernel& kernel, const std::vector<EventEncoding>& events,
                  const Permissions& permissions) {
  Trial trial;
  auto group = CounterGroup::Open(kernel, events, CounterTarget::CallingThread(),
                                  {.pinned = true, .exclude_kernel = true}, permissions);
  if (!group) {
    trial.refused = group.error();
    return trial;
  }
  if (!group->Enable()) return trial;
  const auto begin = group->Read();
  if (!begin) return trial;
  BusyLoop();
  const auto end = group->Read();
  if (!end) return trial;
  GroupTotals totals;
  totals.AddInterval(*begin, *end);
  trial.ran = totals.time_enabled > 0 && totals.time_running == totals.time_enabled;
  if (trial.ran) trial.counts.assign(totals.counts.begin(), totals.counts.begin() + group->size());
  return trial;
}

}  // namespace pmubench
