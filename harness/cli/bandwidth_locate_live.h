// Finds the ports of memory controllers by counting at all of them under a load.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bandwidth/locate.h"
#include "pmubench/result.h"

namespace pmubench {

struct LocateLiveOptions {
  std::vector<std::string> meshes;  ///< "arm_cmn_0"; empty: all
  bool own_load = true;             ///< write to the memory of each mesh's socket while counting
  int rounds = 5;
  int window_ms = 50;
  std::uint64_t seed = 0;  ///< 0: another order every time
  bool keep = true;        ///< for `bandwidth --source cmn`
};

/// An answer a mesh; a mesh that cannot be looked at has no ports and says why. Errors: there is no
/// mesh, or none of the name; no permission.
[[nodiscard]] Result<std::map<std::string, Located>> LocateLive(const LocateLiveOptions& options);

}  // namespace pmubench
