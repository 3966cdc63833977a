// Whether a profile belongs to a binary and a tool can use it: every tool of this field writes an
// empty or wrong result without a word where it does not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "branches/elf_image.h"
#include "branches/export.h"
#include "branches/profile.h"

namespace pmubench {

/// What was found, as shares of counts, and what is wrong.
struct ProfileCheck {
  std::uint64_t taken = 0;
  std::uint64_t ranges = 0;
  double branch_share = 0;    ///< sources that are control transfers in the binary
  double function_share = 0;  ///< counts whose source lies in a known function
  double crossing_share = 0;  ///< ranges that leave the function they start in
  double outside_share = 0;   ///< branches that leave or enter the image
  int functions_seen = 0;
  int functions_known = 0;
  std::vector<Error> errors;          ///< the profile must not be used
  std::vector<std::string> warnings;  ///< it may be, but know this
};

/// Fewest taken branches that are still a profile: two stacks of LBR's depth.
inline constexpr std::uint64_t kFewestBranches = 64;
/// Below this many, tools work but choices rest on few looks.
inline constexpr std::uint64_t kManyBranches = 3000;

/// Pure. `source` is the profile's, for IP-only ones and their warning.
[[nodiscard]] ProfileCheck CheckProfile(const ImageProfile& profile, const ElfImage& image,
                                        ExportFormat format, const std::string& source);

/// The part of `profile` that belongs to `image`; the error says which builds there are instead,
/// and whether one of them has the binary's path: then it was changed since the recording.
[[nodiscard]] Result<const ImageProfile*> PartOf(const BranchProfile& profile,
                                                 const ElfImage& image);

}  // namespace pmubench
