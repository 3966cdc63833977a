#include "cli/stat_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "platform/cpu_list.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

/// 1234567 is "1,234,567"; what has a fraction keeps four digits or more.
std::string ValueText(double value) {
  if (value != std::floor(value) || std::abs(value) >= 1e15) return fmt::format("{:.5g}", value);
  std::string digits = fmt::format("{:.0f}", std::abs(value));
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return (value < 0 ? "-" : "") + digits;
}

std::string NumberText(const StatMetric& metric) {
  const double value = *metric.value.value.number;
  // An extrapolated count is no whole number; its fraction says nothing.
  const bool count = std::abs(value) >= 1e5;
  return ValueText(count ? std::round(value) : value);
}

/// The half-width as a share of the value.
std::string IntervalText(const StatMetric& metric) {
  if (!metric.interval) return "";
  const double value = *metric.value.value.number;
  const double half = metric.interval->half_width;
  if (half == 0) return "exact";
  if (value == 0) return fmt::format("±{:.3g}", half);
  return fmt::format("±{:.2f} %", 100 * half / std::abs(value));
}

/// fmt counts bytes of "±", not columns.
std::string PadLeft(const std::string& text, std::size_t width) {
  std::size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return std::string(columns < width ? width - columns : 0, ' ') + text;
}

/// "EVENT: reason" without the event: metrics of several events then share a line.
std::string_view WithoutEvent(const StatMetric& metric) {
  const std::string_view reason = metric.value.value.reason;
  const std::size_t colon = reason.find(": ");
  const bool event = colon != std::string_view::npos && reason.find(' ') > colon;
  return event ? reason.substr(colon + 2) : reason;
}

std::string Reasons(const std::vector<StatMetric>& metrics) {
  std::map<std::string_view, std::vector<std::string>> by_reason;
  for (const StatMetric& metric : metrics) {
    if (metric.value.value.number) continue;
    by_reason[WithoutEvent(metric)].push_back(metric.value.name);
  }
  std::string text;
  for (const auto& [reason, names] : by_reason) {
    text += fmt::format("  not measured: {}: {}\n", fmt::join(names, ", "), reason);
  }
  std::map<std::string, std::vector<std::string>> by_note;
  for (const StatMetric& metric : metrics) {
    if (!metric.value.note.empty()) by_note[metric.value.note].push_back(metric.value.name);
  }
  for (const auto& [note, names] : by_note) {
    text += fmt::format("  not to be trusted: {}: {}\n", fmt::join(names, ", "), note);
  }
  return text;
}

std::string HowCounted(const StatEnd& end) {
  const std::size_t groups = end.setup.layout.groups.size();
  if (groups == 0) return "software events alone: they are counted all the time";
  if (groups == 1) return "1 group of events, counted all the time";
  if (end.setup.switching == Switching::kByKernel) {
    return fmt::format("{} groups of events, rotated by the kernel", groups);
  }
  return fmt::format(
      "{} groups of events, switched by pmubench every {:g} ms: {} turns in {} rounds", groups,
      1e-6 * static_cast<double>(end.setup.turn.count()), end.turns, end.rounds);
}

Json IntervalOfJson(const StatMetric& metric) {
  if (!metric.interval) return nullptr;
  return {{"half_width", metric.interval->half_width},
          {"confidence", 0.95},
          {"turns", metric.interval->turns},
          {"degrees_of_freedom", metric.interval->degrees_of_freedom}};
}

Json PartJson(const StatPart& part, const TurnLayout* layout) {
  Json json;
  if (part.tid != 0) json = {{"tid", part.tid}, {"name", part.name}};
  json["metrics"] = MetricsJson(part.metrics);
  if (layout == nullptr) return json;
  json["groups"] = Json::array();
  for (std::size_t g = 0; g < part.groups.size(); ++g) {
    Json counts = Json::object();
    for (std::size_t i = 0; i < layout->groups[g].size(); ++i) {
      counts[layout->groups[g][i]] = part.groups[g].counts[i];
    }
    json["groups"].push_back({{"counts", counts},
                              {"time_running_ns", part.groups[g].running_ns},
                              {"turns", part.groups[g].turns}});
  }
  return json;
}

}  // namespace

std::string MetricTable(const std::vector<StatMetric>& metrics, bool reasons) {
  std::size_t unit = 4;
  std::size_t name = 6;
  bool any = false;
  for (const StatMetric& metric : metrics) {
    if (!metric.value.value.number) continue;
    any = true;
    unit = std::max(unit, metric.value.unit.size());
    name = std::max(name, metric.value.name.size());
  }
  std::string text;
  if (any) {
    text = fmt::format("  {:>18}  {:<{}}  {:<{}}  {:>9}  {:>6}\n", "value", "unit", unit, "metric",
                       name, "95 %", "ratio");
  }
  for (const StatMetric& metric : metrics) {
    if (!metric.value.value.number) continue;
    const auto ratio = metric.value.sampling_ratio;
    text +=
        fmt::format("  {:>18}  {:<{}}  {:<{}}  {}  {:>6}\n", NumberText(metric), metric.value.unit,
                    unit, metric.value.name, name, PadLeft(IntervalText(metric), 9),
                    ratio ? fmt::format("{:.3f}", *ratio) : "");
  }
  return text + (reasons ? Reasons(metrics) : "");
}

