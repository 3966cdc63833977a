#include "branches/step_recorder.h"

#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <random>

#include "branches/held_command.h"
#include "branches/ptrace_error.h"
#include "branches/tracee.h"

namespace pmubench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long kFollow =
    PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
constexpr int kStacksBetweenRefreshes = 64;

double Seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

// SIGCHLD blocked, so that sigtimedwait can wait for a stop or a deadline, whichever is first.
class ChildSignalBlock {
 public:
  ChildSignalBlock() {
    sigemptyset(&child_);
    sigaddset(&child_, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child_, &before_);
  }
  ~ChildSignalBlock() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  ChildSignalBlock(const ChildSignalBlock&) = delete;
  ChildSignalBlock& operator=(const ChildSignalBlock&) = delete;

  void Wait(Clock::duration time) const {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    if (ns <= 0) return;
    const timespec limit{ns / 1000000000, ns % 1000000000};
    sigtimedwait(&child_, nullptr, &limit);
  }
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t child_{};
  sigset_t before_{};
};

class StepRecorder {
 public:
  StepRecorder(const StepOptions& options, BranchSink& sink)
      : options_(options), sink_(sink), random_(options.seed) {}

  Result<StepReport> Command(const std::vector<std::string>& command);
  Result<StepReport> Process(pid_t pid);

 private:
  struct Thread {
    std::shared_ptr<Tracee> process;
  };

  void Loop();
  void Reap();
  void Handle(pid_t tid, int status);
  void HandleExec(pid_t tid);
  void Burst(pid_t tid);
  int WaitFor(pid_t tid);
  std::optional<pid_t> PickRunning();
  Thread* Register(pid_t tid);
  void Refresh(Tracee& process);
  void DetachAll();

  const StepOptions& options_;
  BranchSink& sink_;
  std::mt19937_64 random_;
  ChildSignalBlock block_;
  std::map<pid_t, Thread> threads_;
  std::map<pid_t, std::weak_ptr<Tracee>> processes_;
  pid_t command_ = 0;
  StepReport report_;
};

StepRecorder::Thread* StepRecorder::Register(pid_t tid) {
  if (const auto known = threads_.find(tid); known != threads_.end()) return &known->second;
  const pid_t pid = ProcessOf(tid);
  if (pid == 0) return nullptr;
  std::shared_ptr<Tracee> process = processes_[pid].lock();
  if (process == nullptr) {
    process = std::make_shared<Tracee>(pid);
    processes_[pid] = process;
    ++report_.processes;
    Refresh(*process);
  }
  ++report_.threads;
  return &(threads_[tid] = Thread{std::move(process)});
}

void StepRecorder::Refresh(Tracee& process) {
  for (const CodeMapping& mapping : process.Refresh()) sink_.OnMapping(mapping);
}

void StepRecorder::HandleExec(pid_t tid) {
  // The thread that called exec has become the leader; its siblings are gone.
  const pid_t pid = tid;
  std::erase_if(threads_, [&](const auto& entry) {
    return entry.first != tid && entry.second.process->pid() == pid;
  });
  Thread* thread = Register(tid);
  if (thread == nullptr) return;
  sink_.OnExec(static_cast<std::uint32_t>(pid));
  thread->process->Reset();
  Refresh(*thread->process);
}

// Acts on what waitpid told of a tracee outside a burst, and lets it run again.
void StepRecorder::Handle(pid_t tid, int status) {
  if (WIFEXITED(status) || WIFSIGNALED(status)) {
    if (tid == command_) {
      report_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    threads_.erase(tid);
    return;
  }
  if (!WIFSTOPPED(status)) return;
  const int signal = WSTOPSIG(status);
  switch (status >> 16) {
    case 0:  // a signal on its way
      Register(tid);
      ptrace(PTRACE_CONT, tid, nullptr, signal);
      return;
    case PTRACE_EVENT_STOP:
      Register(tid);
      if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) {
        // Group stop: stays stopped until SIGCONT, as it would without us.
        ptrace(PTRACE_LISTEN, tid, nullptr, nullptr);
        return;
      }
      break;
    case PTRACE_EVENT_EXEC:
      HandleExec(tid);
      break;
    default:  // clone, fork, vfork: the child is attached and reports by itself
      break;
  }
  ptrace(PTRACE_CONT, tid, nullptr, nullptr);
}

