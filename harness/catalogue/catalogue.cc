#include "catalogue/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalogue/nearest.h"

namespace pmubench {
namespace {

template <typename Range, typename T>
bool Contains(const Range& range, const T& value) {
  return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

Error UnknownMetric(const Catalogue& catalogue, const std::string& name) {
  if (Contains(catalogue.absent_metrics, name)) {
    return {ErrorCode::kNoSuchEvent,
            fmt::format("{} has no events for metric '{}'", catalogue.title, name),
            fmt::format("'pmubench list metrics --cpu {}' shows what it has", catalogue.core)};
  }
  std::vector<std::string> candidates = catalogue.SetNames();
  for (const CatalogueMetric& metric : catalogue.metrics) candidates.push_back(metric.name);
  const std::string guess = DidYouMean(name, candidates);
  return {ErrorCode::kUsage, fmt::format("no metric or metric set '{}'", name),
          guess.empty() ? "'pmubench list metrics' shows them" : guess};
}

}  // namespace

const CatalogueEvent* Catalogue::FindEvent(std::string_view name) const {
  for (const CatalogueEvent& event : events) {
    if (event.name == name) return &event;
  }
  for (const CatalogueEvent& event : events) {
    if (SameIgnoringCase(event.name, name)) return &event;
    for (const std::string& alias : event.aliases) {
      if (SameIgnoringCase(alias, name)) return &event;
    }
  }
  return nullptr;
}

const CatalogueMetric* Catalogue::FindMetric(std::string_view name) const {
  const auto it =
      std::find_if(metrics.begin(), metrics.end(),
                   [name](const CatalogueMetric& metric) { return metric.name == name; });
  return it == metrics.end() ? nullptr : &*it;
}

Result<std::vector<const CatalogueMetric*>> Catalogue::Select(
    const std::vector<std::string>& names) const {
  const std::vector<std::string> sets = SetNames();
  for (const std::string& name : names) {
    if (!Contains(sets, name) && FindMetric(name) == nullptr) return UnknownMetric(*this, name);
  }
  std::vector<const CatalogueMetric*> selected;
  for (const CatalogueMetric& metric : metrics) {
    const bool wanted = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == "all" || name == metric.name || Contains(metric.sets, name);
    });
    if (wanted) selected.push_back(&metric);
  }
  return selected;
}

std::vector<std::string> Catalogue::WithLeaders(const std::vector<std::string>& wanted) const {
  std::vector<std::string> all = wanted;
  for (const std::string& name : wanted) {
    const CatalogueEvent* event = FindEvent(name);
    if (event == nullptr || event->leader.empty()) continue;
    if (std::find(all.begin(), all.end(), event->leader) == all.end()) {
      all.insert(all.begin(), event->leader);
    }
  }
  return all;
}

std::vector<std::string> Catalogue::SetNames() const {
  std::vector<std::string> names;
  for (const CatalogueMetric& metric : metrics) {
    for (const std::string& set : metric.sets) {
      if (!Contains(names, set)) names.push_back(set);
    }
  }
  names.emplace_back("all");
  return names;
}

}  // namespace pmubench
