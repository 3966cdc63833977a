#include "validate/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "catalogue/encode.h"
#include "counters/counter_group.h"
#include "validate/quantities.h"

namespace pmubench {
namespace {

/// One run's count of the last event of the group: what leads it stands before it.
Result<std::uint64_t> CountRun(CounterGroup& group, const ReadyLoop& loop, std::uint64_t steps) {
  auto begin = group.Read();
  if (!begin) return begin.error();
  loop.run(steps);
  auto end = group.Read();
  if (!end) return end.error();
  GroupTotals totals;
  totals.AddInterval(*begin, *end);
  if (totals.time_running < totals.time_enabled) {
    return Error{ErrorCode::kMultiplexed, "another program held the counter during the check",
                 "stop it, or try again"};
  }
  return totals.counts[group.size() - 1];
}

Result<LengthCounts> CountAll(CounterGroup& group, const ReadyLoop& loop, int repeats) {
  if (auto done = group.Enable(); !done) return done.error();
  LengthCounts counts;
  // Once unmeasured: caches, predictors and pages of code are warm afterwards.
  loop.run(loop.steps);
  for (int i = 0; i < repeats; ++i) {
    for (std::size_t length = 0; length < kLengths.size(); ++length) {
      auto count = CountRun(group, loop, loop.steps * kLengths[length]);
      if (!count) return count.error();
      counts[length].push_back(*count);
    }
  }
  return counts;
}

class Validator {
 public:
  Validator(const ValidateRequest& request, Kernel& kernel) : request_(request), kernel_(kernel) {}

  EventVerdict Check(const CatalogueEvent& event) {
    EventVerdict verdict;
    const Quantity* quantity = FindQuantity(event.truth);
    if (quantity == nullptr) {
      verdict.detail = fmt::format("no loop for '{}'", event.truth);
    } else if (auto loop = LoopFor(*quantity); !loop) {
      verdict.detail = loop.error().ToString();
    } else if (auto group = Open(event, quantity->software); !group) {
      verdict.detail = group.error().ToString();
    } else if (auto counts = CountAll(*group, **loop, request_.repeats); !counts) {
      verdict.detail = counts.error().ToString();
    } else {
      verdict = Judge((*loop)->truth, (*loop)->steps, *counts);
    }
    verdict.event = event.name;
    verdict.quantity = event.truth;
    return verdict;
  }

 private:
  /// Loops are prepared once: chains through large memory take longer to make than to follow.
  Result<const ReadyLoop*> LoopFor(const Quantity& quantity) {
    auto it = loops_.find(quantity.name);
    if (it == loops_.end()) {
      // Events come by quantity: the last one's memory is done with.
      loops_.clear();
      auto loop = quantity.prepare(request_.caches);
      if (!loop) return loop.error();
      it = loops_.emplace(quantity.name, std::move(*loop)).first;
    }
    return &it->second;
  }

  Result<CounterGroup> Open(const CatalogueEvent& event, bool software) {
    std::vector<EventEncoding> events;
    for (const std::string& name : request_.catalogue->WithLeaders({event.name})) {
      // An event that the kernel does not list may count all the same; most are dead.
      auto encoding = EncodeEvent(*request_.catalogue->FindEvent(name), *request_.pmus,
                                  request_.cpu, Listing::kIgnored);
      if (!encoding) return encoding.error();
      events.push_back(std::move(*encoding));
    }
    const CounterOptions options{.pinned = !software,
                                 .exclude_kernel = !software || !MayCountKernel()};
    return CounterGroup::Open(kernel_, events, CounterTarget::CallingThread(), options,
                              request_.permissions);
  }

  [[nodiscard]] bool MayCountKernel() const { return request_.permissions.may_count_kernel(); }

  const ValidateRequest& request_;
  Kernel& kernel_;
  std::map<std::string_view, ReadyLoop> loops_;
};

}  // namespace

std::vector<EventVerdict> ValidateEvents(const ValidateRequest& request, Kernel& kernel) {
  std::vector<const CatalogueEvent*> covered;
  for (const CatalogueEvent& event : request.catalogue->events) {
    if (!event.truth.empty()) covered.push_back(&event);
  }
  // By quantity: one loop is alive at a time.
  std::vector<const CatalogueEvent*> order = covered;
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->truth < b->truth; });
  Validator validator(request, kernel);
  std::map<std::string, EventVerdict> verdicts;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (request.progress) request.progress(i + 1, order.size(), order[i]->name);
    verdicts[order[i]->name] = validator.Check(*order[i]);
  }
  std::vector<EventVerdict> result;
  for (const CatalogueEvent* event : covered) result.push_back(std::move(verdicts[event->name]));
  return result;
}

}  // namespace pmubench
