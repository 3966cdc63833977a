#include "runner/perf_stat_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "bandwidth/perf_text.h"

namespace pmubench {
namespace {

/// "cycles:D" and "cycles:u" to "cycles"; "cpu/event=0x1/u" keeps its terms.
std::string WithoutModifiers(std::string_view event) {
  const std::size_t colon = event.rfind(':');
  if (colon == std::string_view::npos || event.find('/') != std::string_view::npos) {
    return std::string(event);
  }
  return std::string(event.substr(0, colon));
}

/// Sums so that the scaled count of the sum is the sum of perf's scaled counts.
class IntervalSums {
 public:
  void Add(const PerfRow& row) {
    const std::string name = WithoutModifiers(row.event);
    const double share = std::min(row.percent / 100, 1.0);
    EventCount& event = interval_.events[name];
    scaled_[name] += *row.count;
    event.time_running_ns += row.running_ns;
    event.time_enabled_ns += share > 0 ? row.running_ns / share : 0;
  }

  PerfStatInterval Finish(double end_s, double from_s) {
    for (auto& [name, event] : interval_.events) {
      const double share =
          event.time_enabled_ns > 0 ? event.time_running_ns / event.time_enabled_ns : 1;
      event.count = scaled_[name] * share;
    }
    interval_.end_s = end_s;
    interval_.length_ns = (end_s - from_s) * 1e9;
    if (const auto duration = scaled_.find("duration_time"); duration != scaled_.end()) {
      interval_.length_ns = duration->second;
    }
    PerfStatInterval done = std::move(interval_);
    interval_ = {};
    scaled_.clear();
    return done;
  }

 private:
  PerfStatInterval interval_;
  std::map<std::string, double> scaled_;
};

const CatalogueEvent* FindRaw(const Catalogue& catalogue, std::string_view name) {
  if (!name.starts_with('r')) return nullptr;
  std::uint64_t code = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), code, 16);
  if (error != std::errc() || end != name.data() + name.size()) return nullptr;
  for (const CatalogueEvent& event : catalogue.events) {
    if (event.pmu.empty() && event.code == code) return &event;
  }
  return nullptr;
}

}  // namespace

Result<PerfStatRecording> ReadPerfStat(std::string_view text, const std::string& file) {
  auto parsed = ParsePerfText(text);
  if (!parsed) {
    return Error{ErrorCode::kBadInput, fmt::format("{}: {}", file, parsed.error().message),
                 parsed.error().remedy};
  }
  if (parsed->bad_lines > 0) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{}:{}: not a line of `perf stat -x`", file, parsed->first_bad),
                 "record with: perf stat -x '\\t' -I 1000 -o FILE ..."};
  }
  PerfStatRecording recording;
  std::set<std::string> places;
  std::set<std::string> not_counted;
  IntervalSums sums;
  std::optional<double> time = parsed->rows.front().time;
  double before = 0;
  for (const PerfRow& row : parsed->rows) {
    if (row.time != time) {
      recording.intervals.push_back(sums.Finish(time.value_or(0), before));
      before = time.value_or(0);
    }
    time = row.time;
    if (!row.place.empty()) places.insert(row.place);
    if (row.count) {
      sums.Add(row);
    } else {
      not_counted.insert(WithoutModifiers(row.event));
    }
  }
  recording.intervals.push_back(sums.Finish(time.value_or(0), before));
  recording.cpus = static_cast<int>(places.size());
  recording.not_counted.assign(not_counted.begin(), not_counted.end());
  return recording;
}

std::vector<Measurement> MeasurementsOf(const PerfStatRecording& recording,
                                        const Catalogue& catalogue) {
  std::vector<Measurement> measurements;
  for (const PerfStatInterval& interval : recording.intervals) {
    Measurement& measurement = measurements.emplace_back();
    for (const auto& [name, count] : interval.events) {
      const CatalogueEvent* event = catalogue.FindEvent(name);
      if (event == nullptr) event = FindRaw(catalogue, name);
      if (event != nullptr) measurement.events[event->name] = count;
    }
    const Value no_cpu_time{std::nullopt, "a recording of perf does not tell CPU time"};
    measurement.quantities = {{"iterations", {1, ""}},
                              {"wall_ns", {interval.length_ns, ""}},
                              {"cpu_ns", no_cpu_time},
                              {"counted_ns", no_cpu_time}};
  }
  return measurements;
}

}  // namespace pmubench
