// A job: one suite on several classes of machines, cut into tasks. It is a folder that all
// machines see:
//
//   job.json                  what is to be measured, by which task
//   baseline/CLASS-n.json     bundles of the runs that tonight's are compared with
//   tasks/INDEX/status.json   how far the task is
//   tasks/INDEX/bundle.json   what it measured; complete or not there
//   tasks/INDEX/launches/     each launch's record
//   submission.json           who was told to run the tasks
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "pmubench/result.h"

namespace pmubench::fleet {

/// A kind of machine whose values are one series.
struct MachineClass {
  std::string name;        ///< letters, digits, '.', '_', '-'
  std::string constraint;  ///< what the scheduler chooses such machines by
};

/// A shard of the benchmarks on one machine of a class.
struct Task {
  std::string machine_class;
  std::vector<std::string> benchmarks;
  double expected_seconds = 0;
};

struct Job {
  std::string id;                 ///< UUID
  std::int64_t submitted_ms = 0;  ///< since 1970, by the submitting machine's clock
  std::string binary;             ///< absolute path of a Google Benchmark binary
  std::vector<std::string> arguments;
  std::string metrics = "basic";  ///< names or sets, with commas
  std::size_t launches = 10;
  bool canary = true;
  std::string control;  ///< settings of the machine while it measures, as --control takes them
  std::string configuration;  ///< of the build
  std::string branch, commit;
  std::vector<MachineClass> classes;
  std::vector<Task> tasks;  ///< those of a class stand together

  [[nodiscard]] std::vector<std::size_t> TasksOf(const std::string& machine_class) const;
};

/// The history's configuration of a class: classes are never one series.
[[nodiscard]] std::string ConfigurationOf(const Job& job, const std::string& machine_class);

/// "NAME" or "NAME=CONSTRAINT"; kUsage where the name has other characters than allowed.
[[nodiscard]] Result<MachineClass> ParseClass(const std::string& text);

[[nodiscard]] std::string JobJson(const Job& job);
[[nodiscard]] Result<Job> ParseJob(const std::string& text);

/// The places in a job's folder.
class JobFolder {
 public:
  explicit JobFolder(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path Task(std::size_t index) const;
  [[nodiscard]] std::filesystem::path Status(std::size_t index) const;
  [[nodiscard]] std::filesystem::path Bundle(std::size_t index) const;
  [[nodiscard]] std::filesystem::path Baseline(const std::string& machine_class, int number) const;

  /// kNotFound where the folder is no job's.
  [[nodiscard]] Result<Job> ReadJob() const;
  /// Makes the folder with all that it needs; kUsage where another job is in it already.
  [[nodiscard]] Result<void> WriteJob(const Job& job) const;

 private:
  std::filesystem::path path_;
};

}  // namespace pmubench::fleet
