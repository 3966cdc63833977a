#include "server/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/cpus.h"
#include "platform/files.h"
#include "platform/tasks.h"
#include "server/command.h"

namespace pmubench {
namespace {

constexpr const char* kLog = "server.log";

/// User and system time of children that have ended and were waited for: cutime and cstime, the
/// 14th and 15th words after the name in brackets of proc_pid_stat(5), in ticks.
double EndedChildrenSeconds(pid_t pid) {
  const auto text = ReadText(std::filesystem::path("/proc") / std::to_string(pid) / "stat");
  if (!text || text->rfind(')') == std::string::npos) return 0;
  const auto words = Split(text->substr(text->rfind(')') + 2), ' ');
  if (words.size() < 15) return 0;
  const auto ticks = ParseUnsigned(words[13]).value_or(0) + ParseUnsigned(words[14]).value_or(0);
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// In the child: only calls that are safe after fork in a program with threads, up to exec.
[[noreturn]] void Exec(char** argv, const char* folder, const char* log, pid_t parent, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);  // the parent ended before prctl
  setpgid(0, 0);                        // a terminal's Ctrl-C is for us, who stop it in order
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
  if (chdir(folder) == 0) execvp(argv[0], argv);
  const int error = errno;
  (void)!write(report, &error, sizeof error);
  _exit(127);
}

}  // namespace

Result<ServerProcess> ServerProcess::Start(const ServerOptions& options) {
  std::string folder = (std::filesystem::temp_directory_path() / "pmubench-server-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return Error{ErrorCode::kSystem,
                 fmt::format("cannot make a folder {}: {}", folder, std::strerror(errno)),
                 "set TMPDIR to a folder that can be written"};
  }
  ServerProcess server;
  server.folder_ = folder;
  server.name_ = options.name.empty() ? options.command[0] : options.name;
  if (auto launched = server.Launch(options); !launched) return launched.error();
  if (auto ready = server.AwaitReady(options); !ready) return ready.error();
  return server;
}

Result<void> ServerProcess::Launch(const ServerOptions& options) {
  std::vector<std::string> command = options.command;
  std::vector<char*> argv;
  for (std::string& argument : command) {
    argument = Fill(std::move(argument), {.folder = folder_.string()});
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  const PinnedHere pinned(options.cpus);  // the child inherits it
  if (!pinned.pinned()) return pinned.pinned();
  HoldStandardStreams();
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    return Error{ErrorCode::kSystem, fmt::format("pipe: {}", std::strerror(errno)), ""};
  }
  const std::string log = (folder_ / kLog).string();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) Exec(argv.data(), folder_.c_str(), log.c_str(), parent, report[1]);
  if (pid_ > 0) setpgid(pid_, pid_);  // whoever comes first: the guard needs the group
  close(report[1]);
  int exec_error = 0;
  const bool failed = read(report[0], &exec_error, sizeof exec_error) == sizeof exec_error;
  close(report[0]);
  if (pid_ < 0) {
    return Error{ErrorCode::kSystem, fmt::format("fork: {}", std::strerror(errno)), ""};
  }
  if (failed) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("cannot run {}: {}", name_, std::strerror(exec_error)),
                 "install it, or give its full path"};
  }
  auto guard = Guard::Start(pid_, folder_);
  if (!guard) return guard.error();
  guard_.emplace(*std::move(guard));
  return {};
}

Result<void> ServerProcess::AwaitReady(const ServerOptions& options) {
  const double end = MonotonicSeconds() + options.ready_seconds;
  while (!options.ready(*this)) {
    if (!Running()) {
      return Error{ErrorCode::kSystem,
                   fmt::format("{} ended while it started: {}", name_, LogTail()), ""};
    }
    if (MonotonicSeconds() > end) {
      return Error{
          ErrorCode::kSystem,
          fmt::format("{} was not ready after {} s: {}", name_, options.ready_seconds, LogTail()),
          "see that the ready check is right, or give it more time"};
    }
    usleep(5000);
  }
  // Another server may answer at that address while ours has failed to take it.
  usleep(20'000);
  if (Running()) return {};
  return Error{ErrorCode::kSystem,
               fmt::format("{} ended, though something answers there: {}", name_, LogTail()),
               "choose another port"};
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept { *this = std::move(other); }

ServerProcess& ServerProcess::operator=(ServerProcess&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(pid_, other.pid_);
  std::swap(folder_, other.folder_);
  std::swap(guard_, other.guard_);
  return *this;
}

ServerProcess::~ServerProcess() {
  Stop();
  if (!folder_.empty()) RemoveFolder(folder_);
}

bool ServerProcess::Running() {
  if (pid_ <= 0) return false;
  siginfo_t ended{};
  // Not taken yet: while it is a zombie its number, and that of its group, belong to nobody else.
  const int known = waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT);
  if (known == 0 && ended.si_pid == 0) return true;
  if (known == 0) {
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_ = -1;
  guard_.reset();
  return false;
}

bool ServerProcess::AwaitEnd(double seconds) {
  const double end = MonotonicSeconds() + seconds;
  while (Running() && MonotonicSeconds() < end) usleep(2000);
  return !Running();
}

void ServerProcess::Stop(double seconds) {
  if (!Running()) return;
  kill(pid_, SIGTERM);
  const double end = MonotonicSeconds() + seconds;
  for (bool killed = false; Running(); usleep(2000)) {
    if (killed || MonotonicSeconds() < end) continue;
    kill(pid_, SIGKILL);
    killed = true;
  }
}

std::string ServerProcess::LogTail(std::size_t lines) const {
  return Tail(ReadText(folder_ / kLog).value_or(""), lines);
}

double ProcessCpuSeconds(pid_t pid) {
  double seconds = 0;
  for (const pid_t one : ListProcessTree("/", pid)) {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(one, &clock) == 0 && clock_gettime(clock, &time) == 0) {
      seconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    }
    seconds += EndedChildrenSeconds(one);
  }
  return seconds;
}

Result<int> FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = fd >= 0 && bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  if (bound) return ntohs(address.sin_port);
  return Error{ErrorCode::kSystem, fmt::format("no free port: {}", std::strerror(error)), ""};
}

}  // namespace pmubench
