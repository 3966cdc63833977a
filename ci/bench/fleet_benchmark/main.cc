// A fleet's history while it grows: machines x benchmarks x metrics x nights, made up. What
// loading, one benchmark's history and one machine's nightly analysis take after 1, 2, 4, ...
// machines.
// A machine whose runs are in the store already is not loaded again.
//   fleet_benchmark STORE [MACHINES BENCHMARKS METRICS NIGHTS]
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "platform/files.h"
#include "reports/history/nightly.h"
#include "reports/history/series_table.h"
#include "reports/store/pg_connection.h"
#include "reports/store/store.h"

namespace pmubench {
namespace {

using Clock = std::chrono::steady_clock;

struct Shape {
  std::size_t machines = 1, benchmarks = 2000, metrics = 40, nights = 365;

  [[nodiscard]] double Values(std::size_t of_machines) const {
    return static_cast<double>(of_machines * benchmarks * metrics * nights);
  }
};

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

/// By the clock, and CPU time of this process and of the server's process that serves it: on a
/// machine with other work the clock says little.
class Stopwatch {
 public:
  explicit Stopwatch(const std::vector<std::int64_t>& servers) : servers_(servers) {}

  void Start() {
    wall_ = Clock::now();
    cpu_ = CpuSeconds();
  }
  [[nodiscard]] double Wall() const { return Seconds(wall_); }
  [[nodiscard]] double Cpu() const { return CpuSeconds() - cpu_; }