Json MetricsJson(const std::vector<StatMetric>& metrics) {
  Json json = Json::array();
  for (const StatMetric& metric : metrics) {
    const MetricValue& value = metric.value;
    Json one = {{"name", value.name}, {"unit", value.unit}};
    one["value"] = value.value.number ? Json(*value.value.number) : Json(nullptr);
    if (!value.value.number) one["reason"] = value.value.reason;
    if (!value.note.empty()) one["note"] = value.note;
    one["sampling_ratio"] = value.sampling_ratio ? Json(*value.sampling_ratio) : Json(nullptr);
    one["interval"] = IntervalOfJson(metric);
    json.push_back(std::move(one));
  }
  return json;
}

std::string DescribeTarget(const StatRequest& request) {
  const TargetRequest& target = request.target;
  if (target.kind == TargetKind::kCpus && target.cpus.empty()) return "all CPUs";
  const std::string cpus = "CPUs " + FormatCpuList(target.cpus);
  if (target.kind == TargetKind::kCpus) return cpus;
  if (target.kind == TargetKind::kCgroup) {
    return fmt::format("cgroup {}{}", target.cgroup, target.cpus.empty() ? "" : " on " + cpus);
  }
  if (!target.pids.empty()) {
    return fmt::format("process{} {}", target.pids.size() > 1 ? "es" : "",
                       fmt::join(target.pids, ", "));
  }
  return fmt::format("'{}'", fmt::join(request.command, " "));
}

std::string StatText(const StatRequest& request, const StatEnd& end) {
  std::string text =
      fmt::format("\n Performance counter stats for {}:\n\n", DescribeTarget(request));
  for (const StatPart& thread : end.total.threads) {
    text += fmt::format(" {} (thread {})\n{}\n", thread.name, thread.tid,
                        MetricTable(thread.metrics, false));
  }
  if (!end.total.threads.empty()) text += " all threads\n";
  text += MetricTable(end.total.all.metrics);
  text += fmt::format("\n  {:>18.6f}  seconds elapsed\n", end.total.to_s);
  if (end.total.cpu_s) text += fmt::format("  {:>18.6f}  seconds on CPUs\n", *end.total.cpu_s);
  if (end.command) {
    text += fmt::format("  {:>18.6f}  seconds user\n  {:>18.6f}  seconds sys\n", end.user_s,
                        end.system_s);
  }
  text += fmt::format("\n  {}\n", HowCounted(end));
  if (end.interrupted) text += "  interrupted: this is what was counted until then\n";
  for (const std::string& note : end.notes) text += fmt::format("  {}\n", note);
  return text + '\n';
}

Json StatJson(const StatRequest& request, const StatEnd& end) {
  Json json = {{"target", DescribeTarget(request)}};
  if (!request.command.empty()) json["command"] = request.command;
  json["exit_code"] = end.command ? Json(end.command->exit_code) : Json(nullptr);
  json["interrupted"] = end.interrupted;
  json["wall_s"] = end.total.to_s;
  json["cpu_s"] = end.total.cpu_s ? Json(*end.total.cpu_s) : Json(nullptr);
  if (end.command) {
    json["user_s"] = end.user_s;
    json["system_s"] = end.system_s;
  }
  json["switching"] = {{"by", end.setup.switching == Switching::kByUs ? "pmubench" : "kernel"},
                       {"turn_ms", 1e-6 * static_cast<double>(end.setup.turn.count())},
                       {"turns", end.turns},
                       {"rounds", end.rounds},
                       {"groups", end.setup.layout.groups}};
  json.update(PartJson(end.total.all, &end.setup.layout));
  Json groups = std::move(json["groups"]);
  json.erase("groups");
  json["counts"] = std::move(groups);
  if (!end.total.threads.empty()) {
    json["threads"] = Json::array();
    for (const StatPart& thread : end.total.threads) {
      json["threads"].push_back(PartJson(thread, nullptr));
    }
  }
  if (!end.notes.empty()) json["notes"] = end.notes;
  return json;
}

std::string IntervalText(const StatReport& report) {
  std::string text;
  for (const StatPart& thread : report.threads) {
    text += fmt::format("{:.3f} to {:.3f} s, {} (thread {})\n{}", report.from_s, report.to_s,
                        thread.name, thread.tid, MetricTable(thread.metrics, false));
  }
  if (!report.threads.empty()) return text;
  return fmt::format("{:.3f} to {:.3f} s\n{}", report.from_s, report.to_s,
                     MetricTable(report.all.metrics, false));
}

Json IntervalJson(const StatReport& report) {
  Json json = {{"from_s", report.from_s}, {"to_s", report.to_s}};
  json["cpu_s"] = report.cpu_s ? Json(*report.cpu_s) : Json(nullptr);
  json.update(PartJson(report.all, nullptr));
  if (report.threads.empty()) return json;
  json["threads"] = Json::array();
  for (const StatPart& thread : report.threads)
    json["threads"].push_back(PartJson(thread, nullptr));
  return json;
}

}  // namespace pmubench
