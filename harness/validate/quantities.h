// The quantities an event can be held against: a loop, and what one step of it must count.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/topology.h"
#include "pmubench/result.h"
#include "validate/judge.h"

namespace pmubench {

/// A loop ready to run, with the memory it needs.
struct ReadyLoop {
  std::function<void(std::uint64_t steps)> run;
  std::uint64_t steps = 0;  ///< of the shortest length
  Truth truth;
};

/// One quantity of the catalogue's "truth" fields.
struct Quantity {
  std::string_view name;  ///< "taken_branches"
  std::string_view loop;  ///< for people: "4 jumps and the loop's branch a step"
  bool software = false;  ///< counted by the kernel in kernel mode: page faults
  /// Prepares the loop for a machine with these caches. kNotFound where it cannot be made here.
  Result<ReadyLoop> (*prepare)(const std::vector<CacheLevel>& caches);
};

/// All of them.
[[nodiscard]] const std::vector<Quantity>& Quantities();

/// By name; null where there is none.
[[nodiscard]] const Quantity* FindQuantity(std::string_view name);

}  // namespace pmubench
