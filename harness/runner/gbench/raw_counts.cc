#include "runner/gbench/raw_counts.h"

#include <charconv>
#include <string_view>

#include "runner/gbench/session.h"

namespace pmubench::gbench {
namespace {

RawCounts& OfPass(std::vector<RawCounts>& all, int pass) {
  for (RawCounts& raw : all) {
    if (raw.pass == pass) return raw;
  }
  all.emplace_back().pass = pass;
  return all.back();
}

/// Puts "n:EVENT", "e:EVENT", "r:EVENT", "threads", "iterations" or "cpu" where it belongs.
void Assign(RawCounts& raw, std::string_view field, double value) {
  if (field == "threads") {
    raw.threads = value;
  } else if (field == "iterations") {
    raw.iterations = value;
  } else if (field == "cpu") {
    raw.cpu_ns = value;
  } else if (field.size() > 2 && field[1] == ':') {
    EventCount& event = raw.events[std::string(field.substr(2))];
    (field[0] == 'n'   ? event.count
     : field[0] == 'e' ? event.time_enabled_ns
                       : event.time_running_ns) = value;
  }
}

}  // namespace

std::vector<RawCounts> TakeRawCounts(benchmark::UserCounters& counters) {
  std::vector<RawCounts> all;
  for (auto it = counters.begin(); it != counters.end();) {
    std::string_view name = it->first;
    if (!name.starts_with(kCounterPrefix)) {
      ++it;
      continue;
    }
    name.remove_prefix(kCounterPrefix.size());
    int pass = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pass);
    if (error == std::errc{} && end != name.data() + name.size() && *end == ':') {
      const auto used = static_cast<std::size_t>(end + 1 - name.data());
      Assign(OfPass(all, pass), name.substr(used), it->second.value);
    }
    it = counters.erase(it);
  }
  return all;
}

Measurement MakeMeasurement(const RawCounts& raw, const benchmark::BenchmarkReporter::Run& run) {
  Measurement measurement;
  measurement.events = raw.events;
  measurement.quantities["iterations"] = {raw.iterations, ""};
  measurement.quantities["cpu_ns"] = {raw.cpu_ns.value_or(run.cpu_accumulated_time * 1e9), ""};
  if (run.run_name.time_type == "manual_time") {
    measurement.quantities["wall_ns"] = {std::nullopt,
                                         "the benchmark reports a time of its own (UseManualTime)"};
  } else {
    measurement.quantities["wall_ns"] = {run.real_accumulated_time * 1e9, ""};
  }
  return measurement;
}

}  // namespace pmubench::gbench
