#include "cli/pgo_trace.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/pgo_tools.h"
#include "platform/files.h"
#include "platform/text.h"

namespace pmubench {

TraceCommands MakeTraceCommands(const RecordingRequest& request, bool strobing,
                                const std::string& raw, const std::string& decoded) {
  TraceCommands commands;
  // Where `perf record` is interrupted it still writes its file.
  if (request.seconds > 0) commands.record = fmt::format("timeout -s INT {} ", request.seconds);
  commands.record += fmt::format("perf record -e cs_etm/{}/u --per-thread -o {}",
                                 strobing ? "autofdo" : "", ShellQuote(raw));
  if (request.pid != 0) {
    commands.record += fmt::format(" -p {}", request.pid);
  } else {
    commands.record += " --";
    for (const std::string& word : request.command) commands.record += " " + ShellQuote(word);
  }
  // A stack of 64 branches every 100,000 instructions; the raw trace stays behind.
  commands.decode = fmt::format("perf inject -i {} -o {} --itrace=i100000il64 --strip",
                                ShellQuote(raw), ShellQuote(decoded));
  return commands;
}

bool CanStrobe(const std::string& root) {
  return std::filesystem::exists(root + "/sys/bus/event_source/devices/cs_etm/events/autofdo");
}

Result<std::string> RecordTrace(const RecordingRequest& request, const std::string& root) {
  if (RunShell("perf version").exit_code != 0) {
    return Error{ErrorCode::kNotFound, "perf is not installed", "apt-get install linux-perf"};
  }
  if (request.pid == 0 &&
      RunShell("command -v " + ShellQuote(request.command.front())).exit_code != 0) {
    return Error{ErrorCode::kNotFound, fmt::format("{} cannot be started", request.command.front()),
                 "check the path after `--` and its permissions"};
  }
  const std::string raw = TemporaryFile();
  const std::string decoded = TemporaryFile();
  const TraceCommands commands = MakeTraceCommands(request, CanStrobe(root), raw, decoded);
  std::string failed = commands.record;
  ToolRun run = RunShell(commands.record);
  // perf ends with the command's exit code, and with 124 where the time was over.
  std::error_code error;
  if (run.exit_code == 0 || std::filesystem::file_size(raw, error) > 0) {
    failed = commands.decode;
    run = RunShell(commands.decode);
  }
  std::filesystem::remove(raw);
  if (run.exit_code == 0) return decoded;
  std::filesystem::remove(decoded);
  return Error{ErrorCode::kSystem,
               fmt::format("perf could not {} the trace ({}): {}",
                           failed == commands.record ? "record" : "decode", failed, run.output),
               "the kernel needs CONFIG_CORESIGHT with ETE and TRBE, and perf needs OpenCSD "
               "(Debian's linux-perf has it)"};
}

}  // namespace pmubench
