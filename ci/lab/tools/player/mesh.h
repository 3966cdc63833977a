// A CMN mesh in shared memory: found by its discovery registers, as the driver finds it; counts
// what the driver has programmed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "traffic.h"

namespace pmubench::lab {

struct MeshNode {
  int type = 0, id = 0, logical = 0, x = 0, y = 0;
  std::uint32_t offset = 0;
};

/// The registers that define what one counter of a crosspoint counts, copied at once: the driver
/// reprograms within tens of microseconds, and half of the old and half of the new is neither.
struct CounterSetting {
  bool paired = false;  ///< with a counter of the DTC
  int select = 0, global = 0, node = 0;
  std::array<int, 4> types{}, events{};
  std::array<std::array<std::uint64_t, 3>, 2> watchpoints{};  ///< configuration, value, mask

  friend bool operator==(const CounterSetting&, const CounterSetting&) = default;
};

class Mesh {
 public:
  /// nullopt where there is no mesh with a DTC.
  static std::optional<Mesh> Discover(std::uint8_t* base, std::uint32_t root, int number);

  /// Whether its counters run now: the driver stops them all while it reads a group or programs.
  [[nodiscard]] bool Runs() const;

  /// Counts this step's events. `share`: how much of a late step a counter can have seen that was
  /// off in the step before.
  void Step(const std::vector<Flow>& flows, double share);

 private:
  struct Counter {
    CounterSetting setting;
    std::vector<std::size_t> flows;  ///< that it counts
  };
  struct Crosspoint {
    MeshNode node;
    std::array<Counter, 4> counters;
    bool was_on = false;
    bool wide =
        false;  ///< more than two ports in use: ids have 2 bits for the port, 1 for the device
  };

  void AddChildren(Crosspoint& crosspoint);
  [[nodiscard]] CounterSetting Setting(const Crosspoint& crosspoint, std::size_t counter,
                                       std::uint64_t config) const;
  [[nodiscard]] bool WatchpointHits(const Crosspoint& crosspoint, int watchpoint,
                                    const std::array<std::uint64_t, 3>& registers,
                                    const Flow& flow) const;
  [[nodiscard]] bool Hits(const Crosspoint& crosspoint, const CounterSetting& setting,
                          const Flow& flow) const;
  void Count(Crosspoint& crosspoint, const std::vector<Flow>& flows, double share, bool on);

  std::uint8_t* base_ = nullptr;
  int number_ = 0;
  int part_ = 0;
  int bits_ = 2;  ///< of x and of y in a node id
  std::uint32_t dtc_ = 0;
  std::vector<Crosspoint> crosspoints_;
  std::vector<MeshNode> nodes_;
};

}  // namespace pmubench::lab
