#include "cli/fleet_launch.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "platform/text.h"
#include "platform/whole_file.h"
#include "runner/terminal_progress.h"

namespace pmubench {
namespace {

// ssh's own exit code where it did not reach the host.
constexpr int kSshFailed = 255;

/// Runs a shell's command; gives its exit code, 128 + signal where one ended it.
int RunShell(const std::string& command) {
  pid_t pid = -1;
  std::string shell = "sh", flag = "-c", text = command;
  char* const argv[] = {shell.data(), flag.data(), text.data(), nullptr};
  if (posix_spawn(&pid, "/bin/sh", nullptr, nullptr, argv, environ) != 0) return 127;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string WithLog(const std::string& command, const fleet::JobFolder& folder, std::size_t task) {
  const auto log = folder.path() / "logs" / fmt::format("{}.log", task);
  return fmt::format("exec {} </dev/null >>{} 2>&1", command, ShellQuote(log.string()));
}

/// A task that ended without a last word was killed, or its machine was.
void MarkLost(const fleet::JobFolder& folder, std::size_t task, const std::string& reason) {
  fleet::TaskStatus status = fleet::ReadStatus(folder.Status(task));
  if (fleet::IsSettled(status.state)) return;
  status.state = fleet::TaskState::kLost;
  status.reason = reason;
  (void)fleet::WriteStatus(status, folder.Status(task));
}

std::string EndedWith(int code) {
  return code > 128 ? fmt::format("its process was ended by signal {} ({})", code - 128,
                                  strsignal(code - 128))
                    : fmt::format("its process ended with {}; see its log", code);
}

/// The tasks of one class. A host without work waits while another has some: it may be given back.
class ClassQueue {
 public:
  void Add(std::size_t task) { waiting_.push_back(task); }

  std::optional<std::size_t> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_.empty() || taken_ == 0; });
    if (waiting_.empty()) return std::nullopt;
    const std::size_t task = waiting_.front();
    waiting_.pop_front();
    ++taken_;
    return task;
  }
  void Finish() {
    const std::lock_guard lock(mutex_);
    --taken_;
    changed_.notify_all();
  }
  void GiveBack(std::size_t task) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(task);
    --taken_;
    changed_.notify_all();
  }
  [[nodiscard]] const std::deque<std::size_t>& waiting() const { return waiting_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> waiting_;
  std::size_t taken_ = 0;
};

class SshHost {
 public:
  SshHost(const fleet::JobFolder& folder, const SshOptions& options, std::string host,
          ClassQueue& queue, std::atomic<std::size_t>& done)
      : folder_(folder), options_(options), host_(std::move(host)), queue_(queue), done_(done) {}

  /// Takes tasks until there are none, or the host cannot be reached.
  void Work() {
    while (const auto task = queue_.Take()) {
      const std::string there = fmt::format("{} fleet task {} {}", ShellQuote(options_.tool),
                                            ShellQuote(folder_.path().string()), *task);
      const int code = RunShell(
          WithLog(fmt::format("{} {} {}", options_.command, ShellQuote(host_), ShellQuote(there)),
                  folder_, *task));
      if (code == kSshFailed) {
        MarkLost(folder_, *task, fmt::format("ssh did not reach {}, or lost it", host_));
        queue_.GiveBack(*task);
        return;
      }
      MarkLost(folder_, *task, EndedWith(code));
      queue_.Finish();
      ++done_;
    }
  }

 private:
  const fleet::JobFolder& folder_;
  const SshOptions& options_;
  std::string host_;
  ClassQueue& queue_;
  std::atomic<std::size_t>& done_;
};

}  // namespace

Result<void> LaunchHere(const fleet::JobFolder& folder, const std::vector<std::size_t>& tasks,
                        const std::string& tool) {
  TerminalProgress progress;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    progress.Show(fmt::format("task {} of {}", i + 1, tasks.size()));
    const int code = RunShell(WithLog(fmt::format("{} fleet task {} {}", ShellQuote(tool),
                                                  ShellQuote(folder.path().string()), tasks[i]),
                                      folder, tasks[i]));
    MarkLost(folder, tasks[i], EndedWith(code));
  }
  return {};
}

Result<void> LaunchBySsh(const fleet::JobFolder& folder, const fleet::Job& job,
                         const std::vector<std::size_t>& tasks, const SshOptions& options) {
  std::map<std::string, ClassQueue> queues;
  for (const std::size_t task : tasks) {
    queues[job.tasks[task].machine_class].Add(task);
  }
  for (const auto& [machine_class, queue] : queues) {
    if (!options.hosts.contains(machine_class)) {
      return Error{ErrorCode::kUsage, fmt::format("no host of class {} is named", machine_class),
                   fmt::format("give --host {}=USER@HOST", machine_class)};
    }
  }
  std::atomic<std::size_t> done = 0;
  std::atomic<std::size_t> working = 0;
  std::vector<std::jthread> hosts;
  for (auto& [machine_class, queue] : queues) {
    for (const std::string& host : options.hosts.at(machine_class)) {
      ++working;
      hosts.emplace_back([&folder, &options, &done, &working, &waiting = queue, host] {
        SshHost(folder, options, host, waiting, done).Work();
        --working;
      });
    }
  }
  TerminalProgress progress;
  while (working > 0) {
    progress.Show(fmt::format("{} of {} tasks have ended", done.load(), tasks.size()));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  hosts.clear();
  for (auto& [machine_class, queue] : queues) {
    for (const std::size_t task : queue.waiting()) {
      MarkLost(folder, task, "no host of its class could be reached");
    }
  }
  return {};
}

Result<std::vector<std::string>> LaunchBySlurm(const fleet::JobFolder& folder,
                                               const fleet::Job& job,
                                               const std::vector<std::size_t>& tasks,
                                               const fleet::ScriptOptions& options) {
  std::vector<std::string> numbers;
  for (const fleet::MachineClass& one : job.classes) {
    std::vector<std::size_t> of_class;
    for (const std::size_t task : tasks) {
      if (job.tasks[task].machine_class == one.name) of_class.push_back(task);
    }
    if (of_class.empty()) continue;
    const auto file = folder.path() / fmt::format("slurm-{}.sh", one.name);
    const std::string script = fleet::SlurmScript(job, one.name, of_class, options);
    if (auto written = WriteWhole(file, script); !written) return written.error();
    auto number = fleet::Sbatch(file);
    if (!number) return number.error();
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace pmubench
