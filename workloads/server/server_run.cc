#include "server/server_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "common/cpus.h"
#include "runner/workloads.h"
#include "server/command.h"
#include "server/connection.h"

namespace pmubench {
namespace {

/// How long a ready check may take: a client that waits for a server that is not there yet.
constexpr double kReadyCheckSeconds = 5;

std::string FirstWord(const std::string& command) {
  const auto from = command.find_first_not_of(' ');
  if (from == std::string::npos) return "";
  return command.substr(from, command.find(' ', from) - from);
}

Error Missing(const char* option, const char* example) {
  return {ErrorCode::kUsage, fmt::format("no {} was given", option),
          fmt::format("e.g. {} (--help has a whole example)", example)};
}

Place PlaceOf(const ServerPlan& plan, const ServerProcess& server) {
  return {server.folder().string(), plan.port, server.pid()};
}

/// The server runs in a folder of its own, where a relative path would lead nowhere.
Result<void> LocateProgram(ServerPlan& plan) {
  const std::string program = FirstWord(plan.start);
  if (program.find_first_of("'\"$`\\{") != std::string::npos) return {};  // the shell's to say
  if (program.find('/') == std::string::npos) {
    const char* path = std::getenv("PATH");
    const auto found = FindProgram(program, path == nullptr ? "" : path);
    if (found.empty()) {
      return Error{ErrorCode::kNotFound, fmt::format("the server {} is not installed", program),
                   "`apt-get install` its package, or give its full path"};
    }
    plan.start.replace(plan.start.find(program), program.size(), found.string());
    return {};
  }
  const auto full = std::filesystem::absolute(program);
  if (!std::filesystem::exists(full)) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no {}", full.string()),
                 "give the server's program with its right path"};
  }
  plan.start.replace(plan.start.find(program), program.size(), full.string());
  return {};
}

/// `cpus` without `taken`; all of them where nothing would be left.
std::vector<int> Without(std::vector<int> cpus, const std::vector<int>& taken) {
  const std::vector<int> all = cpus;
  std::erase_if(cpus, [&](int cpu) { return std::ranges::find(taken, cpu) != taken.end(); });
  return cpus.empty() ? all : cpus;
}

}  // namespace

std::pair<std::vector<int>, std::vector<int>> ApartOnCpus(const std::vector<int>& cpus) {
  const auto middle = cpus.begin() + static_cast<long>(cpus.size() / 2);
  if (middle == cpus.begin()) return {};
  return {{cpus.begin(), middle}, {middle, cpus.end()}};
}

Result<ServerPlan> CompletePlan(ServerPlan plan) {
  if (plan.start.empty())
    return Missing("--start", "--start 'memcached -u nobody -l 127.0.0.1 -p {port}'");
  if (plan.load.empty()) return Missing("--load", "--load './load 127.0.0.1 {port}'");
  if (plan.requests && plan.request_count) {
    return Error{ErrorCode::kUsage, "--requests and --requests-from say the same twice",
                 "give one of them"};
  }
  if (!plan.ready.empty() && !plan.answers.empty()) {
    return Error{ErrorCode::kUsage, "--ready and --answers say the same twice", "give one of them"};
  }
  const bool has_port = plan.start.find("{port}") != std::string::npos;
  if (plan.ready.empty() && plan.answers.empty()) {
    if (!has_port) {
      return Error{ErrorCode::kUsage, "nothing says when the server is ready",
                   "give --ready COMMAND or --answers ADDRESS, or let --start name its {port}"};
    }
    plan.answers = "127.0.0.1:{port}";
  }
  if (plan.name.empty()) {
    plan.name = std::filesystem::path(FirstWord(plan.start)).filename().string();
  }
  if (auto located = LocateProgram(plan); !located) return located.error();
  if (plan.port != 0 && Answers({fmt::format("127.0.0.1:{}", plan.port)})) {
    return Error{ErrorCode::kSystem, fmt::format("port {} is in use", plan.port),
                 "give another --port, or none for one that is free"};
  }
  if (plan.port == 0 && has_port) {
    const auto port = FreePort();
    if (!port) return port.error();
    plan.port = *port;
  }
  if (plan.server_cpus.empty() && plan.load_cpus.empty()) {
    std::tie(plan.server_cpus, plan.load_cpus) = ApartOnCpus(AllowedCpus());
  } else if (plan.server_cpus.empty()) {
    plan.server_cpus = Without(AllowedCpus(), plan.load_cpus);
  } else if (plan.load_cpus.empty()) {
    plan.load_cpus = Without(AllowedCpus(), plan.server_cpus);
  }
  return plan;
}

Result<ServerRun> ServerRun::Start(ServerPlan plan) {
  ServerOptions options;
  options.name = plan.name;
  // The shell makes way for the server: its pid is the server's own.
  options.command = {"/bin/sh", "-c", "exec " + Fill(plan.start, {.port = plan.port})};
  options.cpus = plan.server_cpus;
  options.ready_seconds = plan.ready_seconds;
  options.ready = [&plan](const ServerProcess& server) {
    const Place place = PlaceOf(plan, server);
    if (plan.ready.empty()) return Answers({Fill(plan.answers, place)});
    const auto end = RunCommand({.command = Fill(plan.ready, place),
                                 .cpus = plan.load_cpus,
                                 .seconds = kReadyCheckSeconds});
    return end && end->exit_code == 0;
  };
  auto server = ServerProcess::Start(options);
  if (!server) return server.error();
  ServerRun run(std::move(plan), *std::move(server));
  if (!run.plan_.prepare.empty()) {
    if (auto prepared = run.Run("--prepare", run.plan_.prepare); !prepared) return prepared.error();
  }
  return run;
}

Result<std::string> ServerRun::Run(const char* what, const std::string& command) {
  const auto running = [this]() -> Result<void> {
    if (server_.Running()) return {};
    return Error{ErrorCode::kSystem, fmt::format("{} has ended: {}", plan_.name, server_.LogTail()),
                 ""};
  };
  if (auto good = running(); !good) return good.error();
  CommandOptions options;
  options.command = Fill(command, PlaceOf(plan_, server_));
  options.cpus = plan_.load_cpus;
  options.seconds = plan_.load_seconds;
  options.go_on = running;
  auto end = RunCommand(options);
  if (!end) return end.error();
  // A load that failed because the server went away is not the one to blame.
  if (end->exit_code != 0) server_.AwaitEnd();
  if (auto good = running(); !good) return good.error();
  if (end->exit_code == 0) return std::move(end->output);
  return Error{ErrorCode::kSystem,
               fmt::format("{} '{}' ended with exit code {}: {}", what, options.command,
                           end->exit_code, Tail(end->output)),
               ""};
}

Result<LoadRun> ServerRun::Load() {
  const auto cpu = ProcessCpuSeconds(server_.pid());
  const auto begin = std::chrono::steady_clock::now();
  const auto output = Run("--load", plan_.load);
  if (!output) return output.error();
  LoadRun run;
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  run.server_cpu_seconds = ProcessCpuSeconds(server_.pid()) - cpu;
  run.requests = plan_.requests.value_or(0);
  if (plan_.request_count) {
    const auto requests = plan_.request_count->In(*output);
    if (!requests) return requests.error();
    run.requests = *requests;
  }
  for (const Figure& figure : plan_.figures) {
    const auto value = figure.In(*output);
    if (!value) return value.error();
    run.figures[figure.name()] = *value;
  }
  return run;
}

}  // namespace pmubench
