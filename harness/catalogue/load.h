// Catalogues by name, by the CPU that is there, and with a user's own files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "pmubench/result.h"

namespace pmubench {

struct BuiltInCore {
  std::string name;   ///< "neoverse-n1"
  std::string title;  ///< "Arm Neoverse N1"
  std::string arch;   ///< "aarch64", "x86_64", empty for "software"
};

/// What tells one core from another.
struct CoreIdentity {
  std::string arch;        ///< "aarch64", "x86_64"
  std::uint64_t midr = 0;  ///< Arm: MIDR_EL1
  std::string vendor;      ///< x86: "GenuineIntel", "AuthenticAMD"
  int family = 0;          ///< x86, as /proc/cpuinfo shows it (extended bits added)
  int model = 0;
  int stepping = 0;
};

/// Every core there is a catalogue for, in alphabetical order.
[[nodiscard]] std::vector<BuiltInCore> BuiltInCores();

/// The catalogue of a built-in core, with the software events. kNotFound suggests the nearest.
[[nodiscard]] Result<Catalogue> LoadCatalogue(std::string_view core);

/// The name of the built-in core for a CPU: the most specific match in the data files, else the
/// architecture's ("arm-pmuv3", "x86-generic"), else "software".
[[nodiscard]] std::string CoreFor(const CoreIdentity& cpu);

/// `catalogue` with the events and metrics of a user's file added or overridden. A file that says
/// "inherits" defines a core of its own, which replaces `catalogue`. kBadInput where the file is
/// for another core.
[[nodiscard]] Result<Catalogue> MergeUserCatalogue(const Catalogue& catalogue,
                                                   const std::filesystem::path& file);

/// The same with every *.json of a folder, by name; files for other cores are passed over, and a
/// folder that is not there changes nothing.
[[nodiscard]] Result<Catalogue> MergeUserFolder(const Catalogue& catalogue,
                                                const std::filesystem::path& folder);

/// Where a user's files are: $XDG_CONFIG_HOME/pmubench or ~/.config/pmubench; empty where neither
/// variable is set.
[[nodiscard]] std::filesystem::path UserCatalogueFolder();

}  // namespace pmubench
