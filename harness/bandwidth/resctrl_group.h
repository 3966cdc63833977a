// Groups of the resctrl file system: tasks that are monitored by themselves, or whose share of the
// last-level cache and of memory bandwidth is limited.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bandwidth/source.h"

namespace pmubench {

/// What tasks may use. nullopt: all of it.
struct ResctrlLimits {
  std::optional<int> l3_ways;
  std::optional<int> mb_percent;

  [[nodiscard]] bool any() const { return l3_ways || mb_percent; }
};

/// What /sys/fs/resctrl/info says can be limited.
struct ResctrlAbility {
  std::uint64_t way_mask = 0;  ///< of info/L3*/cbm_mask; 0: the cache cannot be partitioned
  int least_ways = 1;
  int least_percent = 0;  ///< 0: bandwidth cannot be limited
  int percent_step = 1;
};

/// Lines for a group's `schemata`, from those of the root group, which names the domains: the
/// lowest ways, the percentage rounded up to a step. Pure. kUsage for what is not possible, kNoPmu
/// where the machine cannot limit it.
[[nodiscard]] Result<std::string> SchemataOf(const ResctrlLimits& limits,
                                             const ResctrlAbility& ability,
                                             const std::string& root_schemata);

/// Why a group could not be made, by errno.
[[nodiscard]] Error GroupError(int error, const std::filesystem::path& group);

/// A group with this process in it, and with that all it starts later. No other group is changed:
/// when it goes, the kernel gives its tasks back to the root group. One that a crash left is
/// removed when the next is made. Move-only.
class ResctrlGroup {
 public:
  /// `root`: "/" for this machine. With limits a control group, without a monitoring group. kNoPmu:
  /// not mounted, full of groups, or cannot do this; kNotPermitted.
  static Result<ResctrlGroup> Make(const std::filesystem::path& root, const ResctrlLimits& limits);

  ResctrlGroup(ResctrlGroup&& other) noexcept;
  ResctrlGroup& operator=(ResctrlGroup&&) = delete;
  ResctrlGroup(const ResctrlGroup&) = delete;
  ~ResctrlGroup();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// Files of the group's own bytes in the place of the whole machine's; empty where the kernel
  /// does not monitor.
  [[nodiscard]] std::vector<MemoryFile> FilesInPlaceOf(const std::vector<MemoryFile>& files) const;
  /// Bytes of the last-level caches that the group's lines take now; nullopt where not monitored.
  [[nodiscard]] std::optional<double> CacheOccupancy() const;

 private:
  explicit ResctrlGroup(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

/// Removes groups of pmubench whose process is gone; how many there were.
std::size_t RemoveStaleGroups(const std::filesystem::path& root);

}  // namespace pmubench
