#include "runner/timed_command.h"

#include <linux/perf_event.h>
#include <sys/resource.h>

#include <chrono>

#include "counters/counter_set.h"
#include "platform/permissions.h"

namespace pmubench {
namespace {

double ChildrenCpuNanoseconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto nanoseconds = [](const timeval& time) {
    return 1e9 * static_cast<double>(time.tv_sec) + 1e3 * static_cast<double>(time.tv_usec);
  };
  return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

// The kernel's own names for both, which every core PMU knows.
std::vector<EventEncoding> CoreEvents() {
  return {{"instructions", "cpu", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
          {"cycles", "cpu", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES}};
}

}  // namespace

Result<TimedCommand> RunTimed(const std::vector<std::string>& command,
                              ChildOptions::Errors errors) {
  ChildOptions options;
  options.command = command;
  options.output = ChildOptions::Output::kCapture;
  options.errors = errors;
  auto child = Child::Start(options);
  if (!child) return child.error();
  // Without a PMU times alone are compared.
  auto counters =
      CounterSet::Open(SystemKernel(), CoreEvents(), CounterTarget::Process(child->pid()),
                       {.exclude_kernel = true, .enable_on_exec = true}, ReadPermissions("/"));
  const double cpu_before = ChildrenCpuNanoseconds();
  const auto start = std::chrono::steady_clock::now();
  if (auto released = child->Release(); !released) return released.error();
  TimedCommand run;
  run.exit_code = child->Wait().exit_code;
  run.wall_ns =
      std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
  run.cpu_ns = ChildrenCpuNanoseconds() - cpu_before;
  SetReading reading{};
  if (!counters || !counters->ReadEnd(reading)) return run;
  const GroupReading& group = reading[0];
  // Counts of a part of the run would be extrapolated: not comparable to 0.2 %.
  if (group.size == 2 && group.time_running == group.time_enabled && group.members[1].value > 0) {
    run.cycles = static_cast<double>(group.members[1].value);
    // An event that opens and never counts is no measurement.
    if (group.members[0].value > 0) {
      run.instructions = static_cast<double>(group.members[0].value);
    }
  }
  return run;
}

}  // namespace pmubench
