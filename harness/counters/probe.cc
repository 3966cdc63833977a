#include "counters/probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "counters/counter_group.h"
#include "counters/trial.h"

namespace pmubench {
namespace {

std::vector<EventEncoding> Copies(const EventEncoding& event, int copies) {
  return std::vector<EventEncoding>(static_cast<std::size_t>(copies), event);
}

/// Copies of one event in one group see the same instructions: beyond the skew of starting them
/// one after the other they must agree. Empty where they do.
std::string Disagreement(const std::vector<std::uint64_t>& counts) {
  const auto [low, high] = std::minmax_element(counts.begin(), counts.end());
  if (*high - *low <= *high / 50 + 64) return {};
  return fmt::format("{} copies of one event count from {} to {}", counts.size(), *low, *high);
}

}  // namespace

Result<CounterProbe> ProbeCounters(Kernel& kernel, const EventEncoding& event,
                                   const Permissions& permissions) {
  CounterProbe probe;
  probe.event = event.name;
  bool more_free = true;
  for (int copies = 1; copies <= static_cast<int>(kMaxGroupEvents); ++copies) {
    Trial trial = TryTogether(kernel, Copies(event, copies), permissions);
    if (trial.refused) {
      // The first refusal of a group that could be opened smaller is the limit itself.
      if (copies == 1) return *std::move(trial.refused);
      break;
    }
    probe.existing = copies;
    if (!more_free) continue;
    more_free = trial.counted();
    if (more_free) {
      probe.unlike = Disagreement(trial.counts);
      more_free = probe.unlike.empty();
    }
    if (more_free) probe.free = copies;
  }
  return probe;
}

std::vector<DedicatedCounter> FindDedicated(Kernel& kernel, const EventEncoding& general,
                                            const CounterProbe& probe,
                                            const std::vector<DedicatedCandidate>& candidates,
                                            const Permissions& permissions) {
  std::vector<EventEncoding> all = Copies(general, probe.existing);
  std::vector<EventEncoding> now = Copies(general, probe.free);
  std::vector<DedicatedCounter> found;
  for (const DedicatedCandidate& candidate : candidates) {
    if (all.size() == kMaxGroupEvents) break;
    all.push_back(candidate.event);
    if (!TryTogether(kernel, all, permissions).opened()) {
      all.pop_back();
      continue;
    }
    now.push_back(candidate.event);
    const bool free = TryTogether(kernel, now, permissions).counted();
    if (!free) now.pop_back();
    // With all general counters free nobody is there to hold it: an event that opens and stays 0.
    if (!free && probe.free == probe.existing &&
        !TryTogether(kernel, {candidate.event}, permissions).counted()) {
      all.pop_back();
      continue;
    }
    found.push_back({candidate.event.name, candidate.counter, free});
  }
  return found;
}

}  // namespace pmubench
