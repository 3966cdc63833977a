#include "fleet/class_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/history/events.h"
#include "reports/store/identity.h"
#include "reports/store/row_copy.h"
#include "reports/store/sample.h"

namespace pmubench::fleet {
namespace {

using Json = nlohmann::json;

const std::vector<double>* LaunchesOf(const store::Row& row, std::uint32_t metric) {
  for (const store::Launches& one : row.launches) {
    if (one.metric == metric) return &one.values;
  }
  return nullptr;
}

/// Each task launches the canary: its launches on all tasks are one row.
class CanaryRows {
 public:
  void Take(store::Run& run) {
    for (const store::Row& row : run.rows) {
      if (history::IsCanary(row.benchmark)) Take(run, row);
    }
    std::erase_if(run.rows, [](const store::Row& row) { return history::IsCanary(row.benchmark); });
  }

  void Give(store::Run& run) const {
    for (const auto& [name, samples] : benchmarks_) {
      store::Row row;
      row.benchmark = name;
      std::vector<std::uint32_t> layout;
      for (const auto& [metric, sample] : samples) {
        store::AddSample(sample, metric, run, layout, row);
      }
      row.layout = run.LayoutIndex(layout);
      run.rows.push_back(std::move(row));
    }
  }

 private:
  void Take(const store::Run& run, const store::Row& row) {
    const auto& layout = run.layouts[row.layout];
    for (std::size_t i = 0; i < layout.size(); ++i) {
      const store::Metric& metric = run.metrics[layout[i]];
      store::Sample& sample = benchmarks_[row.benchmark][metric.name];
      sample.unit = metric.unit;
      const store::Value& value = row.values[i];
      if (!value.measured()) {
        if (value.reason > 0) sample.reason = run.reasons[value.reason - 1];
        continue;
      }
      const std::vector<double>* launches = LaunchesOf(row, layout[i]);
      for (const double one : launches != nullptr ? *launches : std::vector{value.value}) {
        sample.Add(one);
      }
      sample.launches = sample.values;
      if (const auto ratio = store::UnpackSampling(value.sampling)) {
        sample.sampling_ratio = std::min(sample.sampling_ratio.value_or(1), *ratio);
      }
    }
  }

  std::map<std::string, std::map<std::string, store::Sample>> benchmarks_;
};

/// Rows that say why there is nothing, as the bundle of a benchmark that failed does.
void AddMissing(const std::vector<std::string>& benchmarks, const std::string& reason,
                store::Run& run) {
  std::set<std::string_view> there;
  for (const store::Row& row : run.rows) there.insert(row.benchmark);
  std::vector<store::Row> rows;
  for (const std::string& name : benchmarks) {
    if (there.contains(name)) continue;
    store::Row row;
    row.benchmark = name;
    std::vector<std::uint32_t> layout;
    for (const char* metric : {"real_time", "cpu_time"}) {
      store::Sample sample;
      sample.unit = "ns";
      sample.reason = reason;
      store::AddSample(sample, metric, run, layout, row);
    }
    row.layout = run.LayoutIndex(layout);
    rows.push_back(std::move(row));
  }
  for (store::Row& row : rows) run.rows.push_back(std::move(row));
}

Json TaskJson(std::size_t index, const TaskResult& result) {
  return {{"task", index},
          {"host", result.status.host},
          {"attempt", result.status.attempt},
          {"state", StateName(result.status.state)},
          {"started_ms", result.status.started_ms},
          {"seconds", result.status.seconds}};
}

/// Tasks by the kind of machine they ran on, the kind with most benchmarks first.
std::vector<std::vector<std::size_t>> ByMachine(const std::vector<std::size_t>& tasks,
                                                const std::vector<TaskResult>& results) {
  std::map<std::string, std::vector<std::size_t>> by_machine;
  for (const std::size_t i : tasks) {
    if (results[i].bundle) by_machine[results[i].bundle->info.machine].push_back(i);
  }
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [machine, indices] : by_machine) groups.push_back(std::move(indices));
  const auto rows = [&](const std::vector<std::size_t>& indices) {
    std::size_t count = 0;
    for (const std::size_t i : indices) count += results[i].bundle->rows.size();
    return count;
  };
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const auto& a, const auto& b) { return rows(a) > rows(b); });
  return groups;
}

