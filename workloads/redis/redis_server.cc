#include "redis/redis_server.h"

#include <fmt/format.h>

#include <cstdlib>

#include "platform/files.h"
#include "runner/child.h"
#include "runner/workloads.h"

namespace pmubench::redis {

std::string ParseRedisVersion(const std::string& output) {
  const auto at = output.find(" v=");
  if (at == std::string::npos) return "";
  const auto end = output.find_first_not_of("0123456789.", at + 3);
  return output.substr(at + 3, end == std::string::npos ? end : end - at - 3);
}

bool RecentEnough(const std::string& version) {
  return ParseUnsigned(version.substr(0, version.find('.'))).value_or(0) >= 6;
}

Result<RedisServer> StartRedis(const RedisOptions& options) {
  const char* path = std::getenv("PATH");
  const auto program = FindProgram(options.program, path == nullptr ? "" : path);
  if (program.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("{} is not installed", options.program),
                 "apt-get install redis-server"};
  }
  ChildOptions ask;
  ask.command = {program.string(), "--version"};
  ask.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(ask);
  if (!child) return child.error();
  if (const auto released = child->Release(); !released) return released.error();
  child->Wait();
  const std::string version = ParseRedisVersion(child->output());
  if (!RecentEnough(version)) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} has version '{}'", program.string(), version),
                 "version 6 or newer is needed"};
  }

  ServerOptions server;
  if (options.cpu >= 0) server.cpus = {options.cpu};
  server.name = program.string();
  server.command = {program.string(),
                    "--daemonize",
                    "no",
                    "--dir",
                    "{folder}",
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--io-threads",
                    "1",
                    "--jemalloc-bg-thread",
                    "no",
                    "--dynamic-hz",
                    "no",
                    "--maxclients",
                    "2000"};
  if (options.port == 0) {
    server.command.insert(server.command.end(), {"--port", "0", "--unixsocket", "{folder}/s"});
    server.ready = [](const ServerProcess& process) {
      return Answers({(process.folder() / "s").string()});
    };
  } else {
    const Endpoint endpoint{fmt::format("127.0.0.1:{}", options.port)};
    // Another server's answer would pass for ours while ours still fails to take the port.
    if (Answers(endpoint)) {
      return Error{ErrorCode::kSystem, fmt::format("port {} is in use", options.port),
                   "choose another port, or none for a unix socket"};
    }
    server.command.insert(server.command.end(),
                          {"--bind", "127.0.0.1", "--port", std::to_string(options.port)});
    server.ready = [endpoint](const ServerProcess&) { return Answers(endpoint); };
  }
  auto process = ServerProcess::Start(server);
  if (!process) return process.error();
  const Endpoint endpoint{options.port == 0 ? (process->folder() / "s").string()
                                            : fmt::format("127.0.0.1:{}", options.port)};
  return RedisServer{*std::move(process), endpoint, version};
}

}  // namespace pmubench::redis
