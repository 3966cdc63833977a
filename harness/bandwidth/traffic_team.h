// Threads that make known traffic on the memory of one socket.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bandwidth/machine.h"
#include "bandwidth/traffic_kernels.h"
#include "pmubench/result.h"

namespace pmubench {

/// Where the threads run and where their memory is.
struct TrafficPlace {
  std::vector<int> cpus;
  std::vector<int> nodes;          ///< NUMA nodes of their memory
  std::size_t bytes_an_array = 0;  ///< of each of a thread's three arrays
};

/// All CPUs of a socket, or of all sockets (-1), and the memory beside them; arrays of which all
/// threads' together are four times the last-level caches and a quarter of the memory at most.
/// kNotFound for a socket that is not there or has no memory of its own.
[[nodiscard]] Result<TrafficPlace> PlaceOfSocket(const BandwidthMachine& machine, int socket);

/// Bytes that a team has moved.
struct TeamTraffic {
  double read = 0;       ///< by the program
  double write = 0;      ///< by the program
  double allocated = 0;  ///< lines read before they are written, on a cache that does so
};

/// The threads wait until they are asked. Not thread-safe.
class TrafficTeam {
 public:
  /// One thread on each CPU, its arrays touched. kSystem where memory or threads cannot be had or
  /// a CPU has gone offline.
  static Result<TrafficTeam> Start(const TrafficPlace& place);

  TrafficTeam(TrafficTeam&&) noexcept;
  TrafficTeam& operator=(TrafficTeam&&) noexcept;
  TrafficTeam(const TrafficTeam&) = delete;
  TrafficTeam& operator=(const TrafficTeam&) = delete;
  ~TrafficTeam();

  /// All threads run the kernel over and over, until End.
  void Begin(const TrafficKernelInfo& kernel);
  /// Ends after the pass that each is in; what was moved since Begin.
  TeamTraffic End();

 private:
  class Threads;
  explicit TrafficTeam(std::unique_ptr<Threads> threads);
  std::unique_ptr<Threads> threads_;
};

}  // namespace pmubench
