// The result record: everything known of one run, as plain data and as JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// One event's raw count with the times of the group it stood in, in nanoseconds.
struct RecordCount {
  double count = 0;
  double time_enabled_ns = 0;
  double time_running_ns = 0;
};

/// What one repetition was counted with.
struct RecordCounts {
  int group = -1;  ///< index into the plan's groups
  std::map<std::string, RecordCount> events;
  std::map<std::string, double> quantities;  ///< "iterations", "wall_ns", "cpu_ns"
};

/// One row of "benchmarks": Google Benchmark's own fields under its own names and in its order
/// (JSON text of an object; numbers finite), and ours beside them.
struct RecordRow {
  std::string fields_json;  ///< {"name": ..., "run_name": ..., "real_time": ...}
  std::vector<RecordCounts> counts;
};

/// A metric of one benchmark. No value comes with a reason.
struct RecordMetric {
  std::string name;
  std::string unit;
  std::optional<double> value;
  std::string reason;
  std::optional<double> sampling_ratio;
  int n = 0;  ///< measurements used
  std::optional<double> min, max, mean, stddev, cv;
  std::string note{};  ///< what speaks against the value, though there is one
};

struct RecordResult {
  std::string run_name;
  std::vector<RecordMetric> metrics;
};

struct RecordMetricDefinition {
  std::string name, title, unit, formula;
  std::string note{};  ///< what to know of its value on this core
};

struct RecordUnavailable {
  std::string name;  ///< of an event or metric
  std::string reason;
};

struct RecordPlan {
  std::vector<std::vector<std::string>> groups;
  int general_counters = 0;
  int lower_bound = 0;
  bool proven = false;
};

/// How far the run came.
enum class RecordStatus { kComplete, kPartial, kInterrupted };

struct Record {
  std::string context_json = "{}";  ///< Google Benchmark's "context"
  std::string run_id;               ///< UUID
  RecordStatus status = RecordStatus::kPartial;
  std::string reason;  ///< why it is not complete
  std::string method;  ///< "loop", "preload" or "process"
  bool counts_kernel = false;
  std::string machine_json = "{}";  ///< the fingerprint
  std::string build_json;           ///< of the pmubench that measured; "" is this one
  std::string extra_json = "{}";    ///< keys of a newer minor schema, kept as they were read
  RecordPlan plan;
  std::vector<RecordMetricDefinition> definitions;
  std::vector<RecordUnavailable> unavailable;
  std::vector<RecordRow> rows;
  std::vector<RecordResult> results;
};

/// The schema that is written. Files of any 1.x are read: minor versions only add keys.
inline constexpr const char* kRecordSchema = "pmubench.record";
inline constexpr const char* kRecordVersion = "1.0";

/// The JSON of schema/record-1.0.json. A number that is not finite is written as null, with a
/// reason where it is a metric's value.
[[nodiscard]] std::string ToJson(const Record& record);

/// Reads a record's text. kBadInput where it is corrupt, truncated, or of a newer major schema.
[[nodiscard]] Result<Record> RecordFromJson(const std::string& text);
[[nodiscard]] Result<Record> ReadRecord(const std::filesystem::path& file);

/// Writes beside the file, syncs and renames: a full disk leaves the old record as it was, and the
/// error (kSystem) says how many bytes were needed and where. A symbolic link is followed; what is
/// not a regular file ("/dev/stdout") is written to directly. Thread-safe.
[[nodiscard]] Result<void> WriteRecord(const Record& record, const std::filesystem::path& file);

/// A random UUID (version 4).
[[nodiscard]] std::string NewRunId();

}  // namespace pmubench
