#include "runner/turn_totals.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pmubench {
namespace {

/// Where the whole time is covered but for the switching itself, nothing is left to estimate.
constexpr double kWhole = 0.9999;

std::vector<std::string> NamesOf(const std::vector<EventEncoding>& events) {
  std::vector<std::string> names;
  for (const EventEncoding& event : events) names.push_back(event.name);
  return names;
}

std::size_t IndexOf(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace

TurnLayout TurnLayout::Of(const Rotation& rotation) {
  TurnLayout layout;
  for (std::size_t g = 0; g < rotation.group_count(); ++g) {
    layout.groups.push_back(NamesOf(rotation.events(g)));
  }
  layout.software = NamesOf(rotation.software());
  return layout;
}

TurnTotals::TurnTotals(TurnLayout layout)
    : layout_(std::move(layout)),
      groups_(layout_.groups.size()),
      software_(layout_.software.size()) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].counts.resize(layout_.groups[g].size());
  }
}

void TurnTotals::Add(const TargetTurn& turn, std::size_t round) {
  if (rounds_.empty() || rounds_.back().number != round) rounds_.push_back({round, 0, {}});
  Round& current = rounds_.back();
  const auto time = static_cast<double>(turn.time_ns);
  time_ns_ += time;
  current.time_ns += time;
  for (std::size_t i = 0; i < turn.always.size(); ++i) software_[i] += turn.always[i];
  std::size_t counted = 0;
  for (std::size_t g = 0; g < turn.groups.size(); ++g) {
    const TurnCounts& counts = turn.groups[g];
    if (counts.counts.empty()) continue;
    ++counted;
    Group& total = groups_[g];
    ++total.turns;
    total.enabled_ns += static_cast<double>(counts.time_enabled_ns);
    total.running_ns += static_cast<double>(counts.time_running_ns);
    Turn sample{g, {{}, static_cast<double>(counts.time_running_ns)}};
    for (std::size_t i = 0; i < counts.counts.size(); ++i) {
      sample.sample.counts.push_back(static_cast<double>(counts.counts[i]));
      total.counts[i] += sample.sample.counts[i];
    }
    // A turn in which nobody ran says nothing.
    if (counts.time_running_ns > 0) current.turns.push_back(std::move(sample));
  }
  if (counted > 1) kernel_rotates_ = true;
}

std::vector<Measurement> TurnTotals::Measurements(
    const std::map<std::string, Value>& quantities) const {
  std::vector<Measurement> measurements;
  double running = 0;
  for (const Group& group : groups_) running += group.running_ns;
  // Software events of targets that slept all the time are 0, and known to be.
  const double time = std::max(time_ns_, 1.0);
  const auto add = [&](double share) -> Measurement& {
    Measurement& measurement = measurements.emplace_back();
    measurement.run = 0;
    measurement.quantities = quantities;
    for (std::size_t i = 0; i < software_.size(); ++i) {
      measurement.events[layout_.software[i]] = {static_cast<double>(software_[i]) * share, time,
                                                 time * share};
    }
    return measurement;
  };
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].turns == 0) continue;
    Measurement& measurement = add(running > 0 ? groups_[g].running_ns / running : 0);
    for (std::size_t i = 0; i < groups_[g].counts.size(); ++i) {
      measurement.events[layout_.groups[g][i]] = {groups_[g].counts[i], time_ns_,
                                                  groups_[g].running_ns};
    }
  }
  // Nobody's turn: software events and times are all there is.
  if (running <= 0) add(1);
  return measurements;
}

bool TurnTotals::IsSoftware(const std::string& event) const {
  return IndexOf(layout_.software, event) < layout_.software.size();
}

bool TurnTotals::Holds(std::size_t group, const std::vector<std::string>& events) const {
  const std::vector<std::string>& names = layout_.groups[group];
  return std::all_of(events.begin(), events.end(), [&](const std::string& event) {
    return IndexOf(names, event) < names.size();
  });
}

std::optional<TurnInterval> TurnTotals::IntervalOf(
    const CatalogueMetric& metric, const std::map<std::string, Value>& quantities) const {
  std::vector<std::string> events;
  std::map<std::string, Value> known = quantities;
  for (const std::string& event : metric.events) {
    if (!IsSoftware(event)) {
      events.push_back(event);
      continue;
    }
    const std::size_t at = IndexOf(layout_.software, event);
    known[event] = {static_cast<double>(software_[at]), ""};
  }
  TurnInterval exact;
  if (events.empty()) return exact;
  double running = 0;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (!Holds(g, events)) continue;
    running += groups_[g].running_ns;
    exact.turns += groups_[g].turns;
  }
  if (running <= 0) return std::nullopt;
  if (kernel_rotates_) return std::nullopt;
  // One group is never switched: what it misses of the time is its being enabled after the time
  // base.
  const double time = groups_.size() == 1 ? groups_[0].enabled_ns : time_ns_;
  if (running >= kWhole * time) return exact;
  std::vector<TurnRound> rounds;
  for (const Round& round : rounds_) {
    TurnRound& of_metric = rounds.emplace_back();
    of_metric.time_ns = round.time_ns;
    for (const Turn& turn : round.turns) {
      if (!Holds(turn.group, events)) continue;
      TurnSample& sample = of_metric.turns.emplace_back();
      sample.time_ns = turn.sample.time_ns;
      for (const std::string& event : events) {
        sample.counts.push_back(turn.sample.counts[IndexOf(layout_.groups[turn.group], event)]);
      }
    }
  }
  return EstimateInterval(metric.formula, events, known, rounds);
}

std::string TurnTotals::NoTurnReason(const CatalogueMetric& metric) const {
  std::vector<std::string> events = metric.events;
  std::erase_if(events, [&](const std::string& event) { return IsSoftware(event); });
  bool planned = false;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (!Holds(g, events)) continue;
    if (groups_[g].running_ns > 0) return "";
    planned = true;
  }
  if (!planned) return "";
  const auto had = std::count_if(groups_.begin(), groups_.end(),
                                 [](const Group& group) { return group.running_ns > 0; });
  if (time_ns_ <= 0) return "what is counted did not run";
  if (had == 0) return "";
  return fmt::format(
      "the end came when {} of {} groups had had a turn: ask for fewer metrics or a longer run",
      had, groups_.size());
}

}  // namespace pmubench
