#include "cli/pgo_recording.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <utility>

#include "branches/step_recorder.h"
#include "counters/kernel.h"
#include "platform/topology.h"
#include "runner/child.h"

namespace pmubench {
namespace {

volatile std::sig_atomic_t interrupted = 0;

// Ctrl-C ends the recording, not the tool: what was seen is written.
class InterruptGuard {
 public:
  InterruptGuard() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    sigaction(SIGINT, &action, &before_);
  }
  ~InterruptGuard() { sigaction(SIGINT, &before_, nullptr); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction before_ {};
};

Result<int> ByStepping(const RecordingRequest& options, BranchSink& sink, std::string& summary) {
  StepOptions step;
  step.interval = std::chrono::microseconds(options.interval_us);
  step.depth = options.depth;
  step.seconds = options.seconds;
  step.only = options.only;
  step.interrupted = [] { return interrupted != 0; };
  auto report = options.pid != 0 ? RecordProcessByStepping(options.pid, step, sink)
                                 : RecordCommandByStepping(options.command, step, sink);
  if (!report) return report.error();
  summary = fmt::format(
      "{} stacks, {} instructions stepped, {:.2f} of {:.2f} s in stops, "
      "{} processes, {} threads",
      report->stacks, report->steps, report->stepping_seconds, report->wall_seconds,
      report->processes, report->threads);
  return report->exit_code;
}

Result<int> ByPerfEvent(const RecordingRequest& options, const BranchSource& source,
                        const Permissions& permissions, BranchSink& sink, std::string& summary) {
  PerfRecordOptions perf;
  perf.event = source.event;
  perf.branches = source.name != "cpu-clock";
  // A prime number of cycles; BRS takes fixed periods only.
  perf.period = perf.branches ? 1000003 : 0;
  perf.frequency = 4000;
  perf.seconds = options.seconds;
  const auto cpus = ReadOnlineCpus("/");
  if (!cpus) return cpus.error();
  perf.cpus = *cpus;
  if (options.pid != 0) {
    perf.ended = [&] { return interrupted != 0 || kill(options.pid, 0) != 0; };
    auto report = RecordByPerf(
        SystemKernel(), options.pid, perf, permissions, [] {}, sink);
    if (!report) return report.error();
    summary = fmt::format("{} records in {:.2f} s", report->records, report->wall_seconds);
    return 0;
  }
  ChildOptions child_options;
  child_options.command = options.command;
  auto child = Child::Start(child_options);
  if (!child) return child.error();
  perf.enable_on_exec = true;
  perf.ended = [&] {
    siginfo_t info{};
    // WNOWAIT: the child's own Wait still finds it.
    return waitid(P_PID, static_cast<id_t>(child->pid()), &info, WEXITED | WNOHANG | WNOWAIT) !=
               0 ||
           info.si_pid != 0;
  };
  Result<void> released;
  auto report = RecordByPerf(
      SystemKernel(), child->pid(), perf, permissions, [&] { released = child->Release(); }, sink);
  if (!report) return report.error();
  if (!released) return released.error();
  summary = fmt::format("{} records in {:.2f} s", report->records, report->wall_seconds);
  return child->Wait().exit_code;
}

}  // namespace

Result<BranchSource> ChooseBranchSource(const std::vector<BranchSource>& sources,
                                        const std::string& wanted) {
  std::string known;
  for (const BranchSource& source : sources) {
    const bool stacks = source.name == "lbr" || source.name == "brs" || source.name == "brbe";
    if (wanted == "auto" ? source.usable && source.name != "etm"
                         : source.name == wanted || (wanted == "perf" && stacks)) {
      if (source.usable) return source;
      return Error{ErrorCode::kNoPmu,
                   fmt::format("{} cannot be used here: {}", source.title, source.reason),
                   "--source software needs no PMU"};
    }
    known += (known.empty() ? "" : ", ") + source.name;
  }
  return Error{ErrorCode::kUsage, fmt::format("there is no branch source \"{}\"", wanted),
               "choose auto, perf or one of " + known};
}

Result<RecordingEnd> RecordBranches(const RecordingRequest& request, const BranchSource& source,
                                    const Permissions& permissions, BranchSink& sink) {
  const InterruptGuard guard;
  RecordingEnd end;
  auto code = source.name == "software"
                  ? ByStepping(request, sink, end.summary)
                  : ByPerfEvent(request, source, permissions, sink, end.summary);
  if (!code) return code.error();
  end.exit_code = *code;
  return end;
}

std::string DescribeLosses(const ProfileLosses& losses) {
  std::string text;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(losses.lost_records, "records lost");
  add(losses.throttled, "times throttled by the kernel");
  add(losses.kernel, "branches of the kernel");
  add(losses.half, "half branches");
  add(losses.not_file, "branches in code without a file (JIT, vdso)");
  add(losses.unreadable, "branches in files that cannot be read");
  add(losses.unmapped, "addresses in no known mapping");
  add(losses.bad_ranges, "impossible ranges");
  add(losses.changed_files, "files changed since");
  return text;
}

Error ExplainEmptyProfile(const ProfileLosses& losses, const std::string& summary) {
  const std::string left_out = DescribeLosses(losses);
  std::string remedy =
      "the program may have ended before the first look: give it more work, or a shorter "
      "--interval";
  if (losses.not_file != 0 && losses.not_file >= losses.unreadable) {
    remedy =
        "code generated at run time (JIT) has no binary to optimise; profile it with the JIT's "
        "own tools";
  } else if (losses.changed_files != 0) {
    remedy = "the binary was rebuilt since the recording: record again";
  } else if (losses.unreadable != 0) {
    remedy =
        "the binary was replaced or removed after it was started, or lies in a container: start "
        "the program again from the file that is there, or record inside the container";
  }
  return {ErrorCode::kBadInput,
          fmt::format("nothing was recorded ({}){}", summary,
                      left_out.empty() ? "" : ": left out are " + left_out),
          remedy};
}

}  // namespace pmubench
