// Any server as a benchmark: what the user gave, the running server, and one load on it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/figures.h"
#include "server/server_process.h"

namespace pmubench {

/// The commands may name {folder}, {port} and {pid} (Place).
struct ServerPlan {
  std::string name;     ///< of the benchmark; empty: the server's program
  std::string start;    ///< the server, in the foreground
  std::string ready;    ///< a command that ends with 0 once the server is ready
  std::string answers;  ///< or an address that takes connections once it is
  std::string prepare;  ///< once, before the first load
  std::string load;
  int port = 0;                         ///< of {port}; 0: one that is free
  std::optional<double> requests;       ///< that a load makes
  std::optional<Figure> request_count;  ///< or how the load prints their number
  std::vector<Figure> figures;          ///< that it prints beside
  std::vector<int> server_cpus;         ///< empty: any
  std::vector<int> load_cpus;
  double ready_seconds = 10;
  double load_seconds = 300;

  /// Whether an iteration can be a request, not a whole load.
  [[nodiscard]] bool counts_requests() const { return requests || request_count; }
};

/// The first half of `cpus` for the server, the rest for the load; nothing where there is one.
/// Pure.
[[nodiscard]] std::pair<std::vector<int>, std::vector<int>> ApartOnCpus(
    const std::vector<int>& cpus);

/// The plan with what it leaves open filled in: name, port, address, CPUs. Errors: kUsage
/// (something is missing, or two say the same), kNotFound (no such program), kSystem (the port is
/// in use).
[[nodiscard]] Result<ServerPlan> CompletePlan(ServerPlan plan);

/// What one load did.
struct LoadRun {
  double seconds = 0;             ///< from its start to its end
  double requests = 0;            ///< 0: not known
  double server_cpu_seconds = 0;  ///< of the server and its child processes
  std::map<std::string, double> figures;
};

/// A server that runs, is filled, and waits for loads. Not thread-safe.
class ServerRun {
 public:
  /// `plan` is complete. Errors: as ServerProcess::Start; kSystem where `prepare` fails.
  static Result<ServerRun> Start(ServerPlan plan);

  /// One load, with an eye on the server. Errors: the server or the load ended badly (with what
  /// they wrote last), a figure is not in the load's output.
  Result<LoadRun> Load();

  [[nodiscard]] const ServerPlan& plan() const { return plan_; }
  [[nodiscard]] pid_t pid() const { return server_.pid(); }

 private:
  ServerRun(ServerPlan plan, ServerProcess server)
      : plan_(std::move(plan)), server_(std::move(server)) {}
  Result<std::string> Run(const char* what, const std::string& command);

  ServerPlan plan_;
  ServerProcess server_;
};

}  // namespace pmubench
