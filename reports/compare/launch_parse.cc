// One file's JSON into launches.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "platform/text.h"
#include "reports/compare/launch.h"
#include "reports/store/json_text.h"
#include "reports/time_unit.h"

namespace pmubench::compare {
namespace {

using Json = nlohmann::json;
using store::RestoreBytes;

constexpr int kMajor = 1;
// Shares above this are rounding, not turns with other groups.
constexpr double kWhole = 0.999;

// Fields of a row that are numbers but not measurements.
constexpr std::array<std::string_view, 10> kNotMetrics = {
    "family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads",
    "iterations",   "cpu_coefficient",           "rms",         "real_coefficient", "big_o"};

// What FingerprintId is made of.
constexpr std::array<std::string_view, 6> kMachineFields = {
    "sockets", "cores", "cpus", "threads_per_core", "numa_nodes", "hypervisor"};
// Same class of machine, and yet other figures.
constexpr std::array<std::string_view, 10> kMachineRemarks = {
    "hostname", "kernel",     "os",           "smt", "governor", "turbo", "transparent_hugepage",
    "aslr",     "huge_pages", "isolated_cpus"};

std::string Text(const Json& value) {
  return RestoreBytes(value.is_string()
                          ? value.get<std::string>()
                          : value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// A member, or null.
const Json& At(const Json& object, std::string_view name) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto at = object.find(std::string(name));
  return at == object.end() ? kNull : *at;
}

std::string StringAt(const Json& object, std::string_view name) {
  const Json& value = At(object, name);
  return value.is_string() ? RestoreBytes(value.get_ref<const std::string&>()) : std::string();
}

bool FlagAt(const Json& object, std::string_view name) {
  const Json& value = At(object, name);
  return value.is_boolean() && value.get<bool>();
}

std::optional<double> NumberIn(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

void AddRow(const Json& row, const std::string& name, Launch& launch) {
  const auto scale = NanosecondsPer(StringAt(row, "time_unit"));
  MetricValues& metrics = launch.values[name];
  for (const auto& [key, value] : row.items()) {
    const auto number = NumberIn(value);
    if (!number || std::find(kNotMetrics.begin(), kNotMetrics.end(), key) != kNotMetrics.end()) {
      continue;
    }
    const bool time = key == "real_time" || key == "cpu_time";
    if (time && !scale) continue;
    metrics[RestoreBytes(key)].push_back(*number * (time ? *scale : 1));
  }
}

// Why a row has no values; "" where it has. Google Benchmark 1.9 says "skipped", older ones
// "error_occurred".
std::string FailureOf(const Json& row) {
  const bool error = FlagAt(row, "error_occurred");
  if (!error && !FlagAt(row, "skipped")) return "";
  const std::string message = StringAt(row, error ? "error_message" : "skip_message");
  return message.empty() ? "the benchmark failed" : message;
}

// Rows of repetitions; of benchmarks that have none, the best aggregate.
void AddRows(const Json& rows, Launch& launch) {
  std::map<std::string, const Json*> aggregates;
  for (const Json& row : rows) {
    const std::string run_name = StringAt(row, "run_name");
    const std::string name = run_name.empty() ? StringAt(row, "name") : run_name;
    if (name.empty()) continue;
    const std::string failure = FailureOf(row);
    if (!failure.empty()) {
      launch.failed[name] = failure;
    } else if (StringAt(row, "run_type") != "aggregate") {
      AddRow(row, name, launch);
    } else {
      const std::string kind = StringAt(row, "aggregate_name");
      const bool first_mean = (kind == "mean" || kind.empty()) && !aggregates.contains(name);
      if (kind == "median" || first_mean) aggregates[name] = &row;
    }
  }
  for (const auto& [name, row] : aggregates) {
    if (!launch.values.contains(name) && !launch.failed.contains(name)) AddRow(*row, name, launch);
  }
}

// Calls visit(benchmark, metric, description) for each of a record's own metrics.
template <typename Visit>
void VisitMetrics(const Json& section, const Visit& visit) {
  for (const Json& result : At(section, "results")) {
    const std::string name = StringAt(result, "run_name");
    if (name.empty() || !At(result, "metrics").is_object()) continue;
    for (const auto& [metric, described] : At(result, "metrics").items()) {
      visit(name, RestoreBytes(metric), described);
    }
  }
}

void AddMetrics(const Json& section, Launch& launch) {
  std::set<std::string> measured;
  VisitMetrics(section,
               [&](const std::string& benchmark, const std::string& metric, const Json& described) {
                 if (const auto value = NumberIn(At(described, "value"))) {
                   launch.values[benchmark][metric] = {*value};
                   measured.insert(metric);
                 } else {
                   launch.doubts.missing.try_emplace(metric, StringAt(described, "reason"));
                 }
                 const std::string note = StringAt(described, "note");
                 if (!note.empty()) launch.doubts.wrong.try_emplace(metric, note);
                 const std::string unit = StringAt(described, "unit");
                 if (!unit.empty()) launch.units[metric] = unit;
                 if (NumberIn(At(described, "sampling_ratio")).value_or(1) < kWhole)
                   launch.scaled.insert(metric);
               });
  // A benchmark of its own may lack a metric (a ratio of nothing): that is no doubt of the metric.
  std::erase_if(launch.doubts.missing,
                [&](const auto& entry) { return measured.contains(entry.first); });
}

// A bundle's launches stand at each metric; empty where the file is of one launch.
std::vector<Launch> SplitBundle(const Json& section, const Launch& common) {
  std::vector<Launch> launches;
  VisitMetrics(
      section, [&](const std::string& benchmark, const std::string& metric, const Json& described) {
        std::size_t index = 0;
        for (const Json& value : At(described, "launches")) {
          if (index == launches.size()) {
            launches.push_back(common);
            launches.back().values.clear();
            launches.back().source = fmt::format("{}, launch {}", common.source, index + 1);
          }
          Launch& launch = launches[index++];
          if (const auto number = NumberIn(value)) launch.values[benchmark][metric] = {*number};
        }
      });
  return launches;
}

void AddContext(const Json& root, Launch& launch) {
  const Json& context = At(root, "context");
  const Json& section = At(root, "pmubench");
  const Json& machine = At(section, "machine");
  const auto take = [](const Json& from, std::string_view field, const std::string& name,
                       std::map<std::string, std::string>& into) {
    if (!At(from, field).is_null()) into[name] = Text(At(from, field));
  };
  take(context, "num_cpus", "CPUs", launch.fingerprint);
  take(machine, "id", "machine id", launch.fingerprint);
  take(At(machine, "cpu"), "name", "CPU", launch.fingerprint);
  for (std::string_view field : kMachineFields) {
    take(machine, field, std::string(field), launch.fingerprint);
  }
  for (std::string_view field : kMachineRemarks) {
    take(machine, field, std::string(field), launch.remarks);
  }
  take(At(machine, "cpu"), "microcode", "microcode", launch.remarks);
  take(context, "host_name", "hostname", launch.remarks);
  take(context, "library_build_type", "library_build_type", launch.remarks);
  take(context, "cpu_scaling_enabled", "cpu_scaling_enabled", launch.remarks);

  const std::string status = StringAt(section, "status");
  if (!status.empty() && status != "complete") {
    const std::string reason = StringAt(section, "reason");
    launch.incomplete = reason.empty() ? status : status + ": " + reason;
  }
}

}  // namespace

Result<std::vector<Launch>> ParseLaunches(std::string_view text, const std::string& source) {
  const auto bad = [&](const std::string& what) {
    return Error{ErrorCode::kBadInput, fmt::format("{}: {}", source, what),
                 "expected a record or Google Benchmark's JSON (--benchmark_out)"};
  };
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return bad("the file is empty");
  Json root;
  try {
    root = Json::parse(store::RepairJson(text));
  } catch (const Json::exception& error) {
    return bad(JsonReason(error.what()));
  }
  if (!At(root, "benchmarks").is_array()) return bad("it has no list \"benchmarks\"");
  const Json& section = At(root, "pmubench");
  const std::string version = StringAt(At(section, "schema"), "version");
  int major = kMajor;
  if (!section.is_null() && std::sscanf(version.c_str(), "%d.", &major) != 1) {
    return bad("the record does not tell its schema");
  }
  if (major != kMajor) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{}: a record of schema {}, and this pmubench reads {}.x", source,
                             version, kMajor),
                 "compare with a newer pmubench"};
  }
  Launch launch;
  launch.source = source;
  AddContext(root, launch);
  AddRows(At(root, "benchmarks"), launch);
  AddMetrics(section, launch);
  std::vector<Launch> bundled = SplitBundle(section, launch);
  if (!bundled.empty()) return bundled;
  return std::vector<Launch>{std::move(launch)};
}

}  // namespace pmubench::compare