void StepRecorder::Reap() {
  int status = 0;
  for (pid_t tid; (tid = waitpid(-1, &status, __WALL | WNOHANG)) > 0;) Handle(tid, status);
}

// Blocks until `tid` reports. Others are served meanwhile: the one waited for may itself wait for
// one of them (vfork).
int StepRecorder::WaitFor(pid_t tid) {
  for (;;) {
    int status = 0;
    const pid_t who = waitpid(-1, &status, __WALL);
    if (who == tid) return status;
    if (who < 0) {
      if (errno == EINTR) continue;
      return 0;  // reads as "exited": nothing is left to wait for
    }
    Handle(who, status);
  }
}

// A sleeping thread is left alone: stopping it would interrupt its system call, and epoll_wait and
// a few others show that to the program.
std::optional<pid_t> StepRecorder::PickRunning() {
  std::vector<pid_t> all;
  for (const auto& [tid, thread] : threads_) {
    if (thread.process->Runs(options_.only)) all.push_back(tid);
  }
  std::shuffle(all.begin(), all.end(), random_);
  for (const pid_t tid : all) {
    if (StateOf(threads_[tid].process->pid(), tid) == 'R') return tid;
  }
  return std::nullopt;
}

void StepRecorder::Burst(pid_t tid) {
  if (ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr) != 0) return;
  for (;;) {
    const int status = WaitFor(tid);
    if (WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) == SIGTRAP) {
      break;
    }
    Handle(tid, status);
    if (threads_.find(tid) == threads_.end()) return;
  }
  const Clock::time_point begin = Clock::now();
  const std::shared_ptr<Tracee> process = threads_[tid].process;
  std::uint64_t pc = ProgramCounter(tid);
  if (!process->Knows(pc) || report_.stacks % kStacksBetweenRefreshes == 0) Refresh(*process);
  BranchSample sample;
  sample.pid = static_cast<std::uint32_t>(process->pid());
  sample.tid = static_cast<std::uint32_t>(tid);
  sample.time_ns = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(begin.time_since_epoch()).count());
  std::vector<Branch> taken;  // oldest first
  bool running = false;
  bool refreshed = false;
  for (int step = 0; step < options_.max_steps; ++step) {
    if (static_cast<int>(taken.size()) >= options_.depth) break;
    if (!refreshed && !process->Knows(pc)) {
      Refresh(*process);
      refreshed = true;
    }
    const Instruction instruction = process->InstructionAt(pc);
    // A system call may block; an exclusive pair never succeeds while it is stepped.
    if (instruction.kind == BranchKind::kSystem || instruction.kind == BranchKind::kExclusive) {
      break;
    }
    if (ptrace(PTRACE_SINGLESTEP, tid, nullptr, nullptr) != 0) break;
    const int status = WaitFor(tid);
    if (!WIFSTOPPED(status) || status >> 16 != 0 || WSTOPSIG(status) != SIGTRAP) {
      Handle(tid, status);
      running = true;
      break;
    }
    ++report_.steps;
    const std::uint64_t next = ProgramCounter(tid);
    if (instruction.is_branch() && next != pc + static_cast<std::uint64_t>(instruction.length)) {
      taken.push_back({pc, next, Prediction::kUnknown, 0});
    }
    pc = next;
  }
  // As hardware has it: the sample's address is where the youngest branch led or later.
  sample.ip = pc;
  sample.branches.assign(taken.rbegin(), taken.rend());
  if (!sample.branches.empty()) ++report_.stacks;
  sink_.OnSample(sample);
  if (!running) ptrace(PTRACE_CONT, tid, nullptr, nullptr);
  report_.stepping_seconds += Seconds(Clock::now() - begin);
}

