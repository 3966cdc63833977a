#include "files/task_counters.h"

#include <fmt/format.h>
#include <linux/perf_event.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "runner/process_counters.h"

namespace pmubench {
namespace {

EventEncoding Generic(const char* name, const char* pmu, std::uint32_t type, std::uint64_t config) {
  EventEncoding event;
  event.name = name;
  event.pmu = pmu;
  event.type = type;
  event.config = config;
  return event;
}

/// Whether it happens in the kernel only: with the kernel excluded it would count 0.
bool OfKernelOnly(const EventEncoding& event) {
  return event.type == PERF_TYPE_TRACEPOINT ||
         (event.type == PERF_TYPE_SOFTWARE && (event.config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
                                               event.config == PERF_COUNT_SW_CPU_MIGRATIONS));
}

/// Takes the events away that cannot be counted without the kernel's side; says which and why.
std::string LeaveOutOfKernel(std::vector<EventEncoding>& events, const Permissions& permissions) {
  if (permissions.may_count_kernel()) return "";
  std::string names;
  for (const EventEncoding& event : events) {
    if (OfKernelOnly(event)) names += (names.empty() ? "" : ", ") + event.name;
  }
  std::erase_if(events, OfKernelOnly);
  if (names.empty()) return "";
  return fmt::format(
      "{}: perf_event_paranoid {} forbids to count the kernel; sysctl -w "
      "kernel.perf_event_paranoid=1, or run with CAP_PERFMON",
      names, permissions.paranoid.value_or(2));
}

}  // namespace

std::vector<EventEncoding> SoftwareTaskEvents() {
  const auto event = [](const char* name, std::uint64_t config) {
    return Generic(name, "software", PERF_TYPE_SOFTWARE, config);
  };
  return {event("context_switches", PERF_COUNT_SW_CONTEXT_SWITCHES),
          event("page_faults", PERF_COUNT_SW_PAGE_FAULTS),
          event("migrations", PERF_COUNT_SW_CPU_MIGRATIONS)};
}

std::vector<EventEncoding> HardwareTaskEvents() {
  const auto event = [](const char* name, std::uint64_t config) {
    return Generic(name, "cpu", PERF_TYPE_HARDWARE, config);
  };
  return {event("cycles", PERF_COUNT_HW_CPU_CYCLES),
          event("instructions", PERF_COUNT_HW_INSTRUCTIONS),
          event("cache_misses", PERF_COUNT_HW_CACHE_MISSES),
          event("branch_misses", PERF_COUNT_HW_BRANCH_MISSES)};
}

TaskCounters::TaskCounters(pid_t pid, std::vector<EventEncoding> events, Kernel& kernel)
    : permissions_(ReadPermissions("/")) {
  missing_ = LeaveOutOfKernel(events, permissions_);
  std::map<std::string, std::vector<EventEncoding>> by_pmu;
  for (EventEncoding& event : events) by_pmu[event.pmu].push_back(std::move(event));
  // One PMU at a time: without a core PMU the others still count.
  for (const auto& [pmu, its_events] : by_pmu) Open(kernel, pid, its_events);
}

void TaskCounters::Open(Kernel& kernel, pid_t pid, const std::vector<EventEncoding>& events) {
  CounterOptions options;
  options.exclude_kernel = !permissions_.may_count_kernel();
  auto sets = OpenOnProcess(kernel, events, pid, options, permissions_);
  if (!sets) {
    AddMissing(sets.error());
    return;
  }
  for (CounterSet& set : *sets) opened_.push_back({std::move(set), {}});
}

void TaskCounters::AddMissing(const Error& error) {
  const std::string text = error.ToString();
  if (missing_.find(text) != std::string::npos) return;
  missing_ += (missing_.empty() ? "" : "; ") + text;
}

void TaskCounters::Start() {
  for (Opened& opened : opened_) {
    (void)opened.set.Enable();
    (void)opened.set.ReadBegin(opened.begin);
  }
}

std::vector<TaskCount> TaskCounters::Stop() {
  std::vector<TaskCount> counts;
  std::set<std::string> lost;
  for (Opened& opened : opened_) {
    SetReading end;
    if (!opened.set.ReadEnd(end)) {
      AddMissing(opened.set.Explain());
      continue;
    }
    (void)opened.set.Disable();
    std::array<GroupTotals, kMaxGroupsInSet> totals;
    for (std::size_t i = 0; i < opened.set.groups().size(); ++i) {
      totals[i].AddInterval(opened.begin[i], end[i]);
    }
    for (const SetCounts::Event& event : opened.set.Name(totals).events) {
      if (event.time_enabled_ns > 0 && event.time_running_ns == 0) {
        lost.insert(event.name);
        continue;
      }
      auto found = std::find_if(counts.begin(), counts.end(),
                                [&](const TaskCount& count) { return count.name == event.name; });
      if (found == counts.end()) found = counts.insert(counts.end(), {event.name, 0});
      if (event.time_running_ns > 0) {
        found->value += static_cast<double>(event.count) *
                        static_cast<double>(event.time_enabled_ns) /
                        static_cast<double>(event.time_running_ns);
      }
    }
  }
  for (const std::string& name : lost) {
    AddMissing({ErrorCode::kScheduledOut, name + ": others held the counters all the time",
                "`pmubench probe` says who"});
  }
  std::erase_if(counts, [&](const TaskCount& count) { return lost.contains(count.name); });
  return counts;
}

}  // namespace pmubench
