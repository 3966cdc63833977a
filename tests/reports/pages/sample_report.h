// Made-up reports for tests of the pages: small and telling, or large.
#pragma once

#include <cmath>
#include <random>
#include <string>

#include "reports/pages/report.h"

namespace pmubench::pages {

/// `benchmarks` benchmarks over `nights` nights with 40 metrics each; every 100th regressed, and
/// there is one of each other verdict.
inline Report SampleReport(std::size_t benchmarks, std::size_t nights) {
  Report report;
  report.title = "Nightly benchmarks <main>";
  report.generated_ms = 1'790'000'000'000;
  report.facts = {{"machine", "0123456789abcdef (Neoverse-N1, 80 cores)"},
                  {"configuration", "release"},
                  {"branch", "main"},
                  {"commit", "c0ffee"},
                  {"baseline", "c0ffed"}};
  report.warnings = {"the baseline is 9 days old"};
  report.compared = true;
  report.canary = CanaryState::kStable;
  for (std::size_t night = 0; night < nights; ++night) {
    report.runs.push_back({1'760'000'000'000 + static_cast<std::int64_t>(night) * 86'400'000,
                           "c" + std::to_string(100000 + night), "complete"});
  }
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 1);
  for (std::size_t b = 0; b < benchmarks; ++b) {
    BenchmarkReport benchmark;
    benchmark.name = "suite/parse_" + std::to_string(b) + "/size:" + std::to_string(64 << (b % 12));
    const bool worse = b % 100 == 7;
    if (worse) benchmark.verdict = Verdict::kRegression;
    if (b == 1) benchmark.verdict = Verdict::kImprovement;
    if (b == 2) benchmark.verdict = Verdict::kInconclusive;
    if (b == 3) benchmark.verdict = Verdict::kNotMeasured;
    if (b == 4) benchmark.verdict = Verdict::kAdded;
    if (b == 6) benchmark.verdict = Verdict::kEnvironment;
    if (b == 5) benchmark.name = "<script>alert('name')</script>\xff\x01";
    if (worse) {
      benchmark.explanation =
          "12.0 % slower: instructions unchanged, 12 % more cycles an instruction; back-end bound "
          "31 % -> 38 %; last-level cache misses +31 %.";
    }
    const double level = 1000.0 * static_cast<double>(1 + b % 50);
    for (int m = 0; m < 40; ++m) {
      MetricLine line;
      constexpr const char* kNames[] = {"real_time",     "instructions",     "ipc",
                                        "retiring",      "bad_speculation",  "frontend_bound",
                                        "backend_bound", "memory_bandwidth", "attainable_bandwidth",
                                        "llc_mpki"};
      constexpr const char* kUnits[] = {"ns",
                                        "instructions/iteration",
                                        "instructions/cycle",
                                        "% of slots",
                                        "% of slots",
                                        "% of slots",
                                        "% of slots",
                                        "GB/s",
                                        "GB/s",
                                        "misses/1000 instructions"};
      constexpr double kValues[] = {0, 0, 1.87, 42, 6, 14, 38, 11, 40, 2.31};
      line.name = m < 10 ? kNames[m] : "metric_" + std::to_string(m);
      line.unit = m < 10 ? kUnits[m] : "things/iteration";
      line.gate = m < 2;
      line.value = m == 0   ? level * (worse ? 1.12 : 1)
                   : m == 1 ? level * 3.1
                   : m < 10 ? kValues[m]
                            : 1.0 + m;
      line.low = *line.value * 0.99;
      line.high = *line.value * 1.01;
      line.sampling_ratio = m < 5 ? 1.0 : 0.5;
      line.baseline = *line.value / (worse && m == 0 ? 1.12 : 1.001);
      line.change = *line.value / *line.baseline - 1;
      line.change_low = *line.change - 0.01;
      line.change_high = *line.change + 0.01;
      if (worse && m == 0) line.verdict = Verdict::kRegression;
      if (b == 3 || m == 39) {
        line.value = line.low = line.high = line.change = line.sampling_ratio = std::nullopt;
        line.reason = "perf_event_paranoid is 4; set it to 2";
      }
      benchmark.metrics.push_back(std::move(line));
    }
    for (int gate = 0; gate < 2; ++gate) {
      Series series{gate == 0 ? "real_time" : "instructions",
                    gate == 0 ? "ns" : "instructions/iteration",
                    {},
                    {},
                    {},
                    {}};
      const std::size_t step = nights - nights / 5;
      for (std::size_t night = 0; night < nights; ++night) {
        double value =
            level * (gate == 0 ? 1 : 3.1) * (1 + (gate == 0 ? 0.01 : 1e-4) * noise(random));
        if (worse && gate == 0 && night >= step) value *= 1.12;
        if (night % 50 == 49) value = NAN;
        series.values.push_back(value);
      }
      if (worse && gate == 0) series.change_points = {step};
      series.band_low = level * (gate == 0 ? 0.97 : 3.09);
      series.band_high = level * (gate == 0 ? 1.03 : 3.11);
      benchmark.series.push_back(std::move(series));
    }
    report.benchmarks.push_back(std::move(benchmark));
  }
  EventReport event;
  event.first_run = event.last_run = nights - nights / 5;
  event.from_commit = "c100291";
  event.to_commit = "c100292";
  event.benchmarks = (benchmarks + 92) / 100;
  event.series = {"suite/parse_7/size:8192: real_time +12.0 %"};
  report.events.push_back(event);
  return report;
}

/// A sweep of sizes as the stream workload names its rows: a cache of 32 MiB before a slow memory.
inline Report SizesReport() {
  Report report;
  report.title = "A sweep of sizes";
  report.generated_ms = 1'790'000'000'000;
  for (std::size_t bytes = 16 << 10; bytes <= std::size_t{512} << 20; bytes *= 2) {
    BenchmarkReport benchmark;
    const bool mebi = bytes >= 1 << 20;
    benchmark.name = "stream/sizes/read/avx2/linear/" +
                     std::to_string(mebi ? bytes >> 20 : bytes >> 10) + (mebi ? "MiB" : "KiB") +
                     "/min_time:0.050";
    const auto put = [&](const char* name, const char* unit, double value) {
      MetricLine line;
      line.name = name;
      line.unit = unit;
      line.value = value;
      benchmark.metrics.push_back(line);
    };
    put("working_set_bytes", "", static_cast<double>(bytes));
    put("bytes_per_second", "B/s", bytes <= std::size_t{32} << 20 ? 90e9 : 22e9);
    if (bytes == std::size_t{512} << 20) {
      put("last_cache_holds_bytes", "", 32 << 20);
      put("last_cache_not_bytes", "", 48 << 20);
    }
    report.benchmarks.push_back(std::move(benchmark));
  }
  return report;
}

}  // namespace pmubench::pages
