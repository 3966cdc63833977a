// The load: requests over many connections from one thread, closed or open loop.
#pragma once

#include <cstdint>
#include <optional>

#include "common/histogram.h"
#include "redis/key_choice.h"
#include "redis/requests.h"
#include "server/connection.h"

namespace pmubench::redis {

struct LoadOptions {
  Endpoint endpoint;
  int connections = 50;
  int pipeline = 1;  ///< requests in flight on a connection; closed loop only
  Mix mix = Mixes().front();
  std::uint32_t keys = 100'000;  ///< one key alone reads several times too fast
  std::uint32_t value_size = 32;
  Distribution distribution = Distribution::kUniform;
  std::uint64_t seed = 1;
  /// Requests a second on a fixed schedule (open loop): latency counts from when a request should
  /// have been sent, so a stall of the server delays those that come after it as it would for
  /// users. 0: closed loop, each connection waits for its replies; for throughput.
  double rate = 0;
  std::uint64_t requests = 100'000;
  double max_seconds = 30;  ///< ends earlier, without error
};

struct LoadResult {
  std::uint64_t requests = 0;  ///< answered, each reply checked
  double seconds = 0;
  double client_cpu_seconds = 0;  ///< of the load itself: near `seconds` it measures the client
  Histogram latency;              ///< ns; from the intended start (open) or from sending (closed)
  Histogram from_send;            ///< ns; from when it was really sent
  Histogram lateness;             ///< ns; how late the sender was: its own validity check

  [[nodiscard]] double per_second() const {
    return seconds > 0 ? static_cast<double>(requests) / seconds : 0;
  }
};

/// Runs it on the calling thread. Errors: cannot connect, the server went away (how far it came),
/// a wrong reply (what came instead).
[[nodiscard]] Result<LoadResult> RunLoad(const LoadOptions& options);

/// Creates keys 0 to keys - 1; with `containers` also the lists, hashes and the sorted set of the
/// mixes that use them.
[[nodiscard]] Result<void> Preload(const Endpoint& endpoint, const Protocol& protocol,
                                   bool containers);

/// Whether a mix needs the containers.
[[nodiscard]] bool UsesContainers(const Mix& mix);

}  // namespace pmubench::redis
