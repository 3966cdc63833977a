// Debian's redis-server with a fixed configuration.
#pragma once

#include <string>

#include "server/connection.h"
#include "server/server_process.h"

namespace pmubench::redis {

struct RedisOptions {
  std::string program = "redis-server";
  int port = 0;  ///< of 127.0.0.1; 0: a unix socket in the server's folder
  int cpu = -1;
};

/// A running server. Nothing is saved to disk, one thread of input and output, no periodic
/// background work that depends on the load.
struct RedisServer {
  ServerProcess process;
  Endpoint endpoint;
  std::string version;
};

/// Errors: redis-server missing (with the package) or too old, port in use.
[[nodiscard]] Result<RedisServer> StartRedis(const RedisOptions& options);

/// "7.0.15" of `redis-server --version`'s output; "" where it is none.
[[nodiscard]] std::string ParseRedisVersion(const std::string& output);

/// Whether `version` is 6 or newer.
[[nodiscard]] bool RecentEnough(const std::string& version);

}  // namespace pmubench::redis
