#include "reports/store/postgres_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace pmubench::store {
namespace {

namespace fs = std::filesystem;

// Debian keeps the servers out of PATH, one folder a version.
fs::path BinFolder() {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    if (fs::exists(entry.path() / "bin/postgres")) found.push_back(entry.path() / "bin");
  }
  return found.empty() ? fs::path() : *std::max_element(found.begin(), found.end());
}

// PostgreSQL refuses to run as root.
const passwd* ServerUser() { return geteuid() == 0 ? getpwnam("postgres") : nullptr; }

pid_t Spawn(const std::vector<std::string>& command, const fs::path& log) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  if (const passwd* user = ServerUser()) {
    if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
        setuid(user->pw_uid) != 0) {
      _exit(126);
    }
  }
  if (chdir("/") != 0) _exit(126);
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::Start(std::string& reason) {
  const fs::path bin = BinFolder();
  if (bin.empty()) {
    reason = "PostgreSQL's server is not installed (Debian: postgresql)";
    return nullptr;
  }
  if (geteuid() == 0 && ServerUser() == nullptr) {
    reason = "there is no user postgres to run the server as";
    return nullptr;
  }
  std::unique_ptr<PostgresServer> server(new PostgresServer);
  std::string name = (fs::temp_directory_path() / "pmubench-pg-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    reason = "no temporary folder";
    return nullptr;
  }
  server->folder_ = name;
  if (const passwd* user = ServerUser()) {
    if (chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) reason = "chown";
  }
  const fs::path log = server->folder_.string() + ".log";
  const std::string data = name + "/data";
  int status = 0;
  const pid_t initdb =
      Spawn({(bin / "initdb").string(), "-D", data, "-U", "pmubench", "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync", "--no-instructions"},
            log);
  waitpid(initdb, &status, 0);
  if (status != 0) {
    reason = "initdb failed: see " + log.string();
    return nullptr;
  }
  server->pid_ = Spawn({(bin / "postgres").string(), "-D", data, "-k", name, "-c",
                        "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=20"},
                       log);
  for (int i = 0; i < 2400; ++i) {  // two minutes
    const std::string where = fmt::format("host={} user=pmubench dbname=postgres", name);
    if (PQping(where.c_str()) == PQPING_OK) {
      fs::remove(log);
      return server;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  reason = "the server does not answer: see " + log.string();
  return nullptr;
}

PostgresServer::~PostgresServer() {
  if (pid_ > 0) {
    kill(pid_, SIGINT);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code error;
  fs::remove_all(folder_, error);
}

std::string PostgresServer::NewDatabase() {
  const std::string name = fmt::format("history{}", ++databases_);
  PGconn* admin =
      PQconnectdb(fmt::format("host={} user=pmubench dbname=postgres", folder_.string()).c_str());
  PQclear(PQexec(admin, fmt::format("CREATE DATABASE {} TEMPLATE template0", name).c_str()));
  PQfinish(admin);
  return fmt::format("postgres:host={} user=pmubench dbname={}", folder_.string(), name);
}

}  // namespace pmubench::store
