#include "runner/perf_stat_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

namespace pmubench {
namespace {

using Fields = std::vector<std::string_view>;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

Fields Split(std::string_view line, char separator) {
  Fields fields;
  while (true) {
    const std::size_t end = line.find(separator);
    fields.push_back(Trim(line.substr(0, end)));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

bool IsNotCounted(std::string_view text) {
  return text == "<not counted>" || text == "<not supported>";
}

/// An event's name holds commas between slashes; a separator of the file is on every line.
char FindSeparator(std::string_view line) {
  for (const char separator : {'\t', ';', '|', ','}) {
    if (line.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

/// "cycles:D" and "cycles:u" to "cycles"; "cpu/event=0x1/u" keeps its terms.
std::string WithoutModifiers(std::string_view event) {
  const std::size_t colon = event.rfind(':');
  if (colon == std::string_view::npos || event.find('/') != std::string_view::npos) {
    return std::string(event);
  }
  return std::string(event.substr(0, colon));
}

/// One line's columns: [time] [CPU] value unit event running percent ...
struct Line {
  std::optional<double> time;
  std::string_view cpu;
  std::string_view value;
  std::string event;
  double running_ns = 0;
  double share = 1;  ///< running / enabled
};

std::optional<Line> ReadLine(const Fields& fields) {
  Line line;
  std::size_t at = 0;
  const auto is_value = [&](std::size_t i) {
    return i < fields.size() && (Number(fields[i]) || IsNotCounted(fields[i]));
  };
  const auto is_cpu = [&](std::size_t i) {
    return i < fields.size() && (fields[i].starts_with("CPU") || fields[i].starts_with("S")) &&
           is_value(i + 1);
  };
  if (is_value(0) && (is_cpu(1) || is_value(1))) line.time = Number(fields[at++]);
  if (is_cpu(at)) line.cpu = fields[at++];
  if (!is_value(at) || at + 4 >= fields.size()) return std::nullopt;
  line.value = fields[at];
  line.event = WithoutModifiers(fields[at + 2]);
  const auto running = Number(fields[at + 3]);
  const auto percent = Number(fields[at + 4]);
  if (line.event.empty() || !running || !percent || *percent < 0 || *running < 0) {
    return std::nullopt;
  }
  line.running_ns = *running;
  line.share = std::min(*percent / 100, 1.0);
  return line;
}

/// Sums so that the scaled count of the sum is the sum of perf's scaled counts.
class IntervalSums {
 public:
  void Add(const Line& line, double scaled) {
    EventCount& event = interval_.events[line.event];
    scaled_[line.event] += scaled;
    event.time_running_ns += line.running_ns;
    event.time_enabled_ns += line.share > 0 ? line.running_ns / line.share : 0;
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
  PerfStatRecording recording;
  std::set<std::string, std::less<>> cpus;
  std::set<std::string> not_counted;
  IntervalSums sums;
  std::optional<double> time;
  double before = 0;
  bool open = false;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view row = Trim(text.substr(begin, end - begin));
    begin = end + 1;
    ++number;
    if (row.empty() || row.front() == '#') continue;
    const auto line = ReadLine(Split(row, FindSeparator(row)));
    if (!line) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("{}:{}: not a line of `perf stat -x`", file, number),
                   "record with: perf stat -x '\\t' -I 1000 -o FILE ..."};
    }
    if (open && line->time != time) {
      recording.intervals.push_back(sums.Finish(time.value_or(0), before));
      before = time.value_or(0);
    }
    open = true;
    time = line->time;
    if (!line->cpu.empty()) cpus.emplace(line->cpu);
    const auto value = Number(line->value);
    if (!value) {
      not_counted.insert(line->event);
      continue;
    }
    sums.Add(*line, *value);
  }
  if (!open) {
    return Error{ErrorCode::kBadInput, fmt::format("{}: holds no counts", file),
                 "record with: perf stat -x '\\t' -I 1000 -o FILE ..."};
  }
  recording.intervals.push_back(sums.Finish(time.value_or(0), before));
  recording.cpus = static_cast<int>(cpus.size());
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