store::Run Merge(const Job& job, const std::string& machine_class,
                 const std::vector<std::size_t>& tasks, const std::vector<TaskResult>& results) {
  store::Run run = *results[tasks.front()].bundle;
  CanaryRows canary;
  canary.Take(run);
  bool complete = run.info.status == "complete";
  for (std::size_t i = 1; i < tasks.size(); ++i) {
    store::Run shard = *results[tasks[i]].bundle;
    complete &= shard.info.status == "complete";
    canary.Take(shard);
    store::AppendRows(shard, run);
  }
  canary.Give(run);
  run.info.uuid = store::UuidOf(fmt::format("{}\n{}\n{}", job.id, machine_class, run.info.machine));
  run.info.started_ms = job.submitted_ms;
  run.info.configuration = ConfigurationOf(job, machine_class);
  run.info.branch = job.branch;
  run.info.commit = job.commit;
  run.info.status = complete ? "complete" : "partial";
  return run;
}

}  // namespace

std::string TaskUuid(const Job& job, std::size_t index) {
  return store::UuidOf(fmt::format("{}\ntask {}", job.id, index));
}

std::string ReasonOf(const TaskResult& result) {
  if (result.bundle) return "";
  const TaskStatus& status = result.status;
  const std::string where = status.host.empty() ? "" : " on " + status.host;
  switch (status.state) {
    case TaskState::kWaiting:
      return "its task has not begun";
    case TaskState::kRunning:
      return "its task is still running" + where;
    case TaskState::kLost:
      return "its task was lost" + where;
    case TaskState::kDone:
      return "its task ended" + where + ", and its bundle is not there or damaged";
    case TaskState::kCannotMeasure:
      return "the machine" + where + " cannot measure: " + status.reason;
    case TaskState::kFailed:
      break;
  }
  return "its task failed" + where + ": " + status.reason;
}

std::size_t CountMeasured(const store::Run& run) {
  return static_cast<std::size_t>(
      std::count_if(run.rows.begin(), run.rows.end(), [](const store::Row& row) {
        return std::any_of(row.values.begin(), row.values.end(),
                           [](const store::Value& value) { return value.measured(); });
      }));
}

std::vector<ClassRun> ClassRuns(const Job& job, const std::string& machine_class,
                                const std::vector<TaskResult>& results) {
  const std::vector<std::size_t> tasks = job.TasksOf(machine_class);
  std::vector<ClassRun> runs;
  for (const std::vector<std::size_t>& group : ByMachine(tasks, results)) {
    ClassRun one{Merge(job, machine_class, group, results), 0};
    Json in_it = Json::array();
    for (const std::size_t i : group) in_it.push_back(TaskJson(i, results[i]));
    if (runs.empty()) {
      for (const std::size_t i : tasks) {
        if (results[i].bundle) continue;
        AddMissing(job.tasks[i].benchmarks, ReasonOf(results[i]), one.run);
        in_it.push_back(TaskJson(i, results[i]));
        one.run.info.status = "partial";
      }
    }
    Json document = Json::parse(one.run.document, nullptr, false);
    if (!document.is_object()) document = Json::object();
    document["fleet"] = {{"job", job.id}, {"class", machine_class}, {"tasks", std::move(in_it)}};
    one.run.document = document.dump(-1, ' ', false, Json::error_handler_t::replace);
    store::SortRows(one.run);
    one.run.info.rows = static_cast<std::uint32_t>(one.run.rows.size());
    one.measured = CountMeasured(one.run);
    runs.push_back(std::move(one));
  }
  return runs;
}

}  // namespace pmubench::fleet
