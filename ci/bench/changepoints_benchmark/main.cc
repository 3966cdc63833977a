// Change-point detectors side by side: false alarms, detections, real histories, time.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>

#include "ci/bench/changepoints_benchmark/operating_points.h"
#include "ci/bench/changepoints_benchmark/recorded_series.h"
#include "reports/changepoints/clipped_cusum.h"
#include "reports/changepoints/e_divisive.h"

namespace pmubench::bench {
namespace {

using changepoints::ChangePoint;

std::vector<ChangePoint> Ours(std::span<const double> values) {
  return changepoints::ClippedCusum(values);
}
std::vector<ChangePoint> Otava(std::span<const double> values) {
  return changepoints::EDivisive(values);
}

// CPU time of this thread: what else the machine does costs caches only.
double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The fastest of several rounds: what disturbs a round only adds to it.
double SecondsOf(const Detector& detector, std::span<const double> values) {
  constexpr int kRounds = 7;
  constexpr int kRepeats = 20;
  double best = INFINITY;
  for (int round = 0; round < kRounds; ++round) {
    const double start = ThreadSeconds();
    for (int i = 0; i < kRepeats; ++i) {
      if (detector(values).size() > values.size()) std::abort();
    }
    best = std::min(best, (ThreadSeconds() - start) / kRepeats);
  }
  return best;
}

std::vector<std::size_t> Indices(const std::vector<ChangePoint>& points) {
  std::vector<std::size_t> indices;
  for (const ChangePoint& point : points) indices.push_back(point.index);
  return indices;
}

bool PrintOperatingPoints() {
  bool all_met = true;
  fmt::print("{} series of {} values each\n\n", kSimulations, kSeriesLength);
  fmt::print("{:20} {:34} {:>9} {:>9} {:>9}\n", "noise", "share of series with", "required",
             "clipcusum", "otava");
  for (const Requirement& requirement : Requirements()) {
    const double ours = Rate(Ours, requirement.noise, requirement.step);
    const double otava = Rate(Otava, requirement.noise, requirement.step);
    const bool met = Met(requirement, ours);
    all_met = all_met && met;
    const std::string what =
        requirement.step ? fmt::format("a step of {} found, {} values after",
                                       requirement.step->size, requirement.step->values_after)
                         : "any false alarm";
    fmt::print("{:20} {:34} {} {:5.1f} % {:7.1f} % {:7.1f} %{}\n", NoiseName(requirement.noise),
               what, requirement.step ? ">=" : "<=", 100 * requirement.limit, 100 * ours,
               100 * otava, met ? "" : "  NOT MET");
  }
  return all_met;
}

bool PrintRecorded(const std::vector<RecordedSeries>& all) {
  bool all_met = true;
  for (const RecordedSeries& series : all) {
    const auto ours = Ours(series.values);
    const auto otava = Otava(series.values);
    const double seconds = SecondsOf(Ours, series.values);
    fmt::print("\n{} ({} values)\n", series.name, series.values.size());
    const auto line = [](std::string_view name, double taken,
                         const std::vector<std::size_t>& indices) {
      fmt::print("  {:30} {:9.3f} ms {:3}: {}\n", name, 1e3 * taken, indices.size(),
                 fmt::join(indices, " "));
    };
    line("clipcusum", seconds, Indices(ours));
    line("otava (ours)", SecondsOf(Otava, series.values), Indices(otava));
    for (const PeerResult& peer : series.peers) {
      line(peer.detector, peer.seconds, peer.points);
      if (peer.detector.starts_with("otava_default")) {
        const double factor = peer.seconds / seconds;
        const bool met = factor >= 20;
        all_met = all_met && met;
        fmt::print("  {:30} {:9.1f} times Apache Otava's speed (required 20){}\n", "", factor,
                   met ? "" : "  NOT MET");
      }
    }
    if (!series.annotators.empty()) {
      fmt::print("  F1 against {} annotators: clipcusum {:.2f}, otava {:.2f}\n",
                 series.annotators.size(), AnnotatorF1(series.annotators, ours),
                 AnnotatorF1(series.annotators, otava));
    }
  }
  return all_met;
}

// The upper tail's Gumbel line through the 95 % and 99 % quantiles.
void Calibrate() {
  constexpr std::size_t kSeries = 20000;
  for (std::size_t count : {6, 12, 25, 50, 100, 200, 400, 800}) {
    std::vector<double> largest;
    for (std::size_t seed = 1; seed <= kSeries; ++seed) {
      largest.push_back(
          changepoints::LargestContrast(SimulatedSeries(Noise::kGaussian, count, seed)));
    }
    std::sort(largest.begin(), largest.end());
    const auto reduced = [](double fraction) { return -std::log(-std::log(fraction)); };
    const double low = largest[kSeries * 95 / 100];
    const double high = largest[kSeries * 99 / 100];
    const double scale = (high - low) / (reduced(0.99) - reduced(0.95));
    const double location = low - scale * reduced(0.95);
    fmt::print("{{{}, {:.3f}, {:.4f}}},  // 99.9 %: {:.2f} measured, {:.2f} by the line\n", count,
               location, scale, largest[kSeries * 999 / 1000], location + scale * reduced(0.999));
  }
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--calibrate") == 0) {
    Calibrate();
    return 0;
  }
  bool met = PrintOperatingPoints();
  if (argc == 2) {
    const auto recorded = ReadRecordedSeries(argv[1]);
    if (!recorded) {
      fmt::print(stderr, "{}\n", recorded.error().ToString());
      return 2;
    }
    met = PrintRecorded(*recorded) && met;
  } else {
    fmt::print("\nno folder of recorded histories given: real series and speed not shown\n");
  }
  return met ? 0 : 1;
}

}  // namespace
}  // namespace pmubench::bench

int main(int argc, char** argv) { return pmubench::bench::Main(argc, argv); }
