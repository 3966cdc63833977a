#include "runner/machine_control.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

#include "platform/control_journal.h"
#include "platform/files.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using Kind = ControlStep::Kind;

/// Files of the kernel take a value in one write.
bool WriteValue(const fs::path& file, const std::string& value) {
  const int fd = open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0) return false;
  // An empty value is a line of its own: no write at all would change nothing.
  const std::string text = value + "\n";
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  close(fd);
  errno = error;
  return written;
}

std::string ReadValue(const fs::path& file) { return Chosen(ReadText(file).value_or("")); }

bool Take(const fs::path& root, const ControlStep& step) {
  std::error_code error;
  switch (step.kind) {
    case Kind::kWrite:
      return WriteValue(root / step.path, step.after);
    case Kind::kFolder:
      return fs::create_directory(root / step.path, error) ||
             fs::is_directory(root / step.path, error);
    case Kind::kJoin:
      return WriteValue(root / step.path / "cgroup.procs", std::to_string(getpid()));
  }
  return false;
}

/// "" or why it could not be undone.
std::string TakeBack(const fs::path& root, const ControlStep& step) {
  const std::string name = "/" + step.path.string();
  switch (step.kind) {
    case Kind::kWrite: {
      // Write-only semantics: what "+cpuset" does is not read back.
      const bool readable = !step.after.starts_with('+');
      const std::string now = readable ? ReadValue(root / step.path) : step.after;
      if (now == step.before) return "";
      if (now != step.after) {
        return fmt::format("{}: {} was set to '{}' by somebody else meanwhile: left so",
                           step.setting, name, now);
      }
      if (WriteValue(root / step.path, step.before)) return "";
      break;
    }
    case Kind::kFolder:
      if (rmdir((root / step.path).c_str()) == 0 || errno == ENOENT) return "";
      break;
    case Kind::kJoin: {
      std::ifstream processes(root / step.path / "cgroup.procs");
      for (std::string pid; std::getline(processes, pid);) {
        (void)WriteValue(root / step.before / "cgroup.procs", pid);
      }
      return "";
    }
  }
  return fmt::format("{}: cannot put {} back to '{}': {}", step.setting, name, step.before,
                     std::strerror(errno));
}

std::vector<std::string> UndoJournal(const fs::path& root) {
  std::vector<std::string> notes;
  const std::vector<ControlStep> steps = ReadControlJournal(root);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const std::string note = TakeBack(root, *step);
    if (!note.empty()) notes.push_back(note);
  }
  std::error_code error;
  fs::remove(ControlJournal(root), error);
  return notes;
}

/// Held by the process that changes settings, and by its guardian: -1 where another has it.
int TakeLock(const fs::path& root) {
  std::error_code error;
  fs::create_directories(ControlFolder(root), error);
  const int fd =
      open((ControlFolder(root) / "control.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    close(fd);
    errno = reason;
    return -1;
  }
  return fd;
}

}  // namespace

MachineControl::MachineControl(MachineControl&& other) noexcept
    : root_(std::move(other.root_)),
      changed_(std::move(other.changed_)),
      refused_(std::move(other.refused_)),
      lock_(std::exchange(other.lock_, -1)),
      guardian_pipe_(std::exchange(other.guardian_pipe_, -1)),
      guardian_(std::exchange(other.guardian_, -1)) {}

MachineControl::~MachineControl() {
  if (lock_ >= 0) (void)Undo();
}

Result<void> MachineControl::Lock() {
  lock_ = TakeLock(root_);
  if (lock_ >= 0) return {};
  if (errno == EWOULDBLOCK) {
    return Error{ErrorCode::kSystem, "another process has changed settings of this machine",
                 "wait for its end: /run/pmubench/control.json names it"};
  }
  return Error{ErrorCode::kSystem,
               fmt::format("cannot keep the machine's settings in {}: {}",
                           ControlFolder(root_).string(), std::strerror(errno)),
               "run as root to change settings"};
}

void MachineControl::StartGuardian() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  const pid_t pid = fork();
  if (pid < 0) {
    close(ends[0]);
    close(ends[1]);
    return;
  }
  if (pid > 0) {
    close(ends[0]);
    guardian_pipe_ = ends[1];
    guardian_ = pid;
    return;
  }
  // In a session of its own, so that what ends the terminal or the job's group does not end it.
  setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(signal, SIG_IGN);
  // It must not hold the ends of pipes on which others wait for the end of this program.
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) dup2(null, fd);
  close(ends[1]);
  char byte = 0;
  while (read(ends[0], &byte, 1) < 0 && errno == EINTR) {
  }
  if (fs::exists(ControlJournal(root_))) (void)UndoJournal(root_);
  _exit(0);
}

Result<MachineControl> MachineControl::Apply(const fs::path& root, const ControlPlan& plan) {
  MachineControl control;
  control.root_ = root;
  control.refused_ = plan.refused;
  if (plan.steps.empty()) return control;
  if (auto locked = control.Lock(); !locked) return locked.error();
  if (fs::exists(ControlJournal(root))) {
    for (std::string& note : UndoJournal(root)) control.refused_.push_back(std::move(note));
  }
  if (!WriteControlJournal(root, plan.steps)) {
    return Error{
        ErrorCode::kSystem,
        fmt::format("cannot write {}: {}", ControlJournal(root).string(), std::strerror(errno)),
        "nothing was changed; run as root to change settings"};
  }
  control.StartGuardian();
  std::vector<ControlStep> taken;
  std::map<std::string, std::pair<std::size_t, std::string>> failed;
  std::map<std::string, std::string> done;
  for (ControlStep step : plan.steps) {
    if (!Take(root, step)) {
      auto& [count, why] = failed[step.setting];
      ++count;
      why = fmt::format("/{}: {}", step.path.string(), std::strerror(errno));
      continue;
    }
    // A kernel may take less than it was asked for: huge pages when memory is scattered.
    if (step.kind == Kind::kWrite && !step.after.starts_with('+')) {
      step.after = ReadValue(root / step.path);
      done[step.setting] = step.after;
    } else if (step.kind == Kind::kJoin) {
      done[step.setting] = "joined";
    }
    taken.push_back(std::move(step));
  }
  for (const auto& [setting, reason] : failed) {
    control.refused_.push_back(reason.first == 1 ? fmt::format("{}: {}", setting, reason.second)
                                                 : fmt::format("{}: {} files, the last {}", setting,
                                                               reason.first, reason.second));
  }
  for (const auto& [setting, value] : done) {
    control.changed_.push_back(fmt::format("{}={}", setting, value));
  }
  (void)WriteControlJournal(root, taken);
  return control;
}

std::vector<std::string> MachineControl::Undo() {
  if (lock_ < 0) return {};
  std::vector<std::string> notes = UndoJournal(root_);
  if (guardian_ > 0) {
    close(guardian_pipe_);
    while (waitpid(guardian_, nullptr, 0) < 0 && errno == EINTR) {
    }
    guardian_ = -1;
  }
  close(std::exchange(lock_, -1));
  return notes;
}

Leftover UndoLeftover(const fs::path& root) {
  Leftover leftover;
  leftover.found = fs::exists(ControlJournal(root));
  if (!leftover.found) return leftover;
  const int lock = TakeLock(root);
  if (lock < 0) {
    leftover.in_use = errno == EWOULDBLOCK;
    if (!leftover.in_use) leftover.notes.emplace_back(std::strerror(errno));
    return leftover;
  }
  leftover.notes = UndoJournal(root);
  close(lock);
  return leftover;
}

}  // namespace pmubench
