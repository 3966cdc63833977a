#include "reports/pages/size_curves.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace pmubench::pages {
namespace {

constexpr std::size_t kFewestPoints = 3;

std::optional<double> ValueOf(const BenchmarkReport& benchmark, const char* metric) {
  const MetricLine* line = FindMetric(benchmark, metric);
  return line == nullptr ? std::nullopt : line->value;
}

/// A benchmark that can be a point, with the parts of its name.
struct Candidate {
  const BenchmarkReport* benchmark = nullptr;
  SizePoint point;
  std::vector<std::string> parts;

  /// The name without one of its parts, which stays as an empty one to tell places apart.
  [[nodiscard]] std::string Without(std::size_t part) const {
    std::vector<std::string> others = parts;
    others[part].clear();
    return fmt::format("{}", fmt::join(others, "/"));
  }
};

std::vector<std::string> PartsOf(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  // Google Benchmark's own settings tell a reader of the curve nothing.
  std::erase_if(parts, [](const std::string& part) { return part.starts_with("min_time:"); });
  return parts;
}

std::vector<Candidate> CandidatesOf(const Report& report) {
  std::vector<Candidate> candidates;
  for (const BenchmarkReport& benchmark : report.benchmarks) {
    const auto bytes = ValueOf(benchmark, "working_set_bytes");
    const auto rate = ValueOf(benchmark, "bytes_per_second");
    if (!bytes || *bytes < 1 || !rate || *rate <= 0) continue;
    candidates.push_back({&benchmark, {*bytes, *rate}, PartsOf(benchmark.name)});
  }
  return candidates;
}

/// Shared names and the sizes that they have: the size's part of a name is the one without which
/// the most sizes share the rest.
std::map<std::string, std::set<double>> SizesByName(const std::vector<Candidate>& candidates) {
  std::map<std::string, std::set<double>> sizes;
  for (const Candidate& one : candidates) {
    for (std::size_t i = 0; i < one.parts.size(); ++i) {
      sizes[one.Without(i)].insert(one.point.bytes);
    }
  }
  return sizes;
}

std::string NameOfCurve(const Candidate& candidate,
                        const std::map<std::string, std::set<double>>& sizes) {
  std::string best;
  std::size_t most = 0;
  for (std::size_t i = 0; i < candidate.parts.size(); ++i) {
    const std::string name = candidate.Without(i);
    if (sizes.at(name).size() < most) continue;
    most = sizes.at(name).size();
    best = name;
  }
  return best;
}

/// "read//avx2/" -> "read/avx2".
std::string Tidy(const std::string& name) {
  std::vector<std::string> parts = PartsOf(name);
  std::erase_if(parts, [](const std::string& part) { return part.empty(); });
  return fmt::format("{}", fmt::join(parts, "/"));
}

}  // namespace

std::vector<SizeCurve> SizeCurvesOf(const Report& report) {
  const std::vector<Candidate> candidates = CandidatesOf(report);
  const auto sizes = SizesByName(candidates);
  std::vector<SizeCurve> curves;
  std::map<std::string, std::size_t> places;
  for (const Candidate& one : candidates) {
    const std::string name = NameOfCurve(one, sizes);
    const auto [place, is_new] = places.try_emplace(name, curves.size());
    if (is_new) curves.push_back({Tidy(name), {}, {}, {}});
    SizeCurve& curve = curves[place->second];
    curve.points.push_back(one.point);
    const auto holds = ValueOf(*one.benchmark, "last_cache_holds_bytes");
    const auto beyond = ValueOf(*one.benchmark, "last_cache_not_bytes");
    if (holds && beyond) {
      curve.holds = holds;
      curve.beyond = beyond;
    }
  }
  std::erase_if(curves, [](const SizeCurve& curve) { return curve.points.size() < kFewestPoints; });
  for (SizeCurve& curve : curves) {
    std::sort(curve.points.begin(), curve.points.end(),
              [](const SizePoint& a, const SizePoint& b) { return a.bytes < b.bytes; });
  }
  return curves;
}

}  // namespace pmubench::pages
