#include "common/instruction_count.h"

#include <linux/perf_event.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <utility>

#include "counters/counter_group.h"

namespace pmubench {
namespace {

/// Ends with the child stopped behind `run`, or with an error.
Result<std::uint64_t> StepThrough(pid_t child) {
  const Error refused{ErrorCode::kSystem, "this process cannot step through a child of its own",
                      "allow ptrace here (a container: --cap-add SYS_PTRACE)"};
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return refused;
  for (std::uint64_t steps = 0;; ++steps) {
    if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0) return refused;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) {
      return Error{ErrorCode::kSystem, "the code that was counted ended its process",
                   "run it without counting first"};
    }
    if (WSTOPSIG(status) == SIGSTOP) return steps;
  }
}

Result<std::uint64_t> CountInChild(const std::function<void()>& run) {
  const pid_t child = fork();
  if (child < 0) return Error{ErrorCode::kSystem, "cannot start a process", "try again later"};
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
    raise(SIGSTOP);
    run();
    raise(SIGSTOP);
    _exit(0);
  }
  auto steps = StepThrough(child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return steps;
}

}  // namespace

Result<InstructionCount> CountByPmu() {
  EventEncoding event;
  event.name = "instructions";
  event.pmu = "cpu";
  event.type = PERF_TYPE_HARDWARE;
  event.config = PERF_COUNT_HW_INSTRUCTIONS;
  CounterOptions options;
  options.pinned = true;
  options.exclude_kernel = true;
  auto opened = CounterGroup::Open(SystemKernel(), {event}, CounterTarget::CallingThread(), options,
                                   ReadPermissions("/"));
  if (!opened) return opened.error();
  const auto group = std::make_shared<CounterGroup>(std::move(*opened));
  if (const auto enabled = group->Enable(); !enabled) return enabled.error();
  return InstructionCount([group](const std::function<void()>& run) -> Result<std::uint64_t> {
    const auto begin = group->Read();
    if (!begin) return begin.error();
    run();
    const auto end = group->Read();
    if (!end) return end.error();
    return end->members[0].value - begin->members[0].value;
  });
}

InstructionCount CountBySteps() { return CountInChild; }

Result<std::int64_t> CountOneCall(const CallCount& method,
                                  const std::function<void(int calls)>& run) {
  int calls = method.calls;
  const std::function<void()> counted = [&] { run(calls); };
  counted();
  const auto few = method.count(counted);
  if (!few) return few.error();
  calls *= 2;
  const auto many = method.count(counted);
  if (!many) return many.error();
  return (static_cast<std::int64_t>(*many - *few) + method.calls / 2) / method.calls;
}

}  // namespace pmubench
