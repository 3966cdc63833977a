#include "reports/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/compare/comparable.h"
#include "reports/compare/family.h"
#include "reports/statistics/order.h"

namespace pmubench::compare {
namespace {

using statistics::MetricClass;
using statistics::Verdict;

// One side: one value a launch, and what is known beside.
struct Side {
  std::map<std::string, MetricValues> values;
  std::map<std::string, std::string> failed;
};

bool Has(const Launch& launch, const std::string& benchmark, const std::string& metric) {
  const auto at = launch.values.find(benchmark);
  return at != launch.values.end() && at->second.contains(metric) && !at->second.at(metric).empty();
}

// `partners`: as many launches, without which a value does not count; or none.
Side Gather(const std::vector<Launch>& launches, const std::vector<Launch>& partners, bool pool) {
  Side side;
  for (std::size_t i = 0; i < launches.size(); ++i) {
    const Launch& launch = launches[i];
    for (const auto& [benchmark, metrics] : launch.values) {
      for (const auto& [metric, values] : metrics) {
        if (values.empty()) continue;
        if (!partners.empty() && !Has(partners[i], benchmark, metric)) continue;
        auto& into = side.values[benchmark][metric];
        if (pool) {
          into.insert(into.end(), values.begin(), values.end());
        } else {
          into.push_back(statistics::Median(values));
        }
      }
    }
    side.failed.insert(launch.failed.begin(), launch.failed.end());
  }
  return side;
}

// What the files say of metrics, over what their names tell.
struct MetricFacts {
  std::map<std::string, std::string> units;
  std::set<std::string> scaled;

  void Add(const std::vector<Launch>& launches) {
    for (const Launch& launch : launches) {
      units.insert(launch.units.begin(), launch.units.end());
      scaled.insert(launch.scaled.begin(), launch.scaled.end());
    }
  }

  [[nodiscard]] MetricComparison Describe(const std::string& metric, bool gate) const {
    MetricComparison comparison;
    comparison.name = metric;
    comparison.gate = gate;
    comparison.kind = KindOf(metric, gate);
    if (const auto unit = units.find(metric); unit != units.end()) {
      comparison.kind.unit = unit->second;
    }
    // An extrapolated count repeats no better than a time does.
    if (comparison.kind.metric_class == MetricClass::kNearExact && scaled.contains(metric)) {
      comparison.kind.metric_class = MetricClass::kTiming;
    }
    return comparison;
  }
};

std::vector<std::string> GatesOf(const std::string& benchmark, const MetricValues& base,
                                 const MetricValues& now, const CompareOptions& options) {
  std::vector<std::string> wanted = options.gates;
  if (wanted.empty()) wanted = {TimeMetric(benchmark, base), "instructions", "INSTRUCTIONS"};
  std::vector<std::string> gates;
  for (const std::string& metric : wanted) {
    if (base.contains(metric) && now.contains(metric)) gates.push_back(metric);
  }
  return gates;
}

int Rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWorse:
      return 0;
    case Verdict::kTooFew:
      return 1;
    case Verdict::kInconclusive:
      return 2;
    case Verdict::kBetter:
      return 3;
    case Verdict::kEquivalent:
      return 4;
  }
  return 4;
}

Verdict VerdictOf(const BenchmarkComparison& benchmark) {
  const auto first = std::min_element(benchmark.metrics.begin(), benchmark.metrics.end(),
                                      [](const MetricComparison& a, const MetricComparison& b) {
                                        return Rank(a.verdict) < Rank(b.verdict);
                                      });
  return first == benchmark.metrics.end() ? Verdict::kTooFew : first->verdict;
}

// Which benchmarks stand on both sides, and what became of the others.
void MatchBenchmarks(const Side& base, const Side& now, CompareResult& result) {
  const auto missing = [&](const std::string& name, const Side& other, const char* side,
                           std::vector<std::string>& otherwise) {
    const auto failed = other.failed.find(name);
    if (failed == other.failed.end()) {
      otherwise.push_back(name);
    } else {
      result.not_measured.push_back({name, side, failed->second});
    }
  };
  for (const auto& [name, metrics] : base.values) {
    if (!now.values.contains(name)) {
      missing(name, now, "new", result.removed);
      continue;
    }
    result.benchmarks.push_back({name, {}, Verdict::kTooFew});
    for (const Side* side : {&base, &now}) {
      if (const auto failed = side->failed.find(name); failed != side->failed.end()) {
        result.remarks.push_back(
            fmt::format("{} failed in some launches: {}", name, failed->second));
      }
    }
  }
  for (const auto& [name, metrics] : now.values) {
    if (!base.values.contains(name)) missing(name, base, "base", result.added);
  }
  for (const auto& [name, reason] : now.failed) {
    if (!now.values.contains(name) && !base.values.contains(name)) {
      result.not_measured.push_back({name, base.failed.contains(name) ? "both" : "new", reason});
    }
  }
}

