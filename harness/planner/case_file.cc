#include "planner/case_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

namespace pmubench {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Where in the file the reader is, for messages.
struct Place {
  std::string id;
  std::string field;
};

[[noreturn]] void Reject(const Place& place, const std::string& what) {
  throw Error{ErrorCode::kBadInput,
              fmt::format("case \"{}\": \"{}\" {}", place.id, place.field, what),
              "see `pmubench plan --help` for the format"};
}

const json& Object(const json& value, const Place& place) {
  if (!value.is_object()) Reject(place, "is not an object");
  return value;
}

std::string String(const json& value, const Place& place) {
  if (!value.is_string()) Reject(place, "is not a string");
  return value.get<std::string>();
}

int Count(const json& value, const Place& place, int most) {
  if (!value.is_number_integer()) Reject(place, "is not a whole number");
  const auto number = value.get<std::int64_t>();
  if (number < 0 || number > most) Reject(place, fmt::format("is not within 0 and {}", most));
  return static_cast<int>(number);
}

std::vector<std::string> Strings(const json& value, const Place& place) {
  if (!value.is_array()) Reject(place, "is not a list");
  std::vector<std::string> strings;
  for (const json& element : value) strings.push_back(String(element, place));
  return strings;
}

constexpr int kMostCounters = 64;

void ReadCounters(const json& object, Place place, PlanProblem* problem) {
  place.field = "counters";
  if (!object.contains("counters")) Reject(place, "is missing");
  const json& counters = Object(object["counters"], place);
  place.field = "counters.generic";
  if (!counters.contains("generic")) Reject(place, "is missing");
  problem->general_counters = Count(counters["generic"], place, kMostCounters);
  place.field = "counters.fixed";
  if (counters.contains("fixed")) {
    for (const auto& [event, counter] : Object(counters["fixed"], place).items()) {
      problem->dedicated[event] = String(counter, place);
    }
  }
  // Events pinned beside the groups hold their counters all the time: to the groups they are as
  // good as dedicated, and what they hold is gone.
  place.field = "effective_generic";
  if (object.contains("effective_generic")) {
    problem->general_counters = Count(object["effective_generic"], place, kMostCounters);
  }
  place.field = "pinned";
  if (object.contains("pinned")) {
    for (const std::string& event : Strings(object["pinned"], place)) {
      problem->dedicated.emplace(event, "pinned:" + event);
    }
  }
}

void ReadEventRules(const json& object, Place place, PlanProblem* problem) {
  place.field = "event_rules";
  for (const auto& [event, rules] : Object(object, place).items()) {
    EventConstraint& constraint = problem->constraints[event];
    for (const auto& [key, value] : Object(rules, place).items()) {
      place.field = "event_rules." + event + "." + key;
      if (key == "alone" || key == "dedicated_only") {
        if (!value.is_boolean()) Reject(place, "is neither true nor false");
        (key == "alone" ? constraint.alone : constraint.dedicated_only) = value.get<bool>();
      } else if (key == "filter_register") {
        constraint.filter_register = String(value, place);
      } else if (key == "filter_value") {
        constraint.filter_value = String(value, place);
      } else if (key == "pmu") {
        constraint.pmu = String(value, place);
      } else {
        Reject(place, "is not known");
      }
    }
  }
}

void ReadConstraints(const json& object, Place place, PlanProblem* problem) {
  place.field = "constraints";
  if (object.contains("constraints")) {
    for (const auto& [event, counters] : Object(object["constraints"], place).items()) {
      if (!counters.is_array()) Reject(place, "is not a list for " + event);
      for (const json& counter : counters) {
        problem->constraints[event].counters.push_back(Count(counter, place, kMostCounters - 1));
      }
    }
  }
  place.field = "slots";
  if (object.contains("slots")) {
    for (const auto& [event, slots] : Object(object["slots"], place).items()) {
      problem->constraints[event].slots = std::max(1, Count(slots, place, 2));
    }
  }
  if (object.contains("event_rules")) ReadEventRules(object["event_rules"], place, problem);
  place.field = "pmu_counters";
  if (object.contains("pmu_counters")) {
    for (const auto& [pmu, counters] : Object(object["pmu_counters"], place).items()) {
      problem->pmu_counters[pmu] = Count(counters, place, kMostCounters);
    }
  }
}

void ReadMetrics(const json& object, Place place, PlanProblem* problem) {
  place.field = "metrics";
  if (!object.contains("metrics") || !object["metrics"].is_array()) {
    Reject(place, "is missing or not a list");
  }
  for (const json& metric : object["metrics"]) {
    place.field = "metrics";
    PlanMetric read;
    if (!Object(metric, place).contains("name")) Reject(place, "has an entry without a name");
    read.name = String(metric["name"], place);
    place.field = "metrics." + read.name;
    if (!metric.contains("events")) Reject(place, "has no events");
    read.events = Strings(metric["events"], place);
    if (metric.contains("weight")) {
      if (!metric["weight"].is_number() || metric["weight"].get<double>() < 0) {
        Reject(place, "has a weight that is not a number above 0");
      }
      read.weight = metric["weight"].get<double>();
    }
    problem->metrics.push_back(std::move(read));
  }
}

PlanCase ReadCase(const json& object, std::size_t index) {
  PlanCase read;
  Place place{fmt::format("#{}", index + 1), "case"};
  Object(object, place);
  place.field = "id";
  if (object.contains("id")) place.id = read.id = String(object["id"], place);
  if (read.id.empty()) read.id = place.id;
  place.field = "platform";
  if (object.contains("platform")) read.platform = String(object["platform"], place);
  ReadCounters(object, place, &read.problem);
  ReadConstraints(object, place, &read.problem);
  ReadMetrics(object, place, &read.problem);
  place.field = "other_tools";
  if (object.contains("other_tools")) {
    for (const auto& [name, groups] : Object(object["other_tools"], place).items()) {
      OtherGrouping& other = read.others.emplace_back();
      other.name = name;
      if (!groups.is_array()) Reject(place, "is not a list for " + name);
      for (const json& group : groups) other.groups.push_back(Strings(group, place));
    }
  }
  return read;
}

ordered_json Metrics(const SolvedCase& solved) {
  ordered_json metrics = ordered_json::array();
  for (std::size_t m = 0; m < solved.plan.metrics.size(); ++m) {
    const PlannedMetric& metric = solved.plan.metrics[m];
    ordered_json entry{{"name", metric.name},
                       {"ratio_single", metric.ratio_single},
                       {"ratio_union", metric.ratio_union},
                       {"groups", metric.groups}};
    if (m < solved.rotated.size()) {
      entry["kernel_rotation"] = {{"ratio_single", solved.rotated[m].single},
                                  {"ratio_union", solved.rotated[m].union_}};
    }
    metrics.push_back(std::move(entry));
  }
  return metrics;
}

ordered_json Compared(const SolvedCase& solved) {
  ordered_json list = ordered_json::array();
  for (const ComparedGrouping& grouping : solved.compared) {
    const auto ratios = [](const MeanRatio& mean) {
      return ordered_json{{"mean_single", mean.single},
                          {"mean_union", mean.union_},
                          {"lowest_single", mean.lowest_single},
                          {"lowest_union", mean.lowest_union}};
    };
    ordered_json kernel = ratios(grouping.kernel);
    kernel["mean_together"] = grouping.kernel_together;
    ordered_json groups = ordered_json::array();
    for (const PlanGroup& group : grouping.groups) groups.push_back(group.events);
    list.push_back({{"name", grouping.name},
                    {"group_count", grouping.groups.size()},
                    {"refused", grouping.refused},
                    {"equal_turns", ratios(grouping.turns)},
                    {"kernel_rotation", std::move(kernel)},
                    {"groups", std::move(groups)}});
  }
  return list;
}

ordered_json Unplannable(const Plan& plan) {
  ordered_json list = ordered_json::array();
  for (const UnplannableMetric& metric : plan.unplannable) {
    list.push_back({{"name", metric.name},
                    {"events", metric.events},
                    {"counters_short", metric.counters_short},
                    {"reason", metric.reason}});
  }
  return list;
}

ordered_json Solved(const SolvedCase& solved) {
  const Plan& plan = solved.plan;
  ordered_json groups = ordered_json::array();
  ordered_json slices = ordered_json::array();
  for (const PlanGroup& group : plan.groups) {
    groups.push_back(group.events);
    slices.push_back(group.slice);
  }
  ordered_json prices = ordered_json::object();
  for (const auto& [metric, price] : plan.prices) prices[metric] = price;
  ordered_json object{
      {"id", solved.id},
      {"groups", std::move(groups)},
      {"slices", std::move(slices)},
      {"lower_bound", plan.lower_bound},
      {"proven", plan.proven},
      {"proof", PlanProofName(plan.proof)},
      {"covering_bound", plan.covering_bound},
      {"prices", std::move(prices)},
      {"unplannable", Unplannable(plan)},
      {"metrics", Metrics(solved)},
      {"mean_ratio", {{"single", plan.mean.single}, {"union", plan.mean.union_}}},
      {"lowest_ratio", {{"single", plan.mean.lowest_single}, {"union", plan.mean.lowest_union}}},
      {"mean_union_bound", plan.mean_union_bound},
      {"mean_proven", plan.mean_proven},
      {"seconds", solved.seconds}};
  if (!solved.compared.empty()) object["compare"] = Compared(solved);
  return object;
}

}  // namespace

