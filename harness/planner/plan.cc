#include "planner/plan.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "planner/improve.h"
#include "planner/model.h"
#include "planner/packing.h"

namespace pmubench {
namespace {

using planner::Batch;
using planner::Bits;

PlanProof Public(planner::Proof proof) {
  switch (proof) {
    case planner::Proof::kCounting:
      return PlanProof::kCounting;
    case planner::Proof::kCoveringBound:
      return PlanProof::kCoveringBound;
    case planner::Proof::kSearch:
      return PlanProof::kSearch;
    case planner::Proof::kNone:
      break;
  }
  return PlanProof::kNone;
}

// Events that complete no metric here would take a counter for nothing.
Bits OnlyUseful(const Batch& batch, const Bits& group) {
  Bits useful;
  for (const planner::ValuedItem& item : batch.items) {
    if (item.events.SubsetOf(group)) useful = useful | item.events;
  }
  return useful;
}

std::vector<std::string> Names(const planner::Model& model, const Batch& batch, const Bits& group) {
  std::vector<std::string> events = model.free;
  OnlyUseful(batch, group).ForEach([&](int e) { events.push_back(batch.rules.name(e)); });
  return events;
}

void AddPrices(const Batch& batch, const std::vector<int>& required,
               const planner::CoverBound& cover, Plan* plan) {
  for (std::size_t i = 0; i < required.size(); ++i) {
    if (cover.prices[i] == 0) continue;
    plan->prices.emplace_back(
        batch.item_metrics[required[i]],
        static_cast<double>(cover.prices[i]) / static_cast<double>(cover.price_of_group));
  }
}

// Adds the batch's groups; returns the bound on the sum of metrics' weights x groups.
double PlanBatch(const planner::Model& model, const Batch& batch, const PlanOptions& options,
                 Plan* plan) {
  std::vector<Bits> required_sets;
  std::vector<int> required;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    if (!batch.items[i].required) continue;
    required_sets.push_back(batch.items[i].events);
    required.push_back(static_cast<int>(i));
  }
  const planner::Packing packing = planner::Pack(batch.rules, required_sets, options.proof_effort);
  const planner::Improved improved =
      planner::ImproveCover(batch.rules, batch.items, packing.groups, options.improve_effort);
  for (const Bits& group : improved.groups) {
    plan->groups.push_back({Names(model, batch, group)});
  }
  plan->lower_bound = std::max(plan->lower_bound, packing.lower_bound);
  plan->covering_bound = std::max(plan->covering_bound, packing.cover.value);
  plan->proof = Public(packing.proof);
  if (packing.proof == planner::Proof::kCoveringBound) {
    AddPrices(batch, required, packing.cover, plan);
  }
  return improved.upper_bound;
}

// Groups in the order in which the problem lists the metrics that they measure.
void OrderGroups(const PlanProblem& problem, Plan* plan) {
  std::vector<std::pair<std::size_t, PlanGroup>> keyed;
  for (PlanGroup& group : plan->groups) {
    const std::set<std::string> events(group.events.begin(), group.events.end());
    std::size_t first = problem.metrics.size();
    for (std::size_t m = problem.metrics.size(); m-- > 0;) {
      const PlanMetric& metric = problem.metrics[m];
      const bool costly = std::any_of(metric.events.begin(), metric.events.end(),
                                      [&](auto& e) { return problem.dedicated.count(e) == 0; });
      if (costly && std::all_of(metric.events.begin(), metric.events.end(),
                                [&](auto& e) { return events.count(e) > 0; })) {
        first = m;
      }
    }
    keyed.emplace_back(first, std::move(group));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.events < b.second.events;
  });
  for (std::size_t g = 0; g < keyed.size(); ++g) plan->groups[g] = std::move(keyed[g].second);
}

void BoundMean(const PlanProblem& problem, const planner::Model& model, double value_bound,
               Plan* plan) {
  // What is measured in every group anyway adds its weight once a group.
  double weight = 0;
  double weighted = 0;
  for (std::size_t p = 0; p < model.planned.size(); ++p) {
    const PlanMetric& metric = problem.metrics[model.planned[p]];
    if (!plan->metrics[p].counted) continue;
    const double w = std::max(0.0, metric.weight);
    const bool everywhere = std::all_of(metric.events.begin(), metric.events.end(), [&](auto& e) {
      return std::binary_search(model.free.begin(), model.free.end(), e);
    });
    weight += w;
    weighted += w * plan->metrics[p].ratio_union;
    if (everywhere) value_bound += w * static_cast<double>(plan->groups.size());
  }
  if (weight <= 0) {
    plan->mean_union_bound = 1;
    plan->mean_proven = plan->proven;
    return;
  }
  const bool equal = std::all_of(plan->groups.begin(), plan->groups.end(),
                                 [](const PlanGroup& group) { return group.turns == 1; });
  plan->mean_union_bound = value_bound / static_cast<double>(plan->groups.size()) / weight;
  plan->mean_proven = plan->proven && equal && model.batches.size() <= 1 &&
                      weighted / weight >= plan->mean_union_bound - 1e-9;
}

}  // namespace

const char* PlanProofName(PlanProof proof) {
  switch (proof) {
    case PlanProof::kCounting:
      return "counting";
    case PlanProof::kCoveringBound:
      return "covering bound";
    case PlanProof::kSearch:
      return "search";
    case PlanProof::kNone:
      break;
  }
  return "";
}

Plan MakePlan(const PlanProblem& problem, const PlanOptions& options) {
  planner::Model model = planner::BuildModel(problem);
  Plan plan;
  plan.unplannable = std::move(model.unplannable);
  double value_bound = 0;
  for (const Batch& batch : model.batches) {
    value_bound += PlanBatch(model, batch, options, &plan);
  }
  if (model.batches.size() > 1) {
    plan.proof = PlanProof::kCounting;
    plan.prices.clear();
    plan.lower_bound = std::max(plan.lower_bound, model.counting_bound);
  }
  if (plan.groups.empty() && !model.free.empty() && !model.planned.empty()) {
    plan.groups.push_back({model.free});
    plan.lower_bound = 1;
    plan.proof = PlanProof::kCounting;
  }
  if (plan.groups.empty()) plan.proof = PlanProof::kCounting;
  plan.proven = static_cast<int>(plan.groups.size()) == plan.lower_bound;
  if (!plan.proven) plan.proof = PlanProof::kNone;

  PlanProblem planned = problem;
  planned.metrics.clear();
  for (const std::size_t m : model.planned) planned.metrics.push_back(problem.metrics[m]);
  OrderGroups(planned, &plan);
  SharePlan(planned, SliceRule::kEqualTurns, &plan);
  RatePlan(planned, &plan);
  BoundMean(problem, model, value_bound, &plan);
  if (options.slices != SliceRule::kEqualTurns) {
    SharePlan(planned, options.slices, &plan);
    RatePlan(planned, &plan);
    plan.mean_proven = false;
  }
  return plan;
}

}  // namespace pmubench
