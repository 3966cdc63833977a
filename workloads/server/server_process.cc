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
#include <fstream>
#include <utility>

#include "common/cpus.h"
#include "platform/files.h"

namespace pmubench {
namespace {

constexpr const char* kLog = "server.log";

double Now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// In the child: only calls that are safe after fork in a program with threads, up to exec.
[[noreturn]] void Exec(const std::vector<std::string>& command, const std::string& folder,
                       const std::string& log, int cpu, pid_t parent, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);  // the parent ended before prctl
  setpgid(0, 0);                        // a terminal's Ctrl-C is for us, who stop it in order
  if (cpu >= 0) (void)PinToCpu(cpu);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (chdir(folder.c_str()) == 0) execvp(argv[0], argv.data());
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
  std::vector<std::string> command = options.command;
  for (std::string& argument : command) Replace(argument, "{dir}", folder);

  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    return Error{ErrorCode::kSystem, fmt::format("pipe: {}", std::strerror(errno)), ""};
  }
  const std::string log = (server.folder_ / kLog).string();
  const pid_t parent = getpid();
  server.pid_ = fork();
  if (server.pid_ == 0) Exec(command, folder, log, options.cpu, parent, report[1]);
  close(report[1]);
  int exec_error = 0;
  const bool failed = read(report[0], &exec_error, sizeof exec_error) == sizeof exec_error;
  close(report[0]);
  if (server.pid_ < 0) {
    return Error{ErrorCode::kSystem, fmt::format("fork: {}", std::strerror(errno)), ""};
  }
  if (failed) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("cannot run {}: {}", command[0], std::strerror(exec_error)),
                 "install it, or give its full path"};
  }
  const double end = Now() + options.ready_seconds;
  while (!options.ready(server.folder_)) {
    if (!server.Running()) {
      return Error{ErrorCode::kSystem,
                   fmt::format("{} ended while it started: {}", command[0], server.LogTail()), ""};
    }
    if (Now() > end) {
      return Error{ErrorCode::kSystem,
                   fmt::format("{} was not ready after {} s: {}", command[0], options.ready_seconds,
                               server.LogTail()),
                   "see that the ready check is right, or give it more time"};
    }
    usleep(5000);
  }
  // Another server may answer at that address while ours has failed to take it.
  usleep(20'000);
  if (!server.Running()) {
    return Error{
        ErrorCode::kSystem,
        fmt::format("{} ended, though something answers there: {}", command[0], server.LogTail()),
        "choose another port"};
  }
  return server;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept { *this = std::move(other); }

ServerProcess& ServerProcess::operator=(ServerProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(folder_, other.folder_);
  return *this;
}

ServerProcess::~ServerProcess() {
  Stop();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

bool ServerProcess::Running() {
  if (pid_ <= 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void ServerProcess::Stop(double seconds) {
  if (!Running()) return;
  kill(pid_, SIGTERM);
  const double end = Now() + seconds;
  while (Running()) {
    if (Now() > end) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = -1;
      return;
    }
    usleep(2000);
  }
}

std::string ServerProcess::LogTail(std::size_t lines) const {
  std::ifstream in(folder_ / kLog);
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) all.push_back(line);
  }
  if (all.size() > lines) all.erase(all.begin(), all.end() - static_cast<long>(lines));
  return all.empty() ? "it wrote nothing" : fmt::format("{}", fmt::join(all, " | "));
}

double ProcessCpuSeconds(pid_t pid) {
  const auto folder = std::filesystem::path("/proc") / std::to_string(pid);
  double exact = 0;
  for (const std::string& thread : ListNames(folder / "task")) {
    const auto text = ReadText(folder / "task" / thread / "schedstat");
    if (!text) continue;
    exact += static_cast<double>(ParseUnsigned(Split(*text, ' ').front()).value_or(0)) * 1e-9;
  }
  if (exact > 0) return exact;
  const auto text = ReadText(folder / "stat");
  if (!text || text->rfind(')') == std::string::npos) return 0;
  const auto fields = Split(text->substr(text->rfind(')') + 2), ' ');
  if (fields.size() < 13) return 0;
  const auto ticks = ParseUnsigned(fields[11]).value_or(0) + ParseUnsigned(fields[12]).value_or(0);
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
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
