#include "reports/history/events.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace pmubench::history {

std::size_t Event::Benchmarks() const {
  std::set<std::string_view> names;
  for (const SeriesChange& change : changes) {
    if (!change.canary) names.insert(change.benchmark);
  }
  return names.size();
}

bool IsCanary(std::string_view benchmark) { return benchmark.starts_with(kCanaryPrefix); }

std::vector<Event> GroupEvents(std::vector<SeriesChange> changes, std::size_t tolerance) {
  std::sort(changes.begin(), changes.end(), [](const SeriesChange& a, const SeriesChange& b) {
    return std::tie(a.run, a.benchmark, a.metric) < std::tie(b.run, b.benchmark, b.metric);
  });
  std::vector<Event> events;
  for (SeriesChange& change : changes) {
    const bool joins = !events.empty() && change.run - events.back().last_run <= tolerance &&
                       change.run - events.back().first_run <= 2 * tolerance;
    if (!joins) {
      events.emplace_back();
      events.back().first_run = change.run;
    }
    Event& event = events.back();
    event.last_run = change.run;
    event.environment |= change.canary;
    event.changes.push_back(std::move(change));
  }
  for (Event& event : events) {
    std::stable_sort(event.changes.begin(), event.changes.end(),
                     [](const SeriesChange& a, const SeriesChange& b) {
                       return std::fabs(a.relative_change) > std::fabs(b.relative_change);
                     });
  }
  return events;
}

}  // namespace pmubench::history
