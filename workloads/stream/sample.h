// One measurement of a kernel with all that it takes to trust it, and how it is written.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "common/quiet_gate.h"
#include "stream/memory_meter.h"
#include "stream/team.h"

namespace pmubench::stream {

/// A measurement kept by the gate, or the last one, marked.
struct Sample {
  TeamTimes times;
  int threads = 1;
  bool quiet = false;
  Neighbours neighbours;
};

struct SampleOptions {
  double seconds = 0.3;
  int attempts = 5;  ///< samples tried for a quiet one
  GateLimits gate;
};

/// The gate against neighbours, and what counts the memory's traffic, where this machine can.
class Instruments {
 public:
  explicit Instruments(const SampleOptions& options)
      : options_(options), gate_(options.gate), meter_(MemoryMeter::OnThisMachine()) {}

  Sample Measure(Team& team, const Kernel& kernel, std::size_t doubles = 0);

  /// "gate", and "memory_source" or why there is none.
  void AddTo(nlohmann::ordered_json& out) const;
  void Print() const;

 private:
  SampleOptions options_;
  QuietGate gate_;
  Result<MemoryMeter> meter_;
};

/// In STREAM's bytes, decimal.
[[nodiscard]] double GigaBytes(Op op, std::size_t elements, double seconds);

[[nodiscard]] nlohmann::ordered_json ToJson(const Kernel& kernel, const std::string& isa,
                                            const Sample& sample, std::size_t elements);

/// E.g. "  memory: read 16.00, written 8.00, together 24.00 bytes an element, write-allocate 0.98".
[[nodiscard]] std::string MemoryText(const Sample& sample);

}  // namespace pmubench::stream