void StepRecorder::Loop() {
  const Clock::time_point begin = Clock::now();
  const auto over = [&] {
    return (options_.seconds > 0 && Seconds(Clock::now() - begin) >= options_.seconds) ||
           (options_.interrupted && options_.interrupted());
  };
  while (!threads_.empty() && !over()) {
    std::uniform_int_distribution<long> wait(options_.interval.count() / 2,
                                             options_.interval.count() * 3 / 2);
    const Clock::time_point due = Clock::now() + std::chrono::microseconds(wait(random_));
    Reap();
    while (!threads_.empty() && Clock::now() < due) {
      block_.Wait(due - Clock::now());
      Reap();
    }
    if (const auto tid = PickRunning()) Burst(*tid);
  }
  DetachAll();
  report_.wall_seconds = Seconds(Clock::now() - begin);
}

void StepRecorder::DetachAll() {
  while (!threads_.empty()) {
    const pid_t tid = threads_.begin()->first;
    if (ptrace(PTRACE_INTERRUPT, tid, nullptr, nullptr) != 0) {
      threads_.erase(tid);
      continue;
    }
    const int status = WaitFor(tid);
    if (WIFSTOPPED(status)) {
      const int signal = status >> 16 == 0 ? WSTOPSIG(status) : 0;
      ptrace(PTRACE_DETACH, tid, nullptr, signal);
    } else {
      Handle(tid, status);
    }
    threads_.erase(tid);
  }
}

Result<StepReport> StepRecorder::Command(const std::vector<std::string>& command) {
  auto held = HeldCommand::Fork(command, block_.before());
  if (!held) return held.error();
  const pid_t child = held->pid();
  command_ = child;
  if (ptrace(PTRACE_SEIZE, child, nullptr, kFollow | PTRACE_O_EXITKILL) != 0) {
    const int error = errno;
    held->GiveUp();
    return ExplainPtraceError(error, command[0], true, options_.proc_root);
  }
  // Registered without its mappings: until exec they are ours.
  threads_[child] = Thread{std::make_shared<Tracee>(child)};
  processes_[child] = threads_[child].process;
  report_.processes = report_.threads = 1;
  held->LetGo();
  // A failed exec is told of once its stop is served.
  int status = 0;
  for (bool started = false; !started && !threads_.empty();) {
    if (waitpid(child, &status, __WALL) != child) break;
    started = WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_EXEC;
    Handle(child, status);
  }
  if (const int error = held->ExecError(); error != 0) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} cannot be started: {}", command[0], std::strerror(error)),
                 "check the path after `--` and its permissions"};
  }
  Loop();
  if (waitpid(child, &status, 0) == child) {  // detached early: let it finish
    report_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return report_;
}

Result<StepReport> StepRecorder::Process(pid_t pid) {
  // Threads may be born while their siblings are attached: look until nothing new is there.
  for (bool found = true; found;) {
    found = false;
    for (const pid_t tid : ThreadsOf(pid)) {
      if (threads_.count(tid) != 0) continue;
      if (ptrace(PTRACE_SEIZE, tid, nullptr, kFollow) != 0) {
        if (errno == ESRCH) continue;
        const Error error =
            ExplainPtraceError(errno, fmt::format("process {}", pid), false, options_.proc_root);
        DetachAll();
        return error;
      }
      if (Register(tid) != nullptr) found = true;
    }
  }
  if (threads_.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no process {}", pid),
                 "find it with `pgrep -a NAME`"};
  }
  Loop();
  return report_;
}

}  // namespace

Result<StepReport> RecordCommandByStepping(const std::vector<std::string>& command,
                                           const StepOptions& options, BranchSink& sink) {
  return StepRecorder(options, sink).Command(command);
}

Result<StepReport> RecordProcessByStepping(pid_t pid, const StepOptions& options,
                                           BranchSink& sink) {
  return StepRecorder(options, sink).Process(pid);
}

}  // namespace pmubench
