#include "server/guard.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace pmubench {
namespace {

[[noreturn]] void Remove(const char* folder) {
  execl("/bin/rm", "rm", "-rf", "--one-file-system", "--", folder, nullptr);
  _exit(1);
}

/// In the child of a program that may have threads: only calls that are safe there.
[[noreturn]] void Watch(int pipe, pid_t group, const char* folder) {
  setpgid(0, 0);  // a terminal's Ctrl-C is not for us
  for (const int signal_number : {SIGHUP, SIGINT, SIGTERM}) signal(signal_number, SIG_IGN);
  // Nobody who waits for the end of our output, or of another guard's pipe, is to wait for us.
  const int nothing = open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2}) dup2(nothing, standard);
  constexpr int kPipe = 3;
  if (pipe != kPipe) dup2(pipe, kPipe);
  close_range(kPipe + 1, ~0U, 0);
  char word = 0;
  ssize_t got = -1;
  while ((got = read(kPipe, &word, 1)) < 0 && errno == EINTR) {
  }
  if (got != 0) _exit(0);
  kill(-group, SIGTERM);
  for (int tenth = 0; tenth < 50 && kill(-group, 0) == 0; ++tenth) usleep(100'000);
  kill(-group, SIGKILL);
  if (*folder == '\0') _exit(0);
  Remove(folder);
}

}  // namespace

void HoldStandardStreams() {
  int descriptor = 0;
  while ((descriptor = open("/dev/null", O_RDWR)) >= 0 && descriptor <= STDERR_FILENO) {
  }
  if (descriptor > STDERR_FILENO) close(descriptor);
}

void RemoveFolder(const std::filesystem::path& folder) {
  const pid_t pid = fork();
  if (pid == 0) Remove(folder.c_str());
  while (pid > 0 && waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<Guard> Guard::Start(pid_t group, const std::filesystem::path& folder) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error{ErrorCode::kSystem, fmt::format("socketpair: {}", std::strerror(errno)), ""};
  }
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[1]);
    Watch(ends[0], group, folder.c_str());
  }
  const int error = errno;
  close(ends[0]);
  if (pid > 0) return Guard(pid, ends[1]);
  close(ends[1]);
  return Error{ErrorCode::kSystem, fmt::format("fork: {}", std::strerror(error)), ""};
}

Guard::Guard(Guard&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pipe_(std::exchange(other.pipe_, -1)) {}

Guard& Guard::operator=(Guard&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pipe_, other.pipe_);
  return *this;
}

Guard::~Guard() {
  if (pid_ <= 0) return;
  (void)send(pipe_, "d", 1, MSG_NOSIGNAL);  // a guard that somebody has ended reads nothing
  close(pipe_);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace pmubench
