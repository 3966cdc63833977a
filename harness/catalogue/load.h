// Catalogues by name, by the CPU that is there, and with a user's own files.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "platform/cpu.h"
#include "pmubench/result.h"

namespace pmubench {

struct BuiltInCore {
  std::string name;   ///< "neoverse-n1"
  std::string title;  ///< "Arm Neoverse N1"
  std::string arch;   ///< "arm64", "x86_64"; empty for "software"
};

/// Every core there is a catalogue for, in alphabetical order.
[[nodiscard]] std::vector<BuiltInCore> BuiltInCores();

/// The catalogue of a built-in core, with the software events. kNotFound suggests the nearest.
[[nodiscard]] Result<Catalogue> LoadCatalogue(std::string_view core);

/// The name of the built-in core for a CPU: the most specific match in the data files, else the
/// architecture's ("arm-pmuv3", "x86-generic"), else "software".
[[nodiscard]] std::string CoreFor(const CpuIdentity& cpu);

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