Result<std::vector<PlanCase>> ParsePlanCases(std::string_view text) {
  json document;
  try {
    document = json::parse(text);
  } catch (const json::parse_error& error) {
    return Error{ErrorCode::kBadInput, fmt::format("not valid JSON from byte {} on", error.byte),
                 ""};
  }
  if (!document.is_object()) {
    return Error{ErrorCode::kBadInput, "the file holds no JSON object",
                 R"(it should hold {"cases": [...]})"};
  }
  try {
    std::vector<PlanCase> cases;
    if (!document.contains("cases")) {
      cases.push_back(ReadCase(document, 0));
      return cases;
    }
    if (!document["cases"].is_array()) {
      return Error{ErrorCode::kBadInput, "\"cases\" is not a list", ""};
    }
    for (std::size_t i = 0; i < document["cases"].size(); ++i) {
      cases.push_back(ReadCase(document["cases"][i], i));
    }
    return cases;
  } catch (const Error& error) {
    return error;
  }
}

SolvedCase SolveCase(const PlanCase& plan_case, const PlanOptions& options, bool compare) {
  SolvedCase solved;
  solved.id = plan_case.id;
  const auto start = std::chrono::steady_clock::now();
  solved.plan = MakePlan(plan_case.problem, options);
  solved.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const PlanProblem planned = Plannable(plan_case.problem, solved.plan);
  const std::vector<KernelGroup> kernel = KernelGroups(planned, solved.plan.groups, false);
  solved.rotated = ForecastMetrics(planned, kernel, ForecastRotation(planned, kernel));
  if (!compare) return solved;
  solved.compared = CompareGroupings(plan_case.problem, solved.plan);
  ComparedGrouping ours = std::move(solved.compared.back());
  solved.compared.pop_back();
  for (const OtherGrouping& other : plan_case.others) {
    std::vector<PlanGroup> groups;
    for (const std::vector<std::string>& events : other.groups) groups.push_back({events});
    solved.compared.push_back(RateGrouping(planned, other.name, std::move(groups)));
  }
  solved.compared.push_back(std::move(ours));
  return solved;
}

std::string PlansToJson(const std::vector<SolvedCase>& cases) {
  ordered_json list = ordered_json::array();
  for (const SolvedCase& solved : cases) list.push_back(Solved(solved));
  return ordered_json{{"cases", std::move(list)}}.dump(2, ' ', false,
                                                       ordered_json::error_handler_t::replace);
}

}  // namespace pmubench
