// The canary launched some times, and what the host took away meanwhile.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/doctor_fitness.h"
#include "cli/preload_library.h"
#include "cli/program_folder.h"
#include "platform/files.h"
#include "reports/record.h"
#include "runner/launch_suite.h"
#include "runner/terminal_progress.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// One launch's real time of each benchmark.
Result<std::map<std::string, double>> LaunchCanary(const fs::path& canary, const fs::path& out) {
  LaunchOptions options;
  options.binary = canary;
  // The clock and the caches; what is beyond them varies with what other programs do in memory.
  options.arguments = {"--benchmark_filter=^canary/(arithmetic|latency/262144)$",
                       "--benchmark_min_time=0.2"};
  options.metrics = {"page_faults"};
  options.out = out;
  options.preload = PreloadLibrary();
  options.quiet = true;
  options.errors = ChildOptions::Errors::kIfItFails;
  const auto end = LaunchSuite(options);
  if (!end) return end.error();
  const auto record = ReadRecord(out);
  if (!record) return record.error();
  std::map<std::string, double> times;
  for (const RecordRow& row : record->rows) {
    const Json fields = Json::parse(row.fields_json, nullptr, false);
    if (!fields.is_object() || fields.value("run_type", "") == "aggregate") continue;
    times[fields.value("run_name", "")] = fields.value("real_time", 0.0);
  }
  return times;
}

}  // namespace

NoiseMeasurement MeasureNoise(int launches) {
  NoiseMeasurement noise;
  const fs::path canary = ProgramFolder() / "pmubench_canary";
  if (!fs::exists(canary)) {
    noise.not_measured = fmt::format("there is no {}", canary.string());
    return noise;
  }
  const fs::path out = fs::temp_directory_path() / fmt::format("pmubench-doctor-{}.json", getpid());
  std::map<std::string, std::vector<double>> values;
  const std::string before = ReadText("/proc/stat").value_or("");
  TerminalProgress progress;
  for (int i = 0; i < launches && noise.not_measured.empty(); ++i) {
    progress.Show(fmt::format("canary: launch {} of {}", i + 1, launches));
    const auto times = LaunchCanary(canary, out);
    if (!times) {
      noise.not_measured = times.error().ToString();
    } else {
      for (const auto& [name, time] : *times) values[name].push_back(time);
    }
  }
  progress.Clear();
  const double steal = StealShare(before, ReadText("/proc/stat").value_or(""));
  noise.steal_known = steal >= 0;
  noise.steal_share = steal;
  std::error_code error;
  fs::remove(out, error);
  for (auto& [name, list] : values) noise.canaries.push_back({name, std::move(list)});
  return noise;
}

}  // namespace pmubench
