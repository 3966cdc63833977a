#include "runner/stat_targets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "platform/tasks.h"
#include "platform/topology.h"

namespace pmubench {
namespace {

/// A process that creates threads all the time would be attached for ever.
constexpr int kAttempts = 10;

/// In a hierarchy of version 1 the perf_event controller's; an absolute path stands for itself.
std::filesystem::path CgroupFolder(const TargetRequest& request) {
  const auto mounts = request.root / "sys/fs/cgroup";
  const bool version_1 = std::filesystem::exists(mounts / "perf_event");
  return (version_1 ? mounts / "perf_event" : mounts) / request.cgroup;
}

}  // namespace

StatTargets::~StatTargets() {
  if (cgroup_ >= 0) close(cgroup_);
}

Result<void> StatTargets::Attach(Rotation& rotation) {
  switch (request_.kind) {
    case TargetKind::kProcesses:
      return AttachProcesses(rotation);
    case TargetKind::kThreads:
      for (const pid_t pid : request_.pids) {
        if (auto tasks = ListTasks(request_.root, pid); !tasks) return tasks.error();
      }
      return Follow(rotation);
    case TargetKind::kCpus:
    case TargetKind::kCgroup:
      return AttachCpus(rotation);
  }
  return {};
}

Result<std::vector<pid_t>> StatTargets::TidsOf(const std::vector<pid_t>& pids) const {
  std::vector<pid_t> tids;
  for (const pid_t pid : pids) {
    auto tasks = ListTasks(request_.root, pid);
    if (!tasks) return tasks.error();
    for (const Task& task : *tasks) tids.push_back(task.tid);
  }
  std::sort(tids.begin(), tids.end());
  return tids;
}

Result<void> StatTargets::AttachProcesses(Rotation& rotation) {
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    rotation.ClearTargets();
    auto tids = TidsOf(request_.pids);
    if (!tids) return tids.error();
    for (const pid_t tid : *tids) {
      auto added = rotation.AddTarget(CounterTarget::Process(tid));
      const bool ended = !added && added.error().code == ErrorCode::kNotFound;
      if (!added && !ended) return added.error();
    }
    auto now = TidsOf(request_.pids);
    if (!now) return now.error();
    if (std::includes(tids->begin(), tids->end(), now->begin(), now->end())) return {};
  }
  note_ = "new threads kept appearing while the process was attached: a few may not be counted";
  return {};
}

Result<void> StatTargets::AttachCpus(Rotation& rotation) {
  const bool cgroup = request_.kind == TargetKind::kCgroup;
  if (cgroup) {
    const auto folder = CgroupFolder(request_);
    cgroup_ = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cgroup_ < 0) {
      return Error{ErrorCode::kNotFound,
                   fmt::format("cgroup {}: {}", folder.string(), std::strerror(errno)),
                   "`systemd-cgls` lists the cgroups; /proc/PID/cgroup names a process's own"};
    }
  }
  auto cpus = ReadOnlineCpus(request_.root);
  if (!cpus) return cpus.error();
  const auto wanted = [&](int cpu) {
    const auto& chosen = request_.cpus;
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), cpu) != chosen.end();
  };
  for (const int cpu : *cpus) {
    if (!wanted(cpu)) continue;
    auto added =
        rotation.AddTarget(cgroup ? CounterTarget::Cgroup(cgroup_, cpu) : CounterTarget::Cpu(cpu));
    if (!added && cgroup && added.error().code == ErrorCode::kNoSuchEvent) {
      // ENOENT is also what the kernel says of a cgroup that has no perf_event state.
      return Error{ErrorCode::kNoSuchEvent, added.error().message,
                   "if the event counts elsewhere: the cgroup has no perf_event controller; enable "
                   "any controller in its parent's cgroup.subtree_control"};
    }
    if (!added) return added.error();
  }
  return {};
}

Result<void> StatTargets::Follow(Rotation& rotation) {
  if (request_.kind != TargetKind::kThreads) return {};
  std::set<pid_t> seen;
  for (const pid_t root : request_.pids) {
    for (const pid_t pid : ListProcessTree(request_.root, root)) {
      auto tasks = ListTasks(request_.root, pid);
      if (!tasks) continue;  // it has ended
      for (const Task& task : *tasks) {
        seen.insert(task.tid);
        if (const auto known = alive_.find(task.tid); known != alive_.end()) {
          threads_[known->second].name = task.name;
          continue;
        }
        auto added = rotation.AddTarget(CounterTarget::Thread(task.tid));
        if (!added && added.error().code == ErrorCode::kNotFound) continue;
        if (!added) return added.error();
        alive_[task.tid] = threads_.size();
        threads_.push_back({*added, task.tid, task.name});
      }
    }
  }
  for (auto it = alive_.begin(); it != alive_.end();) {
    const bool there = seen.contains(it->first);
    if (!there) threads_[it->second].ended = true;
    it = there ? std::next(it) : alive_.erase(it);
  }
  return {};
}

void StatTargets::RetireEnded(Rotation& rotation) {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (threads_[i].ended && retired_.insert(i).second) rotation.Retire(threads_[i].target);
  }
}

}  // namespace pmubench
