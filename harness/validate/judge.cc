#include "validate/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pmubench {
namespace {

/// "within 1 %" of the verdicts' definition.
constexpr double kClose = 0.01;

double Median(std::vector<std::uint64_t> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const auto upper = static_cast<double>(values[half]);
  return values.size() % 2 == 1 ? upper : (static_cast<double>(values[half - 1]) + upper) / 2;
}

void JudgeError(double tolerance, EventVerdict& verdict) {
  const double limit = std::max(kClose, tolerance);
  verdict.error = verdict.measured / verdict.expected - 1;
  if (std::abs(verdict.error) <= limit) {
    verdict.kind = EventVerdictKind::kWithin;
    verdict.detail =
        fmt::format("within {:.0f} %: off by {:+.2f} %", 100 * limit, 100 * verdict.error);
    return;
  }
  const bool over = verdict.error > 0;
  verdict.kind = over ? EventVerdictKind::kOver : EventVerdictKind::kUnder;
  verdict.detail = fmt::format("{} by a factor of {:.3g}", over ? "over-counts" : "under-counts",
                               over ? verdict.measured / verdict.expected
                                    : verdict.expected / std::max(verdict.measured, 1.0));
}

void JudgeProportional(const Truth& truth, double steps, const std::array<double, 3>& medians,
                       EventVerdict& verdict) {
  const double first = medians[1] - medians[0];
  const double second = medians[2] - medians[1];
  const double least = truth.per_step * static_cast<double>(kLengths[2] - kLengths[0]) * steps;
  if (verdict.measured < least * (1 - kClose)) {
    verdict.expected = least;
    JudgeError(0, verdict);
    return;
  }
  // The second stretch is twice as long as the first.
  verdict.expected = 3 * first;
  if (second == 2 * first) {
    verdict.kind = EventVerdictKind::kExact;
    verdict.constant = medians[0] - first;
    verdict.detail = fmt::format("exact: {:g} a step at every length, to a constant of {:g}",
                                 first / steps, verdict.constant);
    return;
  }
  JudgeError(truth.tolerance, verdict);
}

}  // namespace

const char* VerdictName(EventVerdictKind kind) {
  switch (kind) {
    case EventVerdictKind::kExact:
      return "exact";
    case EventVerdictKind::kWithin:
      return "within";
    case EventVerdictKind::kCounts:
      return "counts";
    case EventVerdictKind::kOver:
      return "over-counts";
    case EventVerdictKind::kUnder:
      return "under-counts";
    case EventVerdictKind::kDead:
      return "dead";
    case EventVerdictKind::kNotMeasured:
      return "not measured";
  }
  return "";
}

EventVerdict Judge(const Truth& truth, std::uint64_t steps, const LengthCounts& counts) {
  EventVerdict verdict;
  std::array<double, kLengths.size()> medians{};
  bool silent = true;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    medians[i] = Median(counts[i]);
    for (const std::uint64_t count : counts[i]) silent &= count == 0;
  }
  const auto n = static_cast<double>(steps);
  verdict.measured = medians[2] - medians[0];
  verdict.expected = truth.per_step * static_cast<double>(kLengths[2] - kLengths[0]) * n;
  verdict.error = verdict.measured / verdict.expected - 1;
  if (silent) {
    verdict.kind = EventVerdictKind::kDead;
    verdict.detail = fmt::format("dead: opens, runs and counts 0 where {:g} {}", verdict.expected,
                                 truth.kind == TruthKind::kExactly ? "are due" : "or more are due");
    return verdict;
  }
  if (truth.kind == TruthKind::kProportional) {
    JudgeProportional(truth, n, medians, verdict);
  } else if (truth.kind == TruthKind::kAtLeast && verdict.error >= 0) {
    verdict.kind = EventVerdictKind::kCounts;
    verdict.detail = fmt::format("counts: {:g} a step, at least {:g}", verdict.measured / (3 * n),
                                 truth.per_step);
  } else if (truth.kind == TruthKind::kExactly && verdict.measured == verdict.expected) {
    verdict.kind = EventVerdictKind::kExact;
    verdict.constant = medians[0] - truth.per_step * n;
    verdict.detail = fmt::format("exact, to a constant of {:g}", verdict.constant);
  } else {
    JudgeError(truth.tolerance, verdict);
  }
  return verdict;
}

}  // namespace pmubench
