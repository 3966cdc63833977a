// All sources, and which of them a machine should use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bandwidth/source.h"

namespace pmubench {

BandwidthSource ImcSource();
BandwidthSource ImcFreeRunningSource();
BandwidthSource AmdUmcSource();
BandwidthSource AmdFabricSource();
BandwidthSource Dmc620Source();
BandwidthSource HisiDdrcSource();
BandwidthSource CmnSource();
BandwidthSource CmnHomeNodeSource();
BandwidthSource ResctrlSource();
BandwidthSource ResctrlLocalSource();
BandwidthSource LlcMissSource();

/// The best first: measured reads and writes, then totals, then estimates.
[[nodiscard]] const std::vector<BandwidthSource>& AllSources();

/// By name or alias, in any case, with or without hyphens. kUsage with the nearest name.
[[nodiscard]] Result<BandwidthSource> SourceNamed(const std::string& name);

/// A source as this machine has it.
struct ListedSource {
  BandwidthSource source;
  SourceFinding finding;
};

struct SourceList {
  std::vector<ListedSource> sources;  ///< in the order of AllSources()
  std::optional<std::size_t> chosen;  ///< index of the one to use
  std::string why_chosen;
};

/// Looks for all of them, adds what permissions and missing controllers mean, and chooses.
[[nodiscard]] SourceList FindSources(const BandwidthMachine& machine);

}  // namespace pmubench
