#include "reports/statistics/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "reports/statistics/hodges_lehmann.h"
#include "reports/statistics/mann_whitney.h"
#include "reports/statistics/order.h"
#include "reports/statistics/signed_rank.h"

namespace pmubench::statistics {
namespace {

// So many launches show that a value repeats.
constexpr std::size_t kLaunchesToRepeat = 3;
// A difference this many times the spread of either side is no accident of the launches: below
// 1 in 1,000 for three Gaussian launches a side.
constexpr double kClearOfSpread = 3;

double Spread(std::span<const double> values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low;
}

// Without a test: values that repeat far better than they differ.
bool Repeatable(std::span<const double> base, std::span<const double> now,
                const VerdictRules& rules) {
  const double spread = std::max(Spread(base), Spread(now));
  if (rules.metric_class == MetricClass::kExact) return spread == 0;
  if (rules.metric_class != MetricClass::kNearExact) return false;
  if (std::min(base.size(), now.size()) < kLaunchesToRepeat) return false;
  return spread <= rules.floor * std::abs(Median(base));
}

double SmallestPOf(std::size_t base, std::size_t now, const VerdictRules& rules) {
  return rules.paired ? SmallestPairedP(base) : SmallestP(base, now);
}

Verdict Direction(const Evidence& evidence, const VerdictRules& rules) {
  return (evidence.now > evidence.base) == rules.higher_is_better ? Verdict::kBetter
                                                                  : Verdict::kWorse;
}

Decision DecideRepeatable(const Evidence& evidence, const VerdictRules& rules) {
  if (evidence.now == evidence.base) return {Verdict::kEquivalent, ""};
  if (rules.metric_class == MetricClass::kExact) return {Direction(evidence, rules), ""};
  const double low = evidence.low.value_or(0);
  const double high = evidence.high.value_or(0);
  if (std::abs(evidence.now - evidence.base) <= rules.floor * std::abs(evidence.base)) {
    return {Verdict::kEquivalent, ""};
  }
  if (low > 1 || high < 1) return {Direction(evidence, rules), ""};
  return {Verdict::kInconclusive, "the sides differ by little more than their launches do"};
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWorse:
      return "worse";
    case Verdict::kBetter:
      return "better";
    case Verdict::kEquivalent:
      return "equivalent";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kTooFew:
      return "too few launches";
  }
  return "";
}

std::string_view MetricClassName(MetricClass metric_class) {
  switch (metric_class) {
    case MetricClass::kExact:
      return "exact";
    case MetricClass::kNearExact:
      return "near-exact";
    case MetricClass::kTiming:
      return "timing";
    case MetricClass::kNoisy:
      return "noisy";
  }
  return "";
}

double DefaultFloor(MetricClass metric_class) {
  switch (metric_class) {
    case MetricClass::kExact:
      return 0;
    case MetricClass::kNearExact:
      return 0.002;
    case MetricClass::kTiming:
      return 0.01;
    case MetricClass::kNoisy:
      return 0.05;
  }
  return 0;
}

Evidence Weigh(std::span<const double> base, std::span<const double> now, const VerdictRules& rules,
               std::size_t family) {
  assert(!base.empty() && !now.empty());
  Evidence evidence;
  evidence.base_launches = base.size();
  evidence.new_launches = now.size();
  evidence.base = Median(base);
  evidence.now = Median(now);
  evidence.base_varies = Spread(base) > 0;
  evidence.new_varies = Spread(now) > 0;
  const auto estimate = rules.paired ? PairedRatio(base, now, rules.alpha)
                                     : HodgesLehmannRatio(base, now, rules.alpha);
  if (estimate) {
    evidence.ratio = estimate->ratio;
    evidence.low = estimate->low;
    evidence.high = estimate->high;
  }
  const bool testable = SmallestPOf(base.size(), now.size(), rules) <=
                        rules.alpha / static_cast<double>(std::max<std::size_t>(family, 1));
  // Where launches suffice, the test decides: it needs no rule of thumb.
  evidence.repeatable =
      Repeatable(base, now, rules) && (!testable || rules.metric_class == MetricClass::kExact);
  if (evidence.repeatable) {
    const double margin = kClearOfSpread * std::max(Spread(base), Spread(now));
    if (evidence.base > 0) {
      evidence.low = (evidence.now - margin) / evidence.base;
      evidence.high = (evidence.now + margin) / evidence.base;
    }
    return evidence;
  }
  const RankTest test = rules.paired ? SignedRank(base, now) : MannWhitney(base, now);
  evidence.p = test.p;
  evidence.exact_test = test.exact;
  return evidence;
}

Decision Decide(const Evidence& evidence, std::optional<double> q, const VerdictRules& rules,
                std::size_t family) {
  if (evidence.repeatable) return DecideRepeatable(evidence, rules);
  const double needed = rules.alpha / static_cast<double>(std::max<std::size_t>(family, 1));
  const bool could_show =
      SmallestPOf(evidence.base_launches, evidence.new_launches, rules) <= needed;
  const double floor = rules.floor;
  if (!evidence.ratio) {
    if (evidence.base == 0 && evidence.now == 0 && !evidence.base_varies && !evidence.new_varies) {
      return {Verdict::kEquivalent, ""};
    }
    if (q && *q <= rules.alpha && evidence.base != evidence.now) {
      return {Direction(evidence, rules), "values that are not positive have no ratio"};
    }
    return {could_show ? Verdict::kInconclusive : Verdict::kTooFew,
            "values that are not positive have no ratio"};
  }
  const bool excludes_one = *evidence.low > 1 || *evidence.high < 1;
  const bool beyond_floor =
      std::max(*evidence.ratio, 1 / *evidence.ratio) >= 1 + floor && evidence.ratio != 1;
  if (q && *q <= rules.alpha && excludes_one && beyond_floor) {
    const bool larger = *evidence.ratio > 1;
    return {larger == rules.higher_is_better ? Verdict::kBetter : Verdict::kWorse, ""};
  }
  if (*evidence.high <= 1 + floor && *evidence.low >= 1 / (1 + floor)) {
    return {Verdict::kEquivalent, ""};
  }
  if (!could_show) {
    const std::size_t launches = rules.paired ? PairsToShow(needed) : SizeToShow(needed);
    return {Verdict::kTooFew,
            fmt::format("{} and {} launches; {} a side could show a change among {} gate metric{}",
                        evidence.base_launches, evidence.new_launches, launches, family,
                        family == 1 ? "" : "s")};
  }
  return {Verdict::kInconclusive, "neither a change nor its absence is shown"};
}

}  // namespace pmubench::statistics
