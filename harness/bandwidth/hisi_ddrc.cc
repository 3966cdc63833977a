// HiSilicon's DDR controllers (Kunpeng): v1 "hisi_sccl1_ddrc0", v2 "hisi_sccl1_ddrc0_1".
#include <fmt/format.h>

#include <charconv>

#include "bandwidth/source_parts.h"
#include "bandwidth/sources.h"

namespace pmubench {
namespace {

// The flux counters count bursts of 32 bytes.
constexpr double kBurstBytes = 32;
constexpr const char* kPrefix = "hisi_sccl";

bool IsDdrc(const std::string& pmu) {
  return pmu.starts_with(kPrefix) && pmu.find("_ddrc") != std::string::npos;
}

SourceFinding FindDdrc(const BandwidthMachine& machine) {
  SourceFinding finding;
  int pmus = 0;
  Result<void> done;
  for (const PmuDevice& pmu : machine.pmus) {
    if (!IsDdrc(pmu.name)) continue;
    ++pmus;
    if (done)
      done = AddCounters(machine, pmu, "flux_rd", {Direction::kRead, kBurstBytes, -1}, &finding);
    if (done)
      done = AddCounters(machine, pmu, "flux_wr", {Direction::kWrite, kBurstBytes, -1}, &finding);
  }
  // v1 counts in 32 bits, v2 in 48; reading often enough for the former costs little.
  for (MemoryCounter& counter : finding.counters) counter.counter_bits = 32;
  if (pmus > 0) {
    Conclude(done, fmt::format("{} controllers", pmus), &finding);
    return finding;
  }
  finding.why = "no HiSilicon DDR controller among the devices of firmware";
  if (machine.CountFirmwareIds({"HISI0233", "HISI0234"}) > 0) {
    finding.presence = Presence::kCould;
    finding.why = "firmware describes HiSilicon DDR controllers, the kernel has no PMU for them";
    finding.remedy = machine.HowToGet("CONFIG_HISI_PMU", "hisi_uncore_ddrc_pmu");
  }
  return finding;
}

/// The number of the super CPU cluster, which has memory of its own.
int ClusterOf(const std::string& pmu) {
  const std::string_view digits = std::string_view(pmu).substr(std::string_view(kPrefix).size());
  int cluster = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), cluster);
  return cluster;
}

Recognised RecogniseDdrc(const std::vector<RecordedEvent>& events) {
  Recognised traffic;
  for (const RecordedEvent& event : events) {
    auto& one = traffic.emplace_back();
    if (!IsDdrc(event.name.pmu)) continue;
    if (event.name.has("flux_rd")) {
      one = Traffic{Direction::kRead, kBurstBytes, ClusterOf(event.name.pmu)};
    } else if (event.name.has("flux_wr")) {
      one = Traffic{Direction::kWrite, kBurstBytes, ClusterOf(event.name.pmu)};
    }
  }
  return traffic;
}

}  // namespace

BandwidthSource HisiDdrcSource() {
  return {{"hisi-ddrc",
           "HiSilicon DDR controllers",
           "flux_rd and flux_wr x 32 bytes, every controller",
           {"ddrc", "hisilicon"}},
          FindDdrc,
          RecogniseDdrc};
}

}  // namespace pmubench
