// Whether this CPU and kernel act on the protection, or run its instructions as NOPs.
#pragma once

#include <filesystem>
#include <string>

namespace pmubench::protection {

struct Enforcement {
  bool landing_pads = false;      ///< indirect branches must meet one: BTI, IBT
  bool return_addresses = false;  ///< PAC, or a shadow stack (GCS, SHSTK)
  std::string landing_pads_how;   ///< for people, with the reason where it is not
  std::string return_addresses_how;
};

/// From /proc below `root`, for the calling process. `code` is an address in the code that is
/// measured: BTI is a property of its page.
[[nodiscard]] Enforcement ReadEnforcement(const std::filesystem::path& root, const void* code);

}  // namespace pmubench::protection
