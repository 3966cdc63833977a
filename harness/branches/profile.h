// Counts of taken branches and straight-line ranges by build id and link-time address: nothing of
// one run's address layout is left, so runs add up.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "branches/instruction.h"
#include "pmubench/result.h"

namespace pmubench {

/// The other side of a branch that leaves or enters the image.
inline constexpr std::uint64_t kOutside = ~std::uint64_t{0};

struct BranchCount {
  std::uint64_t taken = 0;
  std::uint64_t mispredicted = 0;

  friend bool operator==(const BranchCount&, const BranchCount&) = default;
};

/// One binary's part of a profile.
struct ImageProfile {
  std::string build_id;
  std::string path;
  Machine machine = Machine::kUnknown;
  /// By (from, to); one of them may be kOutside.
  std::map<std::pair<std::uint64_t, std::uint64_t>, BranchCount> branches;
  /// By (first address, address of the branch that ended it), both included.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> ranges;
  std::map<std::uint64_t, std::uint64_t> samples;  ///< where threads were when looked at

  [[nodiscard]] std::uint64_t TakenTotal() const;
  [[nodiscard]] std::uint64_t RangeTotal() const;
  [[nodiscard]] std::uint64_t SampleTotal() const;
};

/// What was left out, and why: a profile that hides this cannot be trusted.
struct ProfileLosses {
  std::uint64_t lost_records = 0;   ///< the kernel's buffer was full
  std::uint64_t throttled = 0;      ///< the kernel slowed sampling down
  std::uint64_t kernel = 0;         ///< branches with a side in the kernel
  std::uint64_t half = 0;           ///< branches with one side not recorded
  std::uint64_t not_file = 0;       ///< branches in code without a file: JIT, [vdso]
  std::uint64_t unreadable = 0;     ///< branches in files that are gone or are no ELF binaries
  std::uint64_t unmapped = 0;       ///< addresses in no known mapping
  std::uint64_t bad_ranges = 0;     ///< end before start, or longer than 1 MiB
  std::uint64_t changed_files = 0;  ///< mapped files whose build id is not the one recorded
};

struct BranchProfile {
  std::string source;        ///< how it was recorded: "software", "lbr", "perf-script", ...
  std::uint64_t stacks = 0;  ///< branch stacks that went into it
  ProfileLosses losses;
  std::map<std::string, ImageProfile> images;  ///< by build id

  void Add(const BranchProfile& other);
  /// The image with the most branches (or IP samples where there are no branches); null if empty.
  [[nodiscard]] const ImageProfile* Busiest() const;
};

/// Text, one line a count, sorted: equal profiles give equal bytes.
[[nodiscard]] std::string WriteProfile(const BranchProfile& profile);
/// The reverse; `name` is for messages. kBadInput names the line.
[[nodiscard]] Result<BranchProfile> ReadProfile(const std::string& text, const std::string& name);

[[nodiscard]] Result<BranchProfile> LoadProfile(const std::string& path);

}  // namespace pmubench
