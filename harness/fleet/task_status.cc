#include "fleet/task_status.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/text.h"
#include "platform/whole_file.h"
#include "reports/store/json_text.h"

namespace pmubench::fleet {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 6> kNames = {"waiting", "running",        "done",
                                                    "failed",  "cannot measure", "lost"};

// Clocks that NTP keeps are closer than this; what is not is worth a word.
constexpr std::int64_t kClockTolerance = 60'000;

}  // namespace

std::string_view StateName(TaskState state) { return kNames[static_cast<std::size_t>(state)]; }

bool IsSettled(TaskState state) {
  return state != TaskState::kWaiting && state != TaskState::kRunning;
}

std::string StatusJson(const TaskStatus& status) {
  const Json json = {
      {"state", StateName(status.state)}, {"host", store::ProtectBytes(status.host)},
      {"attempt", status.attempt},        {"started_ms", status.started_ms},
      {"changed_ms", status.changed_ms},  {"seconds", status.seconds},
      {"launches", status.launches},      {"reason", store::ProtectBytes(status.reason)}};
  return json.dump(1) + "\n";
}

Result<TaskStatus> ParseStatus(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    TaskStatus status;
    const std::string state = json.at("state");
    const auto* const at = std::find(kNames.begin(), kNames.end(), state);
    if (at == kNames.end()) {
      return Error{ErrorCode::kBadInput, fmt::format("'{}' is no state of a task", state), ""};
    }
    status.state = static_cast<TaskState>(at - kNames.begin());
    status.host = store::RestoreBytes(json.at("host").get<std::string>());
    status.attempt = json.at("attempt");
    status.started_ms = json.at("started_ms");
    status.changed_ms = json.at("changed_ms");
    status.seconds = json.at("seconds");
    status.launches = json.at("launches");
    status.reason = store::RestoreBytes(json.at("reason").get<std::string>());
    return status;
  } catch (const Json::exception& error) {
    return Error{ErrorCode::kBadInput, JsonReason(error.what()), ""};
  }
}

TaskStatus ReadStatus(const std::filesystem::path& file) {
  const auto text = ReadWhole(file);
  if (!text) return {};
  auto status = ParseStatus(*text);
  if (status) return *status;
  TaskStatus damaged;
  damaged.state = TaskState::kFailed;
  damaged.reason = fmt::format("{} is damaged: {}", file.string(), status.error().message);
  return damaged;
}

Result<void> WriteStatus(const TaskStatus& status, const std::filesystem::path& file) {
  return WriteWhole(file, StatusJson(status));
}

TaskState Combine(TaskState said, QueueState queue) {
  if (said != TaskState::kRunning && said != TaskState::kWaiting) return said;
  switch (queue) {
    case QueueState::kPending:
      return TaskState::kWaiting;
    case QueueState::kGone:
      return TaskState::kLost;
    case QueueState::kRunning:
      return TaskState::kRunning;
    case QueueState::kUnknown:
      break;
  }
  return said;
}

std::optional<std::int64_t> ClockOffset(const TaskStatus& status, std::int64_t submitted_ms,
                                        std::int64_t now_ms) {
  if (status.started_ms == 0) return std::nullopt;
  if (status.started_ms < submitted_ms - kClockTolerance) return status.started_ms - submitted_ms;
  if (status.changed_ms > now_ms + kClockTolerance) return status.changed_ms - now_ms;
  return std::nullopt;
}

}  // namespace pmubench::fleet
