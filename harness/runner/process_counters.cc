#include "runner/process_counters.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/tasks.h"

namespace pmubench {
namespace {

/// A process that creates threads all the time would be opened for ever.
constexpr int kAttempts = 10;

Result<std::vector<pid_t>> ThreadsOf(pid_t root) {
  std::vector<pid_t> threads;
  for (const pid_t pid : ListProcessTree("/", root)) {
    auto tasks = ListTasks("/", pid);
    if (!tasks && pid == root) return tasks.error();
    if (!tasks) continue;  // a child that has ended
    for (const Task& task : *tasks) threads.push_back(task.tid);
  }
  std::sort(threads.begin(), threads.end());
  return threads;
}

}  // namespace

Result<std::vector<CounterSet>> OpenOnProcess(Kernel& kernel,
                                              const std::vector<EventEncoding>& events, pid_t pid,
                                              const CounterOptions& options,
                                              const Permissions& permissions) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto threads = ThreadsOf(pid);
    if (!threads) return threads.error();
    std::vector<CounterSet> sets;
    for (const pid_t thread : *threads) {
      auto set =
          CounterSet::Open(kernel, events, CounterTarget::Process(thread), options, permissions);
      if (!set && set.error().code == ErrorCode::kNotFound) continue;  // it has ended
      if (!set) return set.error();
      sets.push_back(*std::move(set));
    }
    auto now = ThreadsOf(pid);
    if (!now) return now.error();
    if (std::includes(threads->begin(), threads->end(), now->begin(), now->end())) return sets;
  }
  return Error{ErrorCode::kSystem,
               fmt::format("process {} kept starting threads while it was attached", pid),
               "attach when it is idle, or count a cgroup (`pmubench stat --cgroup`)"};
}

ManyOpenFiles::ManyOpenFiles() {
  if (getrlimit(RLIMIT_NOFILE, &before_) != 0) return;
  const rlimit raised{before_.rlim_max, before_.rlim_max};
  setrlimit(RLIMIT_NOFILE, &raised);
}

ManyOpenFiles::~ManyOpenFiles() {
  if (before_.rlim_max > 0) setrlimit(RLIMIT_NOFILE, &before_);
}

}  // namespace pmubench
