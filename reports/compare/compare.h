// Two sides of launches, benchmark by benchmark.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pmubench/result.h"
#include "reports/compare/launch.h"
#include "reports/compare/metric_kind.h"
#include "reports/statistics/verdict.h"

namespace pmubench::compare {

struct CompareOptions {
  double alpha = 0.05;  ///< false discovery rate over all gate metrics
  /// Metrics that decide; empty: time and instructions of each benchmark.
  std::vector<std::string> gates;
  /// Floors other than the classes' own.
  std::map<statistics::MetricClass, double> floors;
  /// Relative standard deviation of a metric from night to night, where it is known: the floor of
  /// a timing metric is at least 3 times that.
  std::function<std::optional<double>(const std::string& benchmark, const std::string& metric)>
      historic_noise;
  bool allow_fingerprint_mismatch = false;
  /// Take every repetition for a launch. Repetitions of one process share its layout: expect 35 to
  /// 80 % false alarms at a nominal 5 %.
  bool pool_repetitions = false;
  /// The n-th launch of one side ran next to the n-th of the other: tests and ratios are of such
  /// pairs. A value that its partner lacks is left out. Not with pool_repetitions.
  bool paired = false;
};

struct MetricComparison {
  std::string name;
  MetricKind kind;
  bool gate = false;
  double floor = 0;                      ///< smaller relative changes do not matter
  std::optional<double> historic_noise;  ///< from night to night, where it is known
  statistics::Evidence evidence;
  std::optional<double> q;  ///< p after correction over the family
  /// The smallest relative change that these launches would show 4 times in 5, were it the only
  /// one; infinite where they are too few to show any.
  std::optional<double> detectable;
  statistics::Verdict verdict = statistics::Verdict::kInconclusive;
  std::string reason;
};

struct BenchmarkComparison {
  std::string name;
  std::vector<MetricComparison> metrics;  ///< gates first
  /// Of the gates', the first of: worse, too few, inconclusive, better, equivalent.
  statistics::Verdict verdict = statistics::Verdict::kTooFew;

  [[nodiscard]] const MetricComparison* Find(const std::string& metric) const;
};

struct NotMeasured {
  std::string benchmark;
  std::string side;  ///< "base", "new" or "both"
  std::string reason;
};

struct FingerprintDifference {
  std::string field;
  std::string base;
  std::string now;
};

struct CompareResult {
  std::size_t base_launches = 0;
  std::size_t new_launches = 0;
  bool paired = false;                          ///< ratios are of launches next to each other
  std::vector<BenchmarkComparison> benchmarks;  ///< in order of name
  std::vector<std::string> removed;             ///< in base only
  std::vector<std::string> added;               ///< in new only
  std::vector<NotMeasured> not_measured;
  std::vector<FingerprintDifference> fingerprint_differences;
  std::vector<std::string> remarks;
  double alpha = 0;
  std::size_t family = 0;  ///< gate metrics tested together

  /// How many benchmarks have this verdict.
  [[nodiscard]] std::size_t Count(statistics::Verdict verdict) const;
};

/// Compares medians over each launch's repetitions. Metrics that do not gate are tested only inside
/// benchmarks whose gates are worse or better, to explain them. Errors: kBadInput where launches
/// have different fingerprints and that is not allowed, a side has no launch, or pairs are
/// incomplete.
[[nodiscard]] Result<CompareResult> Compare(const std::vector<Launch>& base,
                                            const std::vector<Launch>& now,
                                            const CompareOptions& options = {});

/// 1 with a confirmed regression; else 3 where a gate had too few launches, a benchmark failed on
/// one side, or none was compared, and with `strict` where one was inconclusive or removed; else 0.
[[nodiscard]] int CompareExitCode(const CompareResult& result, bool strict);

/// The metric that stands for a benchmark's time: real_time where it was asked for in the name
/// (UseRealTime, UseManualTime) or CPU time is not there, else cpu_time; wall_time of a command.
[[nodiscard]] std::string TimeMetric(const std::string& benchmark, const MetricValues& metrics);

}  // namespace pmubench::compare
