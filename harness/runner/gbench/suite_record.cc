#include "runner/gbench/suite_record.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "platform/build_info.h"
#include "platform/fingerprint.h"
#include "platform/whole_file.h"
#include "runner/gbench/benchmark_json.h"
#include "runner/plan_record.h"

namespace pmubench::gbench {
namespace {

RecordRow MakeRow(const Repetition& repetition) {
  RecordRow row{RowJson(repetition.run), {}};
  for (const RawCounts& raw : repetition.raw) {
    row.counts.push_back(ToRecord(MakeMeasurement(raw, repetition.run), raw.pass));
  }
  return row;
}

}  // namespace

Record FillRecord(Record head, const std::vector<Instance>& instances,
                  const MeasurementPlan& plan) {
  for (const Instance& instance : instances) {
    for (const Repetition& repetition : instance.repetitions) {
      head.rows.push_back(MakeRow(repetition));
    }
    for (const Repetition& aggregate : instance.aggregates) {
      head.rows.push_back(MakeRow(aggregate));
    }
    head.results.push_back(EvaluateForRecord(instance.name, plan, instance.Measurements()));
  }
  return head;
}

SuiteRecorder::SuiteRecorder(std::string file, const std::string& executable, const char* method,
                             const MeasurementPlan& plan)
    : file_(std::move(file)), once_(IsStream(file_)), plan_(plan), last_save_(Clock::now()) {
  if (file_.empty()) return;
  head_.run_id = NewRunId();
  head_.method = method;
  head_.context_json = ContextJson(executable);
  head_.machine_json = MachineJson(ReadFingerprint("/"));
  Describe();
  latest_ = head_;
}

void SuiteRecorder::Describe() {
  head_.definitions.clear();
  head_.unavailable.clear();
  head_.plan.groups.clear();
  DescribePlan(plan_, head_);
  head_.context_json = WithLaterContext(head_.context_json);
}

Result<void> SuiteRecorder::CheckWritable() const {
  if (file_.empty()) return {};
  const std::filesystem::path written =
      once_ ? std::filesystem::path(file_) : std::filesystem::absolute(file_).parent_path();
  if (access(written.c_str(), W_OK) == 0) return {};
  return Error{
      ErrorCode::kBadInput,
      fmt::format("the record cannot be written to {}: {}", written.string(), std::strerror(errno)),
      "give another file"};
}

void SuiteRecorder::Progress(const std::vector<Instance>& instances) {
  if (file_.empty()) return;
  const std::lock_guard lock(mutex_);
  const auto begin = Clock::now();
  if (begin - last_save_ < 10 * save_cost_) return;
  latest_ = FillRecord(head_, instances, plan_);
  latest_.reason = "the run did not end";
  // A full disk is reported at the end; until then the file keeps what it had.
  if (!once_) (void)WriteRecord(latest_, file_);
  last_save_ = Clock::now();
  save_cost_ = last_save_ - begin;
}

void SuiteRecorder::Interrupted() {
  if (file_.empty()) return;
  const std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  latest_.status = RecordStatus::kInterrupted;
  latest_.reason = "interrupted by a signal";
  (void)WriteRecord(latest_, file_);
}

Result<void> SuiteRecorder::Finish(const std::vector<Instance>& instances) {
  if (file_.empty()) return {};
  const std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return {};
  Describe();
  latest_ = FillRecord(head_, instances, plan_);
  latest_.status = RecordStatus::kComplete;
  return WriteRecord(latest_, file_);
}

}  // namespace pmubench::gbench
