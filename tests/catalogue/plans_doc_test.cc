// docs/plans.md is what the planner makes of every core's whole catalogue; PMUBENCH_UPDATE_DOCS=1
// writes it anew. A program of its own: it plans for seconds.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "catalogue/load.h"
#include "planner/plan.h"
#include "planner/problem_for.h"

namespace pmubench {
namespace {

constexpr const char* kHead = R"(# Plans for every core

What it takes to measure all metrics of a core: `pmubench plan --cpu CORE --metrics all`, for each core of the catalogue with the
general counters that its documents say (a machine is probed). This page is generated and checked by the tests;
`PMUBENCH_UPDATE_DOCS=1 ctest -R plans_doc_test` writes it anew.

- metrics: of the core; those of the run alone (CPU utilisation) need no event. Metrics of the kernel's software events are in.
- events: different ones, software events among them; dedicated: those with a counter of their own, which ride in every group.
- groups: runs of a benchmark, or turns of a rotation. Where they equal the bound, no plan has fewer.
- ratio: mean share of the turns that a metric is counted in, over metrics with an event that is not dedicated, when it is read from
  every group that holds its events.

| core | counters | metrics | events | dedicated | groups | bound | ratio |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
)";

std::string Row(const BuiltInCore& core) {
  const Catalogue catalogue = *LoadCatalogue(core.name);
  const auto metrics = *catalogue.Select({"all"});
  const PlanProblem problem = ProblemFor(catalogue, metrics, catalogue.general_counters);
  std::set<std::string> events;
  for (const PlanMetric& metric : problem.metrics) {
    events.insert(metric.events.begin(), metric.events.end());
  }
  const Plan plan = MakePlan(problem);
  EXPECT_TRUE(plan.unplannable.empty()) << core.name;
  EXPECT_EQ(plan.proven, static_cast<int>(plan.groups.size()) == plan.lower_bound) << core.name;
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {:.3f} |\n", core.title,
                     catalogue.general_counters, metrics.size(), events.size(),
                     problem.dedicated.size(), plan.groups.size(), plan.lower_bound,
                     plan.mean.union_);
}

TEST(PlansDocTest, ThePlansPageIsUpToDate) {
  std::string page = kHead;
  for (const BuiltInCore& core : BuiltInCores()) page += Row(core);
  const auto file = std::filesystem::path(PMUBENCH_SOURCE_DIR) / "docs" / "plans.md";
  if (std::getenv("PMUBENCH_UPDATE_DOCS") != nullptr) std::ofstream(file) << page;
  std::ifstream in(file);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  EXPECT_TRUE(text == page) << file << " is stale: PMUBENCH_UPDATE_DOCS=1 writes it anew\n" << page;
}

}  // namespace
}  // namespace pmubench
