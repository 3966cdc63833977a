#include "runner/gbench/benchmark_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <sstream>

#include "runner/gbench/compat.h"

namespace pmubench::gbench {
namespace {

using Json = nlohmann::ordered_json;
using Run = benchmark::BenchmarkReporter::Run;

Json Finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

const char* UnitName(benchmark::TimeUnit unit) {
  switch (unit) {
    case benchmark::kSecond:
      return "s";
    case benchmark::kMillisecond:
      return "ms";
    case benchmark::kMicrosecond:
      return "us";
    default:
      return "ns";
  }
}

const char* BigOName(benchmark::BigO complexity) {
  switch (complexity) {
    case benchmark::oN:
      return "N";
    case benchmark::oNSquared:
      return "N^2";
    case benchmark::oNCubed:
      return "N^3";
    case benchmark::oLogN:
      return "lgN";
    case benchmark::oNLogN:
      return "NlgN";
    case benchmark::o1:
      return "(1)";
    default:
      return "f(N)";
  }
}

void AddTimes(const Run& run, Json& row) {
  if (run.report_big_o) {
    row["cpu_coefficient"] = Finite(run.GetAdjustedCPUTime());
    row["real_coefficient"] = Finite(run.GetAdjustedRealTime());
    row["big_o"] = BigOName(run.complexity);
    row["time_unit"] = UnitName(run.time_unit);
  } else if (run.report_rms) {
    row["rms"] = Finite(run.GetAdjustedCPUTime());
  } else {
    row["iterations"] = run.iterations;
    if (run.run_type == Run::RT_Aggregate && run.aggregate_unit == benchmark::kPercentage) {
      row["real_time"] = Finite(run.real_accumulated_time);
      row["cpu_time"] = Finite(run.cpu_accumulated_time);
    } else {
      row["real_time"] = Finite(run.GetAdjustedRealTime());
      row["cpu_time"] = Finite(run.GetAdjustedCPUTime());
    }
    row["time_unit"] = UnitName(run.time_unit);
  }
}

// `memory_result` was a pointer, null without a MemoryManager, and is a value since 1.9.2.
template <typename Memory>
void AddMemory(const Memory* memory, const Run& run, Json& row) {
  if (memory == nullptr) return;
  row["allocs_per_iter"] = Finite(run.allocs_per_iter);
  row["max_bytes_used"] = memory->max_bytes_used;
}
template <typename Memory>
void AddMemory(const Memory& memory, const Run& run, Json& row) {
  if (memory.memory_iterations > 0) AddMemory(&memory, run, row);
}

std::string Now() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  // Google Benchmark's form, RFC 3339: 2026-11-21T11:30:00+01:00.
  const std::string zone = fmt::format("{:%z}", local);
  return fmt::format("{:%FT%T}{}:{}", local, zone.substr(0, 3), zone.substr(3));
}

/// What the suite added by AddCustomContext, and how the engine was built. Google Benchmark gives
/// both to its own writer only; its text ends where the rows would follow.
Json TextContext(const benchmark::BenchmarkReporter::Context& context) {
  std::ostringstream text;
  benchmark::JSONReporter writer;
  writer.SetOutputStream(&text);
  writer.SetErrorStream(&text);
  writer.ReportContext(context);
  const Json all = Json::parse(text.str() + "]}", nullptr, /*allow_exceptions=*/false);
  Json texts = Json::object();
  if (!all.is_object() || !all.contains("context")) return texts;
  for (const auto& [name, value] : all["context"].items()) {
    if (value.is_string()) texts[name] = value;
  }
  return texts;
}

}  // namespace

std::string RowJson(const Run& run) {
  Json row;
  row["name"] = run.benchmark_name();
  row["family_index"] = run.family_index;
  row["per_family_instance_index"] = run.per_family_instance_index;
  row["run_name"] = run.run_name.str();
  row["run_type"] = run.run_type == Run::RT_Aggregate ? "aggregate" : "iteration";
  row["repetitions"] = run.repetitions;
  if (run.run_type != Run::RT_Aggregate) row["repetition_index"] = run.repetition_index;
  row["threads"] = run.threads;
  if (run.run_type == Run::RT_Aggregate) {
    row["aggregate_name"] = run.aggregate_name;
    row["aggregate_unit"] = run.aggregate_unit == benchmark::kPercentage ? "percentage" : "time";
  }
  if (HasError(run)) {
    row["error_occurred"] = true;
    row["error_message"] = SkipMessage(run);
  }
  AddTimes(run, row);
  for (const auto& [name, counter] : run.counters) {
    row[row.contains(name) ? fmt::format("counter.{}", name) : name] = Finite(counter.value);
  }
  AddMemory(run.memory_result, run, row);
  if (!run.report_label.empty()) row["label"] = run.report_label;
  // A benchmark's name is any bytes; JSON is UTF-8.
  return row.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ContextJson(const std::string& executable) {
  const benchmark::BenchmarkReporter::Context context;
  Json json;
  json["date"] = Now();
  json["host_name"] = context.sys_info.name;
  json["executable"] = executable;
  json["num_cpus"] = context.cpu_info.num_cpus;
  json["mhz_per_cpu"] = std::lround(context.cpu_info.cycles_per_second / 1e6);
  if (context.cpu_info.scaling != benchmark::CPUInfo::UNKNOWN) {
    json["cpu_scaling_enabled"] = context.cpu_info.scaling == benchmark::CPUInfo::ENABLED;
  }
  json["caches"] = Json::array();
  for (const auto& cache : context.cpu_info.caches) {
    json["caches"].push_back({{"type", cache.type},
                              {"level", cache.level},
                              {"size", cache.size},
                              {"num_sharing", cache.num_sharing}});
  }
  json["load_avg"] = Json::array();
  for (const double load : context.cpu_info.load_avg) json["load_avg"].push_back(Finite(load));
  return WithLaterContext(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string WithLaterContext(const std::string& context) {
  Json json = Json::parse(context, nullptr, /*allow_exceptions=*/false);
  const Json texts = TextContext({});
  for (const auto& [name, value] : texts.items()) {
    if (!json.contains(name)) json[name] = value;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pmubench::gbench
