#include "cli/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/verb.h"
#include "platform/whole_file.h"

namespace pmubench {
namespace {

int Report(const Error& error, std::ostream& err) {
  err << "pmubench: " << error.ToString() << '\n';
  return ExitCode(error.code);
}

Result<std::vector<PlanCase>> ReadCases(const PlanRequest& request) {
  const auto text = ReadWhole(request.case_file);
  if (!text) return text.error();
  Result<std::vector<PlanCase>> cases = ParsePlanCases(*text);
  if (!cases) {
    Error error = cases.error();
    error.message = request.case_file + ": " + error.message;
    return error;
  }
  for (const std::string& id : request.ids) {
    if (std::none_of(cases->begin(), cases->end(), [&](auto& c) { return c.id == id; })) {
      return Error{ErrorCode::kUsage, fmt::format("{} has no case '{}'", request.case_file, id),
                   "without --id all cases are planned"};
    }
  }
  if (!request.ids.empty()) {
    std::erase_if(*cases, [&](const PlanCase& c) {
      return std::find(request.ids.begin(), request.ids.end(), c.id) == request.ids.end();
    });
  }
  return cases;
}

Result<std::vector<PlanCase>> Cases(const PlanRequest& request, const PlanSource& source) {
  if (!request.case_file.empty()) return ReadCases(request);
  if (!source) {
    return Error{ErrorCode::kUsage, "nothing to plan", "give a problem file with --case FILE"};
  }
  Result<PlanCase> one = source(request);
  if (!one) return one.error();
  return std::vector<PlanCase>{std::move(*one)};
}

std::string Proof(const Plan& plan) {
  switch (plan.proof) {
    case PlanProof::kCounting:
      return "proven the fewest: the events need as many by their number";
    case PlanProof::kCoveringBound:
      return fmt::format("proven the fewest: the covering bound is above {}", plan.lower_bound - 1);
    case PlanProof::kSearch:
      return "proven the fewest: every way to use one less was excluded";
    case PlanProof::kNone:
      break;
  }
  return fmt::format("not proven the fewest: at least {}", plan.lower_bound);
}

void DescribeMetrics(const SolvedCase& solved, std::string* text) {
  const Plan& plan = solved.plan;
  std::size_t width = 6;
  for (const PlannedMetric& metric : plan.metrics) width = std::max(width, metric.name.size());
  fmt::format_to(std::back_inserter(*text), "\n  {:<{}}  single   union  kernel  groups\n",
                 "metric", width);
  for (std::size_t m = 0; m < plan.metrics.size(); ++m) {
    const PlannedMetric& metric = plan.metrics[m];
    std::string groups;
    for (const int g : metric.groups) groups += fmt::format(" {}", g + 1);
    if (metric.groups.size() == plan.groups.size() && plan.groups.size() > 1) groups = " all";
    fmt::format_to(std::back_inserter(*text), "  {:<{}}  {:6.3f}  {:6.3f}  {:6.3f} {}\n",
                   metric.name, width, metric.ratio_single, metric.ratio_union,
                   m < solved.rotated.size() ? solved.rotated[m].union_ : 0.0, groups);
  }
  *text +=
      "  single: read from one group; union: from every group that holds the metric;\n"
      "  kernel: union, were these groups left to the kernel's rotation (predicted)\n";
}

void DescribeComparison(const SolvedCase& solved, std::string* text) {
  std::size_t width = 8;
  for (const ComparedGrouping& grouping : solved.compared) {
    width = std::max(width, grouping.name.size());
  }
  fmt::format_to(std::back_inserter(*text),
                 "\n  {:<{}}          in equal turns           under the kernel's rotation\n"
                 "  {:<{}}  groups  single   union  lowest   single   union  together\n",
                 "", width, "grouping", width);
  for (const ComparedGrouping& grouping : solved.compared) {
    fmt::format_to(std::back_inserter(*text),
                   "  {:<{}}  {:6}  {:6.3f}  {:6.3f}  {:6.3f}   {:6.3f}  {:6.3f}    {:6.3f}{}\n",
                   grouping.name, width, grouping.groups.size(), grouping.turns.single,
                   grouping.turns.union_, grouping.turns.lowest_union, grouping.kernel.single,
                   grouping.kernel.union_, grouping.kernel_together,
                   grouping.refused == 0
                       ? ""
                       : fmt::format("  ({} more groups do not fit)", grouping.refused));
  }
  *text +=
      "  means over metrics with an event that is not dedicated; lowest is of union;\n"
      "  together: all of a metric's events on at once, in whatever groups\n";
}

}  // namespace

std::string DescribePlan(const PlanCase& plan_case, const SolvedCase& solved) {
  const Plan& plan = solved.plan;
  std::string text = solved.id;
  if (!plan_case.platform.empty()) text += ": " + plan_case.platform;
  fmt::format_to(std::back_inserter(text),
                 "\n  {} metrics on {} general counters: {} group{}, {}\n", plan.metrics.size(),
                 plan_case.problem.general_counters, plan.groups.size(),
                 plan.groups.size() == 1 ? "" : "s", Proof(plan));
  fmt::format_to(
      std::back_inserter(text),
      "  mean sampling ratio {:.3f} by the union rule{}, {:.3f} single; lowest {:.3f}\n\n",
      plan.mean.union_,
      plan.mean_proven ? " (proven the highest)"
                       : fmt::format(" (at most {:.3f})", plan.mean_union_bound),
      plan.mean.single, plan.mean.lowest_union);
  for (std::size_t g = 0; g < plan.groups.size(); ++g) {
    const PlanGroup& group = plan.groups[g];
    fmt::format_to(std::back_inserter(text), "  group {:2}  {:5.1f} %  {}\n", g + 1,
                   100 * group.slice, fmt::join(group.events, " "));
  }
  DescribeMetrics(solved, &text);
  if (!plan.unplannable.empty()) text += "\n  not planned:\n";
  for (const UnplannableMetric& metric : plan.unplannable) {
    fmt::format_to(
        std::back_inserter(text), "  {}: {}{}\n", metric.name, metric.reason,
        metric.counters_short == 0 ? "" : fmt::format(" ({} short)", metric.counters_short));
  }
  if (!solved.compared.empty()) DescribeComparison(solved, &text);
  return text;
}

int RunPlan(const PlanRequest& request, const PlanSource& source, std::ostream& out,
            std::ostream& err) {
  Result<std::vector<PlanCase>> cases = Cases(request, source);
  if (!cases) return Report(cases.error(), err);
  PlanOptions options;
  if (request.slices == "lowest") options.slices = SliceRule::kLowestRatio;
  const auto scaled = [&](std::int64_t limit) {
    return static_cast<std::int64_t>(static_cast<double>(limit) * std::max(0.0, request.effort));
  };
  options.proof_effort = scaled(options.proof_effort);
  options.improve_effort = scaled(options.improve_effort);

  std::vector<SolvedCase> solved;
  bool any_metric = cases->empty();
  for (PlanCase& plan_case : *cases) {
    if (request.counters >= 0) plan_case.problem.general_counters = request.counters;
    solved.push_back(SolveCase(plan_case, options, request.compare));
    auto& unplannable = solved.back().plan.unplannable;
    unplannable.insert(unplannable.end(), plan_case.left_out.begin(), plan_case.left_out.end());
    any_metric |= !solved.back().plan.metrics.empty() || plan_case.problem.metrics.empty();
    for (const UnplannableMetric& metric : solved.back().plan.unplannable) {
      if (request.format == "json") {
        err << "pmubench: " << solved.back().id << ": " << metric.name
            << " is not planned: " << metric.reason << '\n';
      }
    }
    if (request.format != "json") {
      out << (solved.size() > 1 ? "\n" : "") << DescribePlan(plan_case, solved.back());
    }
  }
  if (request.format == "json") out << PlansToJson(solved) << '\n';
  return any_metric ? 0 : 3;
}

void AddPlanVerb(CLI::App& app, int& exit_code, PlanSource source) {
  CLI::App* verb =
      app.add_subcommand("plan", "The event groups for metrics, and what each metric gets of them");
  verb->footer(R"(
A problem file for --case is JSON:
  {"cases": [{"id": "mine",
              "counters": {"generic": 6, "fixed": {"CPU_CYCLES": "PMCCNTR_EL0"}},
              "constraints": {"EVENT": [0, 1]},     counters that it may use; others: any
              "slots": {"EVENT": 2},                takes an even counter and the next
              "metrics": [{"name": "ipc", "events": ["INST_RETIRED", "CPU_CYCLES"]}]}]})");
  const auto request = std::make_shared<PlanRequest>();
  if (source) {
    verb->add_option("--metrics", request->metrics, "metrics and sets to plan for")
        ->delimiter(',')
        ->capture_default_str();
    verb->add_option("--cpu", request->cpu, "plan for this core instead of this machine's");
    verb->add_option("--catalogue", request->catalogue_file,
                     "events and metrics of your own (JSON)");
  }
  CLI::Option* file =
      verb->add_option("--case", request->case_file, "plan the problems of this file");
  if (!source) file->required();
  verb->add_option("--id", request->ids, "only these cases of the file")
      ->delimiter(',')
      ->needs(file);
  verb->add_option("--counters", request->counters, "plan for this many general counters")
      ->check(CLI::Range(0, 64));
  verb->add_flag("--compare", request->compare, "show what other ways to group would give");
  verb->add_option("--slices", request->slices,
                   "equal: every turn is as long; lowest: time shares that raise the lowest ratio")
      ->check(CLI::IsMember({"equal", "lowest"}))
      ->capture_default_str();
  verb->add_option("--effort", request->effort, "times the default limits of the searches")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  verb->add_option("--format", request->format, "text for people, json for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([request, source = std::move(source), &exit_code] {
    exit_code = RunPlan(*request, source, std::cout, std::cerr);
  });
}

}  // namespace pmubench
