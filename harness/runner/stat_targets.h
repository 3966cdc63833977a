// Whom `stat` counts: a command, processes, threads one by one, CPUs or a cgroup.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "counters/rotation.h"

namespace pmubench {

enum class TargetKind { kProcesses, kThreads, kCpus, kCgroup };

struct TargetRequest {
  TargetKind kind = TargetKind::kProcesses;
  std::vector<pid_t> pids;           ///< kProcesses, kThreads
  std::string cgroup;                ///< below /sys/fs/cgroup, or an absolute path
  std::vector<int> cpus;             ///< kCpus, kCgroup: of these alone; empty: of all
  std::filesystem::path root = "/";  ///< where /sys and /proc stand
};

/// The targets of a rotation, kept up to date. Not thread-safe.
class StatTargets {
 public:
  /// A target that is a thread of its own.
  struct Thread {
    std::size_t target = 0;
    pid_t tid = 0;
    std::string name;
    bool ended = false;
  };

  explicit StatTargets(TargetRequest request) : request_(std::move(request)) {}
  StatTargets(const StatTargets&) = delete;
  StatTargets& operator=(const StatTargets&) = delete;
  ~StatTargets();

  /// Attaches to all that exists. kProcesses: every thread, and by inheritance the threads and
  /// processes that they create from now on. A thread that is born while its siblings are attached
  /// may or may not be inherited, so all are attached anew until no new one was seen; where that
  /// never comes, `note()` says so. Errors: as Rotation::AddTarget, kNotFound.
  Result<void> Attach(Rotation& rotation);

  /// kThreads: attaches threads that are new, of child processes too. Call it before a turn ends.
  Result<void> Follow(Rotation& rotation);

  /// kThreads: closes those that have ended. Call it after the turn that Follow saw them end in.
  void RetireEnded(Rotation& rotation);

  [[nodiscard]] const std::vector<Thread>& threads() const { return threads_; }
  [[nodiscard]] const std::string& note() const { return note_; }

 private:
  Result<void> AttachProcesses(Rotation& rotation);
  Result<void> AttachCpus(Rotation& rotation);
  Result<std::vector<pid_t>> TidsOf(const std::vector<pid_t>& pids) const;

  TargetRequest request_;
  std::vector<Thread> threads_;
  std::map<pid_t, std::size_t> alive_;  ///< tid -> index in threads_
  std::set<std::size_t> retired_;
  std::string note_;
  int cgroup_ = -1;
};

}  // namespace pmubench
