#include "files/task_counters.h"

#include <fmt/format.h>
#include <linux/perf_event.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "counters/counter_group.h"
#include "platform/files.h"

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

/// Takes the events away that cannot be counted without the kernel's side; says why in `missing`.
void LeaveOutOfKernel(TaskEvents& events, const Permissions& permissions, std::string& missing) {
  if (permissions.may_count_kernel()) return;
  std::vector<std::string> names;
  for (auto& group : events) {
    std::erase_if(group, [&](const EventEncoding& event) {
      if (OfKernelOnly(event)) names.push_back(event.name);
      return OfKernelOnly(event);
    });
  }
  std::erase_if(events, [](const auto& group) { return group.empty(); });
  if (names.empty()) return;
  missing = fmt::format(
      "{}: perf_event_paranoid {} forbids to count the kernel; sysctl -w "
      "kernel.perf_event_paranoid=1, or run with CAP_PERFMON",
      fmt::join(names, ", "), permissions.paranoid.value_or(2));
}

}  // namespace

TaskEvents SoftwareTaskEvents() {
  const auto event = [](const char* name, std::uint64_t config) {
    return Generic(name, "software", PERF_TYPE_SOFTWARE, config);
  };
  return {{event("context_switches", PERF_COUNT_SW_CONTEXT_SWITCHES),
           event("page_faults", PERF_COUNT_SW_PAGE_FAULTS),
           event("migrations", PERF_COUNT_SW_CPU_MIGRATIONS)}};
}

TaskEvents StandardTaskEvents() {
  const auto event = [](const char* name, std::uint64_t config) {
    return Generic(name, "cpu", PERF_TYPE_HARDWARE, config);
  };
  TaskEvents events = SoftwareTaskEvents();
  events.insert(events.begin(),
                std::vector<EventEncoding>{event("cycles", PERF_COUNT_HW_CPU_CYCLES),
                                           event("instructions", PERF_COUNT_HW_INSTRUCTIONS),
                                           event("cache_misses", PERF_COUNT_HW_CACHE_MISSES),
                                           event("branch_misses", PERF_COUNT_HW_BRANCH_MISSES)});
  return events;
}

struct TaskCounters::Task {
  pid_t id = 0;
  struct Opened {
    CounterGroup group;
    GroupReading begin;
  };
  std::vector<Opened> groups;
};

TaskCounters::TaskCounters(pid_t pid, TaskEvents events, Kernel& kernel)
    : events_(std::move(events)), kernel_(kernel), permissions_(ReadPermissions("/")) {
  LeaveOutOfKernel(events_, permissions_, missing_);
  const auto folder = std::filesystem::path("/proc") / std::to_string(pid) / "task";
  std::set<std::string> seen;
  for (bool again = true; again;) {
    again = false;
    for (const std::string& name : ListNames(folder)) {
      if (!seen.insert(name).second) continue;
      again = true;
      Attach(static_cast<pid_t>(ParseUnsigned(name).value_or(0)));
    }
  }
}

TaskCounters::~TaskCounters() = default;

std::size_t TaskCounters::tasks() const { return tasks_.size(); }

void TaskCounters::Attach(pid_t id) {
  auto task = std::make_unique<Task>();
  task->id = id;
  for (const auto& events : events_) {
    CounterOptions options;
    options.exclude_kernel = !permissions_.may_count_kernel();
    auto group =
        CounterGroup::Open(kernel_, events, CounterTarget::Process(id), options, permissions_);
    if (!group) {
      if (missing_.empty()) missing_ = group.error().message;
      continue;
    }
    task->groups.push_back({*std::move(group), {}});
  }
  if (!task->groups.empty()) tasks_.push_back(std::move(task));
}

void TaskCounters::Start() {
  for (const auto& task : tasks_) {
    for (auto& opened : task->groups) {
      (void)opened.group.Enable();
      (void)opened.group.ReadRaw(opened.begin);
    }
  }
}

TaskCounts TaskCounters::Stop() {
  TaskCounts result;
  result.missing = missing_;
  for (const auto& task : tasks_) {
    for (auto& opened : task->groups) {
      GroupReading end;
      if (!opened.group.ReadRaw(end)) {
        result.missing = opened.group.Explain().message;
        continue;
      }
      (void)opened.group.Disable();
      GroupTotals totals;
      totals.AddInterval(opened.begin, end);
      const double ratio = totals.time_enabled == 0 ? 1
                                                    : static_cast<double>(totals.time_running) /
                                                          static_cast<double>(totals.time_enabled);
      for (std::size_t i = 0; i < opened.group.size(); ++i) {
        const std::string& name = opened.group.events()[i].name;
        auto found = std::find_if(result.counts.begin(), result.counts.end(),
                                  [&](const TaskCount& count) { return count.name == name; });
        if (found == result.counts.end()) {
          found = result.counts.insert(result.counts.end(), {name, 0, 1});
        }
        if (ratio > 0) found->value += static_cast<double>(totals.counts[i]) / ratio;
        // A task that never ran has no time and says nothing about the others.
        if (totals.time_enabled > 0) found->ratio = std::min(found->ratio, ratio);
      }
    }
  }
  return result;
}

}  // namespace pmubench
