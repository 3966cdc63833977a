#include "server/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "common/cpus.h"
#include "platform/text.h"
#include "server/guard.h"

namespace pmubench {
namespace {

constexpr int kLookMs = 100;

void Replace(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// In the child: only calls that are safe after fork in a program with threads, up to exec.
[[noreturn]] void Exec(const char* command, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  setpgid(0, 0);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(126);
  execl("/bin/sh", "sh", "-c", command, nullptr);
  _exit(127);
}

enum class Received { kSome, kNothingYet, kAll };

/// Reads what is there, or waits for it a moment.
Received Receive(int pipe, std::string& output) {
  pollfd wait{pipe, POLLIN, 0};
  if (poll(&wait, 1, kLookMs) <= 0) return Received::kNothingYet;
  std::array<char, 4096> buffer{};
  const ssize_t got = read(pipe, buffer.data(), buffer.size());
  if (got > 0) output.append(buffer.data(), static_cast<std::size_t>(got));
  if (got > 0 || (got < 0 && errno == EINTR)) return Received::kSome;
  return Received::kAll;
}

/// Whether it has ended; a zombie keeps its group's number from others.
bool HasEnded(pid_t pid) {
  siginfo_t ended{};
  return waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         ended.si_pid != 0;
}

Result<void> Follow(const CommandOptions& options, pid_t pid, int pipe, std::string& output) {
  const double end = MonotonicSeconds() + options.seconds;
  double next_look = MonotonicSeconds() + kLookMs * 1e-3;
  while (true) {
    // Asked first: what it wrote before it ended is received then.
    const bool ended = HasEnded(pid);
    const Received received = Receive(pipe, output);
    if (received == Received::kAll) return {};
    // What it left running may keep the pipe open.
    if (received == Received::kNothingYet && ended) return {};
    if (MonotonicSeconds() < next_look) continue;
    next_look = MonotonicSeconds() + kLookMs * 1e-3;
    if (options.go_on) {
      if (auto good = options.go_on(); !good) return good;
    }
    if (MonotonicSeconds() > end) {
      return Error{ErrorCode::kSystem,
                   fmt::format("'{}' took longer than {} s; its last output: {}", options.command,
                               options.seconds, Tail(output)),
                   "let it do less, or give it more time"};
    }
  }
}

}  // namespace

double MonotonicSeconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::string Fill(std::string text, const Place& place) {
  if (!place.folder.empty()) Replace(text, "{folder}", place.folder);
  if (place.port != 0) Replace(text, "{port}", std::to_string(place.port));
  if (place.pid != 0) Replace(text, "{pid}", std::to_string(place.pid));
  return text;
}

Result<CommandEnd> RunCommand(const CommandOptions& options) {
  const PinnedHere pinned(options.cpus);  // the child inherits it
  if (!pinned.pinned()) return pinned.pinned().error();
  HoldStandardStreams();
  int pipe[2];
  if (pipe2(pipe, O_CLOEXEC) != 0) {
    return Error{ErrorCode::kSystem, fmt::format("pipe: {}", std::strerror(errno)), ""};
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Exec(options.command.c_str(), pipe[1], parent);
  close(pipe[1]);
  if (pid < 0) {
    close(pipe[0]);
    return Error{ErrorCode::kSystem, fmt::format("fork: {}", std::strerror(errno)), ""};
  }
  setpgid(pid, pid);  // whoever comes first
  const auto guard = Guard::Start(pid, "");
  CommandEnd end;
  const Result<void> followed =
      guard ? Follow(options, pid, pipe[0], end.output) : Result<void>(guard.error());
  close(pipe[0]);
  if (!followed) kill(-pid, SIGKILL);
  int status = 0;
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  kill(-pid, SIGKILL);  // what it left running
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!followed) return followed.error();
  end.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

std::string Tail(const std::string& output, std::size_t lines) {
  std::vector<std::string> all = SplitList(output, '\n');
  if (all.size() > lines) all.erase(all.begin(), all.end() - static_cast<long>(lines));
  return all.empty() ? "it wrote nothing" : fmt::format("{}", fmt::join(all, " | "));
}

}  // namespace pmubench
