#include "catalogue/expand.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "catalogue/field_reader.h"
#include "catalogue/nearest.h"

namespace pmubench {
namespace {

constexpr std::size_t kMaxChain = 32;

class Expander {
 public:
  Expander(const std::vector<MetricSource>& sources, const std::set<std::string>& missing_events,
           const Catalogue& catalogue)
      : sources_(sources), missing_events_(missing_events), states_(sources.size()) {
    for (std::size_t i = 0; i < sources.size(); ++i) by_name_[sources[i].metric.name] = i;
    for (const CatalogueEvent& event : catalogue.events) events_.insert(event.name);
    for (const CatalogueConstant& constant : catalogue.constants) {
      constants_.emplace(constant.name, *Formula::Parse(fmt::format("({})", constant.value)));
    }
  }

  /// Expands one metric and what it names. False after an error.
  bool Visit(std::size_t index) {
    State& state = states_[index];
    const MetricSource& source = sources_[index];
    if (state.done || !source.defined) return true;
    const std::string& name = source.metric.name;
    if (events_.contains(name) || constants_.contains(name)) {
      return Fail(source, fmt::format("'{}' is a metric and an event or constant", name));
    }
    if (const auto it = std::find(path_.begin(), path_.end(), name); it != path_.end()) {
      return Fail(source, fmt::format("the formula is defined by itself: {} -> {}",
                                      fmt::join(it, path_.end(), " -> "), name));
    }
    if (path_.size() == kMaxChain) {
      return Fail(source, fmt::format("formulas name each other more than {} deep", kMaxChain));
    }
    path_.push_back(name);
    bool absent = false;
    for (const std::string& used : source.metric.definition.names()) {
      if (!VisitName(source, used, absent)) return false;
    }
    path_.pop_back();
    state.done = true;
    if (absent) return true;
    auto expanded = source.metric.definition.Expand(
        [this](std::string_view used) { return Replacement(used); });
    if (!expanded) return Fail(source, expanded.error().message);
    if (const std::string zero = expanded->ZeroDivisor(); !zero.empty()) {
      return Fail(source,
                  fmt::format("formula of metric '{}': division by {}, which is 0", name, zero));
    }
    state.formula = *std::move(expanded);
    return true;
  }

  /// The expanded formula; null where the core cannot count it.
  [[nodiscard]] const Formula* formula(std::size_t index) const {
    const std::optional<Formula>& formula = states_[index].formula;
    return formula ? &*formula : nullptr;
  }

  [[nodiscard]] const Error& error() const { return *error_; }

 private:
  struct State {
    bool done = false;
    std::optional<Formula> formula;
  };

  bool VisitName(const MetricSource& source, const std::string& used, bool& absent) {
    if (events_.contains(used) || IsRunQuantity(used) || constants_.contains(used)) return true;
    if (const auto it = by_name_.find(used); it != by_name_.end()) {
      if (!Visit(it->second)) return false;
      if (formula(it->second) == nullptr) absent = true;
      return true;
    }
    if (missing_events_.contains(used)) {
      absent = true;
      return true;
    }
    std::vector<std::string> candidates(events_.begin(), events_.end());
    for (const auto& [name, index] : by_name_) candidates.push_back(name);
    return Fail(
        source,
        fmt::format("formula of metric '{}': no event or metric '{}'", source.metric.name, used),
        DidYouMean(used, candidates));
  }

  const Formula* Replacement(std::string_view name) const {
    const std::string key(name);
    if (const auto it = constants_.find(key); it != constants_.end()) return &it->second;
    if (const auto it = by_name_.find(key); it != by_name_.end()) return formula(it->second);
    return nullptr;
  }

  bool Fail(const MetricSource& source, const std::string& message, std::string remedy = "") {
    error_ = ErrorAt(source.place.file, source.place.line, source.place.column, message,
                     std::move(remedy));
    return false;
  }

  const std::vector<MetricSource>& sources_;
  const std::set<std::string>& missing_events_;
  std::vector<State> states_;
  std::map<std::string, std::size_t> by_name_;
  std::set<std::string> events_;
  std::map<std::string, Formula> constants_;
  std::vector<std::string> path_;
  std::optional<Error> error_;
};

/// "MISPREDICT_CYCLES is 11 cycles/miss: ..." after the metric's own note.
void AddSources(const Catalogue& catalogue, CatalogueMetric& metric) {
  for (const std::string& name : metric.definition.names()) {
    for (const CatalogueConstant& constant : catalogue.constants) {
      if (constant.name != name || constant.source.empty()) continue;
      metric.note += fmt::format("{}{} is {} {}: {}", metric.note.empty() ? "" : "; ", name,
                                 constant.value, constant.unit, constant.source);
    }
  }
}

}  // namespace

Result<void> ExpandMetrics(const std::vector<MetricSource>& sources,
                           const std::set<std::string>& missing_events, Catalogue& catalogue) {
  Expander expander(sources, missing_events, catalogue);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!expander.Visit(i)) return expander.error();
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Formula* formula = expander.formula(i);
    if (formula == nullptr) {
      catalogue.absent_metrics.push_back(sources[i].metric.name);
      continue;
    }
    CatalogueMetric metric = sources[i].metric;
    metric.formula = *formula;
    AddSources(catalogue, metric);
    for (const std::string& name : formula->names()) {
      if (!IsRunQuantity(name)) metric.events.push_back(name);
    }
    catalogue.metrics.push_back(std::move(metric));
  }
  return {};
}

}  // namespace pmubench
