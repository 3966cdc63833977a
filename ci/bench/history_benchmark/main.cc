// Speed and size of the history, on made-up runs: benchmarks x metrics x nights.
//   history_benchmark FOLDER [BENCHMARKS METRICS NIGHTS]
// Exit code 1 where a figure is not what is required.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <vector>

#include "reports/history/nightly.h"
#include "reports/history/series_table.h"
#include "reports/store/store.h"

namespace pmubench {
namespace {

using Clock = std::chrono::steady_clock;

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// By the clock, and CPU time of all threads: a machine that others use stretches the first.
struct Timer {
  Clock::time_point wall = Clock::now();
  double cpu = CpuSeconds();
  [[nodiscard]] double Wall() const {
    return std::chrono::duration<double>(Clock::now() - wall).count();
  }
  [[nodiscard]] double Cpu() const { return CpuSeconds() - cpu; }
};

/// Prints a line; false where it is not met.
bool Met(bool met, const std::string& line, const char* required) {
  fmt::print("{} (required: {}){}\n", line, required, met ? "" : "  NOT MET");
  return met;
}

store::Run Night(std::size_t night, std::size_t benchmarks, std::size_t metrics) {
  store::Run run;
  run.info.uuid = fmt::format("{:08x}-0000-4000-8000-{:012x}", night, night);
  run.info.started_ms = 1'700'000'000'000 + static_cast<std::int64_t>(night) * 86'400'000;
  run.info.machine = "0123456789abcdef";
  run.info.configuration = "release";
  run.info.branch = "main";
  run.info.commit = fmt::format("c{}", night);
  run.info.status = "complete";
  run.machine_document = run.configuration_document = run.document = "{}";
  std::vector<std::uint32_t> layout;
  for (std::size_t m = 0; m < metrics; ++m) {
    layout.push_back(run.MetricIndex(m == 0   ? store::Metric{"real_time", "ns"}
                                     : m == 1 ? store::Metric{"instructions", "1"}
                                              : store::Metric{fmt::format("metric_{}", m), "1"}));
  }
  std::mt19937_64 random(night);
  std::normal_distribution<double> noise(0, 1);
  for (std::size_t b = 0; b < benchmarks; ++b) {
    store::Row row;
    row.benchmark = fmt::format("suite/benchmark_{:06}/size:1024", b);
    row.layout = run.LayoutIndex(layout);
    for (std::size_t m = 0; m < metrics; ++m) {
      store::Value value;
      const bool stepped = b % 100 == 7 && night >= 300;
      value.value = 1000.0 * static_cast<double>(1 + m) * (1 + 0.01 * noise(random)) *
                    (stepped && m == 0 ? 1.1 : 1.0);
      value.spread = static_cast<float>(value.value * 0.01);
      value.sampling = store::PackSampling(1.0);
      row.values.push_back(value);
    }
    run.rows.push_back(std::move(row));
  }
  run.info.rows = static_cast<std::uint32_t>(run.rows.size());
  return run;
}

int Main(int argc, char** argv) {
  if (argc != 2 && argc != 5) {
    fmt::print(stderr, "usage: {} FOLDER [BENCHMARKS METRICS NIGHTS]\n", argv[0]);
    return 2;
  }
  const auto number = [&](int i, std::size_t otherwise) {
    return argc == 5 ? std::strtoul(argv[i], nullptr, 10) : otherwise;
  };
  const std::size_t benchmarks = number(2, 1000), metrics = number(3, 40), nights = number(4, 365);
  const double values = static_cast<double>(benchmarks * metrics * nights);
  const auto file = std::filesystem::path(argv[1]) / "history.db";
  std::filesystem::remove(file);
  auto store = store::OpenStore(file, store::OpenMode::kCreate);
  if (!store) {
    fmt::print(stderr, "{}\n", store.error().ToString());
    return 2;
  }
  fmt::print("{} benchmarks x {} metrics x {} nights = {:.1f} M values\n", benchmarks, metrics,
             nights, values / 1e6);

  double wall = 0, cpu = 0;
  for (std::size_t night = 0; night < nights; ++night) {
    const store::Run run = Night(night, benchmarks, metrics);
    const Timer timer;
    if (auto added = (*store)->Add(run); !added) {
      fmt::print(stderr, "{}\n", added.error().ToString());
      return 2;
    }
    wall += timer.Wall();
    cpu += timer.Cpu();
  }
  bool met =
      Met(values / wall >= 3e6,
          fmt::format("load: {:.2f} s ({:.2f} s CPU): {:.2f} M values/s by the clock, {:.2f} "
                      "by CPU time",
                      wall, cpu, values / wall / 1e6, values / cpu / 1e6),
          "3 M values/s");
  if (auto done = (*store)->Compact(); !done) return 2;
  const double size = static_cast<double>(*(*store)->SizeInBytes()) / values;
  met &= Met(size <= 18, fmt::format("size: {:.2f} bytes/value", size), "18");

  const auto runs = (*store)->Runs({}).value();
  std::vector<double> reads;
  for (std::size_t i = 0; i < 50; ++i) {
    const Timer timer;
    std::size_t rows = 0;
    const auto name = fmt::format("suite/benchmark_{:06}/size:1024", i * 19 % benchmarks);
    if (!(*store)->ScanBenchmark(runs, name, [&](const store::RowView&) { ++rows; }) ||
        rows != nights) {
      return 2;
    }
    reads.push_back(timer.Wall() * 1e3);
  }
  std::sort(reads.begin(), reads.end());
  met &= Met(reads[25] < 10,
             fmt::format("one benchmark's history, all metrics: {:.2f} ms median, {:.2f} ms "
                         "fastest of 50",
                         reads[25], reads.front()),
             "10 ms");

  const Timer analysis;
  const auto table = history::ReadSeries(**store, runs);
  if (!table) return 2;
  const double read_wall = analysis.Wall(), read_cpu = analysis.Cpu();
  const history::Nightly night = history::AnalyzeNight(*table);
  const double all_wall = analysis.Wall(), all_cpu = analysis.Cpu();
  met &= Met(
      all_wall < 10,
      fmt::format("nightly analysis of {} series: {:.2f} s ({:.2f} s CPU over all threads), "
                  "of it reading {:.2f} s ({:.2f} s CPU); {} events",
                  night.series.size(), all_wall, all_cpu, read_wall, read_cpu, night.events.size()),
      "10 s on 2 cores");
  fmt::print("one series of {} nights, band and steps: {:.3f} ms of one core\n", nights,
             1e3 * (all_cpu - read_cpu) / static_cast<double>(night.series.size()));
  return met ? 0 : 1;
}

}  // namespace
}  // namespace pmubench

int main(int argc, char** argv) { return pmubench::Main(argc, argv); }
