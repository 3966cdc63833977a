#include "counters/conflicts.h"

#include <fmt/format.h>

#include "counters/trial.h"

namespace pmubench {
namespace {

struct Usable {
  const EventEncoding* event;
  bool counts;  ///< in a busy loop, alone
};

/// Why the pair does not work; empty where it does.
std::string Conflict(const Usable& first, const Usable& second, const Trial& trial) {
  if (trial.refused) return "the kernel refuses them in one group: " + trial.refused->message;
  if (!trial.ran) return "the kernel opens them in one group, and it gets no counters";
  const Usable* const both[] = {&first, &second};
  for (std::size_t i = 0; i < 2; ++i) {
    if (both[i]->counts && trial.counts[i] == 0) {
      return fmt::format("{} counts alone and stays 0 beside {}", both[i]->event->name,
                         both[1 - i]->event->name);
    }
  }
  return {};
}

}  // namespace

ConflictReport FindConflicts(Kernel& kernel, const std::vector<EventEncoding>& events,
                             const Permissions& permissions) {
  ConflictReport report;
  std::vector<Usable> usable;
  for (const EventEncoding& event : events) {
    const Trial alone = TryTogether(kernel, {event}, permissions);
    if (alone.refused) {
      report.unusable.push_back({event.name, alone.refused->ToString()});
    } else if (!alone.ran) {
      report.unusable.push_back({event.name, "opens, and gets no counter"});
    } else {
      usable.push_back({&event, alone.counted()});
    }
  }
  for (std::size_t i = 0; i < usable.size(); ++i) {
    for (std::size_t j = i + 1; j < usable.size(); ++j) {
      if (usable[i].event->type != usable[j].event->type) continue;
      ++report.pairs;
      const Trial pair = TryTogether(kernel, {*usable[i].event, *usable[j].event}, permissions);
      std::string why = Conflict(usable[i], usable[j], pair);
      if (why.empty()) continue;
      report.conflicts.push_back({usable[i].event->name, usable[j].event->name, std::move(why)});
    }
  }
  return report;
}

}  // namespace pmubench
