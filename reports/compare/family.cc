#include "reports/compare/family.h"

#include <algorithm>

#include "reports/statistics/hodges_lehmann.h"
#include "reports/statistics/multiplicity.h"
#include "reports/statistics/signed_rank.h"

namespace pmubench::compare {
namespace {

using statistics::MetricClass;
using statistics::VerdictRules;

constexpr double kNoiseToFloor = 3;

VerdictRules RulesFor(const FamilyMember& member, const CompareOptions& options) {
  VerdictRules rules;
  rules.metric_class = member.metric->kind.metric_class;
  rules.higher_is_better = member.metric->kind.higher_is_better;
  rules.alpha = options.alpha;
  rules.paired = options.paired;
  const auto floor = options.floors.find(rules.metric_class);
  rules.floor =
      floor == options.floors.end() ? statistics::DefaultFloor(rules.metric_class) : floor->second;
  if (options.historic_noise) {
    member.metric->historic_noise = options.historic_noise(*member.benchmark, member.metric->name);
  }
  if (rules.metric_class == MetricClass::kTiming && member.metric->historic_noise) {
    rules.floor = std::max(rules.floor, kNoiseToFloor * *member.metric->historic_noise);
  }
  return rules;
}

void Weigh(const FamilyMember& member, const VerdictRules& rules, std::size_t family) {
  MetricComparison& metric = *member.metric;
  metric.floor = rules.floor;
  metric.evidence = statistics::Weigh(*member.base, *member.now, rules, family);
  const double alpha = rules.alpha / static_cast<double>(family);
  metric.detectable = rules.paired
                          ? statistics::DetectablePairedEffect(*member.base, *member.now, alpha)
                          : statistics::DetectableEffect(*member.base, *member.now, alpha);
  if (metric.detectable) metric.detectable = std::max(*metric.detectable, metric.floor);
}

}  // namespace

void Judge(const std::vector<FamilyMember>& family, const CompareOptions& options) {
  std::vector<VerdictRules> rules;
  std::vector<double> p;
  for (const FamilyMember& member : family) {
    rules.push_back(RulesFor(member, options));
    Weigh(member, rules.back(), family.size());
    if (member.metric->evidence.p) p.push_back(*member.metric->evidence.p);
  }
  const std::vector<double> q = statistics::BenjaminiHochberg(p);
  auto next = q.begin();
  for (std::size_t i = 0; i < family.size(); ++i) {
    MetricComparison& metric = *family[i].metric;
    if (metric.evidence.p) metric.q = *next++;
    auto decision = statistics::Decide(metric.evidence, metric.q, rules[i], family.size());
    metric.verdict = decision.verdict;
    metric.reason = std::move(decision.reason);
  }
}

}  // namespace pmubench::compare
