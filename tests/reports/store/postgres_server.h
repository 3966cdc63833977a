// A real PostgreSQL server for the tests: a temporary folder, a Unix socket, no network.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace pmubench::store {

class PostgresServer {
 public:
  /// Null, with the reason, where PostgreSQL is not installed or does not start.
  static std::unique_ptr<PostgresServer> Start(std::string& reason);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// A new, empty database as a location for OpenStore.
  std::string NewDatabase();

 private:
  PostgresServer() = default;
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  int databases_ = 0;
};

}  // namespace pmubench::store
