#include "fleet/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/text.h"
#include "platform/whole_file.h"
#include "reports/store/json_text.h"

namespace pmubench::fleet {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kJobVersion = 1;

Json Protected(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push_back(store::ProtectBytes(text));
  return json;
}

std::vector<std::string> Restored(const Json& json) {
  std::vector<std::string> texts;
  for (const Json& one : json) texts.push_back(store::RestoreBytes(one.get<std::string>()));
  return texts;
}

Job FromJson(const Json& json) {
  Job job;
  job.id = json.at("id");
  job.submitted_ms = json.at("submitted_ms");
  job.binary = store::RestoreBytes(json.at("binary").get<std::string>());
  job.arguments = Restored(json.at("arguments"));
  job.metrics = json.at("metrics");
  job.launches = json.at("launches");
  job.canary = json.at("canary");
  job.control = json.at("control");
  job.configuration = json.at("configuration");
  job.branch = json.at("branch");
  job.commit = json.at("commit");
  for (const Json& one : json.at("classes")) {
    job.classes.push_back({one.at("name"), one.at("constraint")});
  }
  for (const Json& one : json.at("tasks")) {
    job.tasks.push_back(
        {one.at("class"), Restored(one.at("benchmarks")), one.at("expected_seconds")});
  }
  return job;
}

}  // namespace

std::vector<std::size_t> Job::TasksOf(const std::string& machine_class) const {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].machine_class == machine_class) indices.push_back(i);
  }
  return indices;
}

std::string ConfigurationOf(const Job& job, const std::string& machine_class) {
  return job.configuration.empty() ? machine_class
                                   : fmt::format("{} on {}", job.configuration, machine_class);
}

Result<MachineClass> ParseClass(const std::string& text) {
  const std::size_t equals = text.find('=');
  MachineClass parsed{text.substr(0, equals),
                      equals == std::string::npos ? text : text.substr(equals + 1)};
  const bool fine = std::all_of(parsed.name.begin(), parsed.name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
  if (!fine || parsed.name.empty() || parsed.name.front() == '.' || parsed.name.front() == '-' ||
      parsed.constraint.empty()) {
    return Error{ErrorCode::kUsage, fmt::format("'{}' names no machine class", text),
                 "give letters, digits, '.', '_' or '-', or NAME=CONSTRAINT"};
  }
  return parsed;
}

std::string JobJson(const Job& job) {
  Json classes = Json::array(), tasks = Json::array();
  for (const MachineClass& one : job.classes) {
    classes.push_back({{"name", one.name}, {"constraint", one.constraint}});
  }
  for (const Task& task : job.tasks) {
    tasks.push_back({{"class", task.machine_class},
                     {"expected_seconds", task.expected_seconds},
                     {"benchmarks", Protected(task.benchmarks)}});
  }
  const Json json = {{"pmubench_fleet_job", kJobVersion},
                     {"id", job.id},
                     {"submitted_ms", job.submitted_ms},
                     {"binary", store::ProtectBytes(job.binary)},
                     {"arguments", Protected(job.arguments)},
                     {"metrics", job.metrics},
                     {"launches", job.launches},
                     {"canary", job.canary},
                     {"control", job.control},
                     {"configuration", job.configuration},
                     {"branch", job.branch},
                     {"commit", job.commit},
                     {"classes", std::move(classes)},
                     {"tasks", std::move(tasks)}};
  return json.dump(1) + "\n";
}

Result<Job> ParseJob(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.value("pmubench_fleet_job", 0) > kJobVersion) {
      return Error{ErrorCode::kBadInput, "the job was made by a newer pmubench",
                   "install the same pmubench on all machines"};
    }
    return FromJson(json);
  } catch (const Json::exception& error) {
    return Error{ErrorCode::kBadInput, fmt::format("this is no job: {}", JsonReason(error.what())),
                 "submit it again"};
  }
}

std::filesystem::path JobFolder::Task(std::size_t index) const {
  return path_ / "tasks" / std::to_string(index);
}
std::filesystem::path JobFolder::Status(std::size_t index) const {
  return Task(index) / "status.json";
}
std::filesystem::path JobFolder::Bundle(std::size_t index) const {
  return Task(index) / "bundle.json";
}
std::filesystem::path JobFolder::Baseline(const std::string& machine_class, int number) const {
  return path_ / "baseline" / fmt::format("{}-{}.json", machine_class, number);
}

Result<Job> JobFolder::ReadJob() const {
  const auto text = ReadWhole(path_ / "job.json");
  if (!text) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} holds no job: it has no job.json", path_.string()),
                 "name the folder that `pmubench fleet submit` made; every machine must see it "
                 "under this path"};
  }
  auto job = ParseJob(*text);
  if (job) return job;
  Error error = job.error();
  error.message = fmt::format("{}: {}", (path_ / "job.json").string(), error.message);
  return error;
}

Result<void> JobFolder::WriteJob(const Job& job) const {
  std::error_code error;
  if (std::filesystem::exists(path_ / "job.json", error)) {
    return Error{ErrorCode::kUsage, fmt::format("{} holds a job already", path_.string()),
                 "choose another folder with --out, or continue it with --again"};
  }
  std::filesystem::create_directories(path_ / "baseline", error);
  std::filesystem::create_directories(path_ / "logs", error);
  for (std::size_t i = 0; i < job.tasks.size() && !error; ++i) {
    std::filesystem::create_directories(Task(i), error);
  }
  if (error) {
    return Error{ErrorCode::kSystem,
                 fmt::format("cannot make the folder {}: {}", path_.string(), error.message()),
                 "choose another one with --out"};
  }
  return WriteWhole(path_ / "job.json", JobJson(job));
}

}  // namespace pmubench::fleet