 private:
  [[nodiscard]] double CpuSeconds() const {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    double sum = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    for (const std::int64_t server : servers_) {
      // utime and stime are the 12th and 13th words after the name in brackets.
      const std::string stat = ReadText(fmt::format("/proc/{}/stat", server)).value_or("");
      const auto words = Split(std::string_view(stat).substr(stat.rfind(')') + 1), ' ');
      if (words.size() < 14) continue;
      const double ticks =
          std::strtod(words[12].c_str(), nullptr) + std::strtod(words[13].c_str(), nullptr);
      sum += ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    return sum;
  }

  const std::vector<std::int64_t>& servers_;
  Clock::time_point wall_ = Clock::now();
  double cpu_ = 0;
};

std::string MachineName(std::size_t machine) { return fmt::format("{:016x}", machine + 1); }
std::string BenchmarkName(std::size_t benchmark) {
  return fmt::format("suite/benchmark_{:06}/size:1024", benchmark);
}

/// One class of machines on one night. Values differ cheaply: their distribution does not matter to
/// a database that packs nothing by value.
store::Run Night(const Shape& shape, std::size_t machine, std::size_t night) {
  store::Run run;
  run.info.uuid = fmt::format("{:08x}-0000-4000-8000-{:012x}", machine, night);
  run.info.started_ms = 1'700'000'000'000 + static_cast<std::int64_t>(night) * 86'400'000;
  run.info.machine = MachineName(machine);
  run.info.configuration = fmt::format("class{}", machine);
  run.info.branch = "main";
  run.info.commit = fmt::format("c{}", night);
  run.info.status = "complete";
  run.machine_document = run.configuration_document = run.document = "{}";
  std::vector<std::uint32_t> layout;
  for (std::size_t m = 0; m < shape.metrics; ++m) {
    layout.push_back(run.MetricIndex(m == 0   ? store::Metric{"real_time", "ns"}
                                     : m == 1 ? store::Metric{"instructions", "1"}
                                              : store::Metric{fmt::format("metric_{}", m), "1"}));
  }
  std::minstd_rand random(static_cast<unsigned>(machine * 1000 + night + 1));
  std::uniform_real_distribution<double> noise(0.99, 1.01);
  run.rows.reserve(shape.benchmarks);
  for (std::size_t b = 0; b < shape.benchmarks; ++b) {
    store::Row row;
    row.benchmark = BenchmarkName(b);
    row.layout = run.LayoutIndex(layout);
    for (std::size_t m = 0; m < shape.metrics; ++m) {
      store::Value value;
      value.value = 1000.0 * static_cast<double>(1 + m) * noise(random);
      value.spread = static_cast<float>(value.value * 0.01);
      value.sampling = store::PackSampling(1.0);
      row.values.push_back(value);
    }
    run.rows.push_back(std::move(row));
  }
  run.info.rows = static_cast<std::uint32_t>(run.rows.size());
  return run;
}

Result<std::vector<store::RunInfo>> RunsOf(store::Store& store, std::size_t machine) {
  store::RunFilter filter;
  filter.machine = MachineName(machine);
  filter.configuration = fmt::format("class{}", machine);
  return store.Runs(filter);
}

/// What a night's work costs once the history holds `machines` machines.
Result<void> Measure(store::Store& store, const Shape& shape, std::size_t machines,
                     Stopwatch& watch, const std::string& load) {
  const auto size = store.SizeInBytes();
  if (!size) return size.error();
  constexpr std::size_t kSeries = 20;
  watch.Start();
  for (std::size_t i = 0; i < kSeries; ++i) {
    const auto runs = RunsOf(store, i % machines);
    if (!runs) return runs.error();
    std::size_t rows = 0;
    auto done = store.ScanBenchmark(*runs, BenchmarkName(i * 97 % shape.benchmarks),
                                    [&](const store::RowView&) { ++rows; });
    if (!done) return done.error();
    if (rows != shape.nights) return Error{ErrorCode::kSystem, "rows are missing", ""};
  }
  const double per_series = 1e3 / kSeries;
  const std::string series =
      fmt::format("{:>8.1f} {:>8.1f}", watch.Wall() * per_series, watch.Cpu() * per_series);
  auto runs = RunsOf(store, machines - 1);
  if (!runs) return runs.error();
  watch.Start();
  const auto table = history::ReadSeries(store, std::move(*runs), [](const std::string& metric) {
    return metric == "real_time" || metric == "instructions";
  });
  if (!table) return table.error();
  const std::string read = fmt::format("{:>8.1f} {:>8.1f}", watch.Wall(), watch.Cpu());
  watch.Start();
  const auto night = history::AnalyzeNight(*table);
  fmt::print("{:>8} {:>8.1f} {} {:>7.1f} {} {} {:>8.1f}\n", machines, shape.Values(machines) / 1e6,
             load, static_cast<double>(*size) / shape.Values(machines), series, read, watch.Cpu());
  std::fflush(stdout);
  return {};
}

/// The server's processes that serve this one.
Result<std::vector<std::int64_t>> ServersOf(const std::string& location) {
  std::vector<std::int64_t> servers;
  if (!location.starts_with("postgres")) return servers;
  auto connection = store::PgConnection::Open(location.substr(location.find(':') + 1));
  if (!connection) return connection.error();
  const auto rows = connection->Query(
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> "
      "pg_backend_pid()");
  if (!rows) return rows.error();
  for (int i = 0; i < rows->size(); ++i) servers.push_back(rows->Integer(i, 0));
  return servers;
}

/// The plans of the queries that a report makes, as the server carries them out.
Result<void> Explain(const std::string& location, store::Store& store) {
  const auto runs = RunsOf(store, 0);
  if (!runs) return runs.error();
  std::vector<std::int64_t> ids, started;
  for (const store::RunInfo& run : *runs) {
    ids.push_back(run.id);
    started.push_back(run.started_ms);
  }
  auto connection = store::PgConnection::Open(location.substr(location.find(':') + 1));
  if (!connection) return connection.error();
  const std::vector<std::pair<const char*, std::string>> queries = {
      {"a machine's runs",
       fmt::format("SELECT r.id, r.uuid, r.started_ms FROM pmubench.runs r JOIN pmubench.machines "
                   "m ON m.id = r.machine WHERE m.fingerprint = '{}'::bytea "
                   "ORDER BY r.started_ms DESC LIMIT 365",
                   MachineName(0))},
      {"one run of all benchmarks",
       fmt::format("SELECT s.benchmark, s.value FROM pmubench.results s WHERE s.run = {} AND "
                   "s.started_ms = {} ORDER BY s.benchmark",
                   ids.back(), started.back())},
      {"one benchmark over a machine's year",
       fmt::format(
           "SELECT s.run, s.value FROM unnest('{{{}}}'::bigint[], '{{{}}}'::bigint[]) WITH "
           "ORDINALITY AS wanted(run, started_ms, place), LATERAL (SELECT * FROM pmubench.results "
           "r WHERE r.benchmark = 7 AND r.run = wanted.run AND r.started_ms = wanted.started_ms "
           "OFFSET 0) AS s ORDER BY wanted.place",
           fmt::join(ids, ","), fmt::join(started, ","))}};
  for (const auto& [what, sql] : queries) {
    auto rows =
        connection->Query(fmt::format("EXPLAIN (ANALYZE, COSTS off, TIMING off, BUFFERS) {}", sql));
    if (!rows) return rows.error();
    fmt::print("\n-- {}\n", what);
    for (int i = 0; i < rows->size(); ++i) fmt::print("{}\n", rows->Bytes(i, 0));
  }
  return {};
}

/// Loads a machine's year unless it is there.
Result<void> Load(store::Store& store, const Shape& shape, std::size_t machine, double& wall,
                  double& cpu, Stopwatch& watch) {
  const auto there = RunsOf(store, machine);
  if (!there) return there.error();
  for (std::size_t night = there->size(); night < shape.nights; ++night) {
    const store::Run run = Night(shape, machine, night);
    watch.Start();
    if (auto added = store.Add(run); !added) return added.error();
    wall += watch.Wall();
    cpu += watch.Cpu();
  }
  return {};
}

Result<void> Grow(const std::string& location, const Shape& shape) {
  auto opened = store::OpenStore(location, store::OpenMode::kCreate);
  if (!opened) return opened.error();
  const auto servers = ServersOf(location);
  if (!servers) return servers.error();
  Stopwatch watch(*servers);
  fmt::print(
      "{} machines x {} benchmarks x {} metrics x {} nights = {:.1f} M values\n"
      "load: all so far; series: one benchmark over a machine's nights, all metrics; read and\n"
      "judge: the nightly analysis of one machine's time and instructions\n"
      "{:>8} {:>8} {:>8} {:>8} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8}\n"
      "{:>8} {:>8} {:>8} {:>8} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
      shape.machines, shape.benchmarks, shape.metrics, shape.nights,
      shape.Values(shape.machines) / 1e6, "", "M", "load", "load", "bytes/", "series", "series",
      "read", "read", "judge", "machines", "values", "s", "CPU s", "value", "ms", "CPU ms", "s",
      "CPU s", "CPU s");
  double wall = 0, cpu = 0;
  std::size_t next = 1;
  for (std::size_t machine = 0; machine < shape.machines; ++machine) {
    if (auto done = Load(**opened, shape, machine, wall, cpu, watch); !done) return done;
    if (machine + 1 != next && machine + 1 != shape.machines) continue;
    next *= 2;
    // A history that was there before is measured as the whole that it is.
    if (cpu == 0 && machine + 1 != shape.machines) continue;
    const std::string load = cpu > 0 ? fmt::format("{:>8.1f} {:>8.1f}", wall, cpu)
                                     : fmt::format("{:>8} {:>8}", "-", "-");
    if (auto done = Measure(**opened, shape, machine + 1, watch, load); !done) return done;
  }
  if (!location.starts_with("postgres")) return {};
  return Explain(location, **opened);
}

int Main(int argc, char** argv) {
  if (argc != 2 && argc != 6) {
    fmt::print(stderr, "usage: {} STORE [MACHINES BENCHMARKS METRICS NIGHTS]\n", argv[0]);
    return 2;
  }
  Shape shape;
  if (argc == 6) {
    shape = {std::strtoul(argv[2], nullptr, 10), std::strtoul(argv[3], nullptr, 10),
             std::strtoul(argv[4], nullptr, 10), std::strtoul(argv[5], nullptr, 10)};
  }
  if (auto done = Grow(argv[1], shape); !done) {
    fmt::print(stderr, "{}\n", done.error().ToString());
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace pmubench

int main(int argc, char** argv) { return pmubench::Main(argc, argv); }
