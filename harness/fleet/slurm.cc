#include "fleet/slurm.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "platform/files.h"
#include "runner/child.h"

namespace pmubench::fleet {
namespace {

Result<std::string> Output(const std::vector<std::string>& command) {
  ChildOptions options;
  options.command = command;
  options.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(options);
  if (!child) return child.error();
  if (auto released = child->Release(); !released) {
    return Error{released.error().code, released.error().message,
                 "install Slurm's commands (Debian: slurm-client), or use another --launcher"};
  }
  const ChildEnd end = child->Wait();
  if (end.exit_code != 0) {
    return Error{ErrorCode::kSystem,
                 fmt::format("{} ended with {}: {}", command.front(), end.exit_code,
                             child->output().empty() ? "see its message above"
                                                     : std::string(Trim(child->output()))),
                 "is slurmctld up (`scontrol ping`), and is the constraint a feature of a node "
                 "(`sinfo -o '%N %f'`)?"};
  }
  return child->output();
}

}  // namespace

std::map<std::size_t, QueuedTask> ParseQueue(std::string_view text) {
  std::map<std::size_t, QueuedTask> tasks;
  for (const std::string& line : Split(text, '\n')) {
    const std::vector<std::string> fields = Split(line, '|');
    if (fields.size() != 4) continue;
    const auto index = ParseUnsigned(fields[0]);
    if (!index) continue;
    QueuedTask task;
    // PENDING, and what comes before a start again: REQUEUED, SPECIAL_EXIT, REQUEUE_HOLD.
    const bool waits =
        fields[1] == "PD" || fields[1] == "RQ" || fields[1] == "RH" || fields[1] == "SE";
    task.state = waits ? QueueState::kPending : QueueState::kRunning;
    if (waits && fields[2] != "None") task.why = fields[2];
    if (waits && fields[2] == "BeginTime" && fields[3] != "N/A") task.why += " " + fields[3];
    tasks[*index] = std::move(task);
  }
  return tasks;
}

Result<std::string> Sbatch(const std::filesystem::path& script) {
  auto said = Output({"sbatch", "--parsable", script.string()});
  if (!said) return said.error();
  const std::string text(Trim(*said));
  return text.substr(0, text.find(';'));
}

Result<std::map<std::size_t, QueuedTask>> ReadQueue(const std::string& job_name) {
  const auto said = Output({"squeue", "-h", "-r", "--name=" + job_name, "-o", "%K|%t|%r|%S"});
  if (!said) return said.error();
  return ParseQueue(*said);
}

}  // namespace pmubench::fleet
