// `pmubench pgo advise`: from metrics to an outlook, with every threshold's source.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>

#include "branches/advice.h"
#include "cli/pgo.h"
#include "cli/verb.h"
#include "platform/text.h"
#include "reports/metric_remarks.h"
#include "reports/record.h"

namespace pmubench {
namespace {

struct AdviseOptions {
  std::string record;
  std::vector<std::string> metrics;
  std::string benchmark;
  int width = 4;
  std::string format = "text";
};

struct Case {
  std::string name;
  AdviceInput input;
  MetricDoubts doubts;
};

Result<void> CheckUsed(const std::string& name) {
  const std::vector<std::string>& used = AdviceMetrics();
  if (std::find(used.begin(), used.end(), name) != used.end()) return {};
  const std::string nearest = Nearest(name, used);
  return Error{ErrorCode::kUsage, fmt::format("the advice uses no metric \"{}\"", name),
               nearest.empty() ? fmt::format("it uses {}", fmt::join(used, ", "))
                               : fmt::format("did you mean {}?", nearest)};
}

Result<AdviceInput> FromWords(const AdviseOptions& options) {
  AdviceInput input;
  input.width = options.width;
  for (const std::string& word : options.metrics) {
    const auto equals = word.find('=');
    double value = 0;
    const char* end = word.data() + word.size();
    if (equals == std::string::npos ||
        std::from_chars(word.data() + equals + 1, end, value).ptr != end ||
        equals + 1 == word.size()) {
      return Error{ErrorCode::kUsage, fmt::format("\"{}\" is not NAME=VALUE", word),
                   "write e.g. --metric l1i_mpki=42.5"};
    }
    const std::string name = word.substr(0, equals);
    if (auto known = CheckUsed(name); !known) return known.error();
    input.metrics[name] = value;
  }
  return input;
}

Result<std::vector<Case>> Cases(const AdviseOptions& options) {
  std::vector<Case> cases;
  if (options.record.empty()) {
    if (options.metrics.empty()) {
      return Error{ErrorCode::kUsage, "no metrics were given",
                   "name a record of `pmubench run`, or give --metric NAME=VALUE"};
    }
    auto input = FromWords(options);
    if (!input) return input.error();
    cases.push_back({"given metrics", std::move(*input), {}});
    return cases;
  }
  auto record = ReadRecord(options.record);
  if (!record) return record.error();
  std::regex filter;
  try {
    filter = std::regex(options.benchmark);
  } catch (const std::regex_error&) {
    return Error{ErrorCode::kUsage,
                 fmt::format("\"{}\" is not a regular expression", options.benchmark), ""};
  }
  for (const RecordResult& result : record->results) {
    if (!std::regex_search(result.run_name, filter)) continue;
    Case one;
    one.name = result.run_name;
    one.input.width = options.width;
    for (const RecordMetric& metric : result.metrics) {
      if (metric.value) {
        one.input.metrics[metric.name] = *metric.value;
        if (!metric.note.empty()) one.doubts.wrong[metric.name] = metric.note;
      } else {
        one.input.missing[metric.name] = metric.reason;
      }
    }
    for (const RecordUnavailable& unavailable : record->unavailable) {
      one.input.missing.try_emplace(unavailable.name, unavailable.reason);
    }
    cases.push_back(std::move(one));
  }
  if (cases.empty()) {
    return Error{
        ErrorCode::kNotFound,
        fmt::format("{} holds no benchmark that matches \"{}\"", options.record, options.benchmark),
        ""};
  }
  return cases;
}

nlohmann::ordered_json ToJson(const Case& one, const Advice& advice) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const AdviceFinding& finding : advice.findings) {
    nlohmann::ordered_json entry = {{"metric", finding.metric}};
    entry["value"] = finding.value ? nlohmann::ordered_json(*finding.value) : nullptr;
    if (!finding.reason.empty()) entry["reason"] = finding.reason;
    if (!finding.condition.empty()) {
      entry["condition"] = finding.condition;
      entry["met"] = finding.met;
    }
    entry["source"] = finding.source;
    findings.push_back(std::move(entry));
  }
  return {{"benchmark", one.name},
          {"layout", {{"outlook", ToString(advice.layout)}, {"why", advice.layout_why}}},
          {"compiler", {{"outlook", ToString(advice.compiler)}, {"why", advice.compiler_why}}},
          {"findings", findings},
          {"not_known", advice.not_known},
          {"not_to_be_trusted", one.doubts.wrong}};
}

void Print(const Case& one, const Advice& advice) {
  fmt::print("{}\n", one.name);
  fmt::print("  layout (BOLT, function order): {}: {}\n", ToString(advice.layout),
             advice.layout_why);
  fmt::print("  compiler PGO: {}: {}\n", ToString(advice.compiler), advice.compiler_why);
  for (const AdviceFinding& finding : advice.findings) {
    const std::string value =
        finding.value ? fmt::format("{:.2f}", *finding.value) : std::string("-");
    const char* mark = !finding.value || finding.condition.empty() ? ""
                       : finding.met                               ? "yes"
                                                                   : "no";
    fmt::print("    {:<30} {:>9}  {:<24} {:<4} {}\n", finding.metric, value, finding.condition,
               mark, finding.value ? finding.source : finding.source + "; " + finding.reason);
  }
  for (const std::string& line : advice.not_known) fmt::print("  not known: {}\n", line);
  for (const std::string& line : MetricRemarks(one.doubts)) fmt::print("  {}\n", line);
}

int RunAdvise(const AdviseOptions& options) {
  auto cases = Cases(options);
  if (!cases) return Fail(cases.error());
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Case& one : *cases) {
    const Advice advice = Advise(one.input);
    if (options.format == "json") {
      all.push_back(ToJson(one, advice));
    } else {
      Print(one, advice);
    }
  }
  constexpr const char* kCaveat =
      "Front-end metrics predict what layout gains, not what the compiler gains: a program with "
      "hardly any L1I miss may gain much from compiler PGO. `pmubench pgo run` measures both.";
  if (options.format == "json") {
    fmt::print("{}\n", nlohmann::ordered_json{{"benchmarks", all}, {"caveat", kCaveat}}.dump(2));
  } else {
    fmt::print("{}\n", kCaveat);
  }
  return 0;
}

}  // namespace

void AddPgoAdvise(CLI::App& pgo, int& exit_code) {
  auto* verb = pgo.add_subcommand("advise", "Say from metrics whether PGO would pay, and why");
  auto options = std::make_shared<AdviseOptions>();
  verb->add_option("record", options->record,
                   "a record of `pmubench run --metrics frontend_bound,frontend_latency_bound,"
                   "l1i_mpki,itlb_mpki,branch_mpki,taken_branches_pki`");
  verb->add_option("--metric", options->metrics, "NAME=VALUE instead of a record; repeatable");
  verb->add_option("--benchmark", options->benchmark, "a regular expression on the names");
  verb->add_option("--width", options->width, "instructions the core takes in a cycle")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  AddFormat(*verb, options->format);
  verb->callback([options, &exit_code] { exit_code = RunAdvise(*options); });
}

}  // namespace pmubench
