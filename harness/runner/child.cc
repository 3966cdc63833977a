#include "runner/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

#include "runner/argv.h"

namespace pmubench {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<pid_t> waited_for{-1};

void HandOn(int signal, siginfo_t* info, void*) {
  const pid_t pid = waited_for.load();
  const bool sent_to_us = info->si_code == SI_USER || info->si_code == SI_TKILL;
  if (pid > 0 && sent_to_us) kill(pid, signal);
}

/// While it lives, SIGINT and SIGTERM do not end us: the child's end decides.
class HandOnSignals {
 public:
  explicit HandOnSignals(pid_t pid) {
    waited_for.store(pid);
    struct sigaction action {};
    action.sa_sigaction = HandOn;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGINT, &action, &old_int_);
    sigaction(SIGTERM, &action, &old_term_);
  }
  ~HandOnSignals() {
    sigaction(SIGINT, &old_int_, nullptr);
    sigaction(SIGTERM, &old_term_, nullptr);
    waited_for.store(-1);
  }
  HandOnSignals(const HandOnSignals&) = delete;
  HandOnSignals& operator=(const HandOnSignals&) = delete;

 private:
  struct sigaction old_int_ {};
  struct sigaction old_term_ {};
};

/// Our environment with `changes` set in it.
std::vector<std::string> Environment(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!changes.contains(std::string(text.substr(0, text.find('=')))))
      variables.emplace_back(text);
  }
  for (const auto& [name, value] : changes) variables.push_back(name + "=" + value);
  return variables;
}

void Show(int messages) {
  std::array<char, 4096> buffer{};
  off_t at = 0;
  for (ssize_t got = 0; (got = pread(messages, buffer.data(), buffer.size(), at)) > 0; at += got) {
    if (write(STDERR_FILENO, buffer.data(), static_cast<std::size_t>(got)) != got) return;
  }
}

void CloseIfOpen(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

}  // namespace

Result<Child> Child::Start(const ChildOptions& options) {
  Child child;
  child.program_ = options.command.empty() ? "" : options.command[0];
  int gate[2] = {-1, -1};
  int error[2] = {-1, -1};
  int output[2] = {-1, -1};
  const bool capture = options.output == ChildOptions::Output::kCapture;
  if (options.command.empty() || pipe2(gate, O_CLOEXEC) != 0 || pipe2(error, O_CLOEXEC) != 0 ||
      (capture && pipe2(output, O_CLOEXEC) != 0)) {
    return Error{ErrorCode::kSystem, "cannot start a program: no command or no pipes left", ""};
  }
  // Where a kernel has no such files, the errors are shown as they come.
  if (options.errors == ChildOptions::Errors::kIfItFails) {
    child.errors_ = memfd_create("pmubench-errors", MFD_CLOEXEC);
  }
  // Everything that allocates is done before fork: the child may only call safe functions.
  std::vector<std::string> arguments = options.command;
  std::vector<char*> argv = Pointers(arguments);

  std::vector<std::string> variables = Environment(options.environment);
  std::vector<char*> environment = Pointers(variables);

  const pid_t parent = getpid();
  child.pid_ = fork();
  if (child.pid_ < 0) {
    return Error{ErrorCode::kSystem, fmt::format("cannot fork: {}", std::strerror(errno)), ""};
  }
  if (child.pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    close(gate[1]);
    char byte = 0;
    (void)!read(gate[0], &byte, 1);
    if (child.errors_ >= 0) dup2(child.errors_, STDERR_FILENO);
    if (options.output == ChildOptions::Output::kToStandardError) dup2(STDERR_FILENO, 1);
    if (capture) dup2(output[1], STDOUT_FILENO);
    execvpe(argv[0], argv.data(), environment.data());
    const int failed = errno;
    (void)!write(error[1], &failed, sizeof failed);
    _exit(127);
  }
  close(gate[0]);
  close(error[1]);
  if (capture) close(output[1]);
  child.gate_ = gate[1];
  child.exec_error_ = error[0];
  child.output_pipe_ = output[0];
  return child;
}

Child::Child(Child&& other) noexcept
    : program_(std::move(other.program_)),
      output_(std::move(other.output_)),
      pid_(std::exchange(other.pid_, -1)),
      gate_(std::exchange(other.gate_, -1)),
      exec_error_(std::exchange(other.exec_error_, -1)),
      output_pipe_(std::exchange(other.output_pipe_, -1)),
      errors_(std::exchange(other.errors_, -1)) {}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  CloseIfOpen(gate_);
  CloseIfOpen(exec_error_);
  CloseIfOpen(output_pipe_);
  CloseIfOpen(errors_);
}

Result<void> Child::Release() {
  CloseIfOpen(gate_);
  int failed = 0;
  // End of file means that exec succeeded: the pipe closes on exec.
  const ssize_t got = read(exec_error_, &failed, sizeof failed);
  CloseIfOpen(exec_error_);
  if (got != sizeof failed) return {};
  waitpid(std::exchange(pid_, -1), nullptr, 0);
  return Error{failed == ENOENT ? ErrorCode::kNotFound : ErrorCode::kBadInput,
               fmt::format("cannot run {}: {}", program_, std::strerror(failed)),
               failed == EACCES ? "is it executable?" : ""};
}

ChildEnd Child::Wait() {
  const HandOnSignals hand_on(pid_);
  if (output_pipe_ >= 0) {
    std::array<char, 4096> buffer{};
    while (true) {
      const ssize_t got = read(output_pipe_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      output_.append(buffer.data(), static_cast<std::size_t>(got));
    }
    CloseIfOpen(output_pipe_);
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (errors_ >= 0 && status != 0) Show(errors_);
  CloseIfOpen(errors_);
  if (WIFSIGNALED(status)) return {128 + WTERMSIG(status), WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace pmubench