std::vector<FamilyMember> MembersFrom(BenchmarkComparison& benchmark, std::size_t first,
                                      const Side& base, const Side& now) {
  std::vector<FamilyMember> members;
  const MetricValues& before = base.values.at(benchmark.name);
  const MetricValues& after = now.values.at(benchmark.name);
  for (std::size_t i = first; i < benchmark.metrics.size(); ++i) {
    MetricComparison& metric = benchmark.metrics[i];
    members.push_back({&benchmark.name, &metric, &before.at(metric.name), &after.at(metric.name)});
  }
  return members;
}

void JudgeGates(const Side& base, const Side& now, const MetricFacts& facts,
                const CompareOptions& options, CompareResult& result) {
  std::vector<FamilyMember> family;
  for (BenchmarkComparison& benchmark : result.benchmarks) {
    for (const std::string& metric : GatesOf(benchmark.name, base.values.at(benchmark.name),
                                             now.values.at(benchmark.name), options)) {
      benchmark.metrics.push_back(facts.Describe(metric, true));
    }
    if (benchmark.metrics.empty()) {
      result.not_measured.push_back(
          {benchmark.name, "both", "it has no gate metric on both sides"});
    }
    const auto members = MembersFrom(benchmark, 0, base, now);
    family.insert(family.end(), members.begin(), members.end());
  }
  result.family = family.size();
  Judge(family, options);
  for (BenchmarkComparison& benchmark : result.benchmarks) benchmark.verdict = VerdictOf(benchmark);
}

// The other metrics of what changed, a family of their own in each benchmark.
void JudgeExplanations(const Side& base, const Side& now, const MetricFacts& facts,
                       const CompareOptions& options, CompareResult& result) {
  for (BenchmarkComparison& benchmark : result.benchmarks) {
    if (benchmark.verdict != Verdict::kWorse && benchmark.verdict != Verdict::kBetter) continue;
    const std::size_t gates = benchmark.metrics.size();
    for (const auto& [metric, values] : base.values.at(benchmark.name)) {
      if (benchmark.Find(metric) != nullptr) continue;
      if (!now.values.at(benchmark.name).contains(metric)) continue;
      benchmark.metrics.push_back(facts.Describe(metric, false));
    }
    Judge(MembersFrom(benchmark, gates, base, now), options);
  }
}

}  // namespace

std::string TimeMetric(const std::string& benchmark, const MetricValues& metrics) {
  if (metrics.contains("wall_time")) return "wall_time";
  const bool real = benchmark.find("/real_time") != std::string::npos ||
                    benchmark.find("/manual_time") != std::string::npos;
  const auto cpu = metrics.find("cpu_time");
  const bool has_cpu = cpu != metrics.end() && std::any_of(cpu->second.begin(), cpu->second.end(),
                                                           [](double value) { return value > 0; });
  return real || !has_cpu ? "real_time" : "cpu_time";
}

const MetricComparison* BenchmarkComparison::Find(const std::string& metric) const {
  const auto at = std::find_if(metrics.begin(), metrics.end(),
                               [&](const MetricComparison& m) { return m.name == metric; });
  return at == metrics.end() ? nullptr : &*at;
}

std::size_t CompareResult::Count(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(benchmarks.begin(), benchmarks.end(),
                    [&](const BenchmarkComparison& b) { return b.verdict == verdict; }));
}

Result<CompareResult> Compare(const std::vector<Launch>& base, const std::vector<Launch>& now,
                              const CompareOptions& options) {
  if (base.empty() || now.empty()) {
    return Error{ErrorCode::kBadInput, "one side has no launch", "give at least one file a side"};
  }
  if (options.paired && base.size() != now.size()) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} and {} launches are no pairs", base.size(), now.size()),
                 "give as many launches a side"};
  }
  CompareResult result;
  result.paired = options.paired;
  result.base_launches = base.size();
  result.new_launches = now.size();
  result.alpha = options.alpha;
  result.fingerprint_differences = FingerprintDifferences(base, now);
  if (!result.fingerprint_differences.empty() && !options.allow_fingerprint_mismatch) {
    return Error{
        ErrorCode::kBadInput,
        "the launches are of different machines: " + Describe(result.fingerprint_differences),
        "--allow-fingerprint-mismatch compares them all the same"};
  }
  result.remarks = Remarks(base, now);
  if (options.pool_repetitions) {
    result.remarks.emplace_back(
        "repetitions were taken for launches: expect false alarms far above the nominal level");
  }
  MetricFacts facts;
  facts.Add(base);
  facts.Add(now);
  const std::vector<Launch> none;
  const Side before = Gather(base, options.paired ? now : none, options.pool_repetitions);
  const Side after = Gather(now, options.paired ? base : none, options.pool_repetitions);
  MatchBenchmarks(before, after, result);
  JudgeGates(before, after, facts, options, result);
  JudgeExplanations(before, after, facts, options, result);
  return result;
}

int CompareExitCode(const CompareResult& result, bool strict) {
  if (result.Count(Verdict::kWorse) > 0) return 1;
  const bool too_little = result.benchmarks.empty() || result.Count(Verdict::kTooFew) > 0 ||
                          !result.not_measured.empty();
  const bool open = result.Count(Verdict::kInconclusive) > 0 || !result.removed.empty();
  return too_little || (strict && open) ? 3 : 0;
}

}  // namespace pmubench::compare
