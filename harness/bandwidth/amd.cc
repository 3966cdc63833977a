// AMD: the unified memory controllers' own PMUs (Zen 4 on, Linux 6.8 on), else what the data
// fabric can say of each memory channel.
#include <fmt/format.h>

#include <set>

#include "bandwidth/source_parts.h"
#include "bandwidth/sources.h"

namespace pmubench {
namespace {

constexpr std::uint64_t kCasCommands = 0x0a;
constexpr int kZen5Family = 0x1a;
// perf lists at most 12 memory channels a socket for the fabric, 8 before Zen 4.
constexpr unsigned kChannels = 12;
constexpr unsigned kOldChannels = 8;

SourceFinding FindNone(const BandwidthMachine& machine, bool umc) {
  SourceFinding finding;
  if (machine.cpu.vendor != "AuthenticAMD") {
    finding.why = "not an AMD processor";
  } else if (!machine.hypervisor.empty()) {
    finding.why = "virtual machines do not see the memory controllers";
  } else {
    finding.presence = Presence::kCould;
    finding.why =
        umc ? "no PMU amd_umc_*: needs Zen 4 or later and Linux 6.8 or later" : "no PMU amd_df";
    finding.remedy = machine.HowToGet("CONFIG_PERF_EVENTS_AMD_UNCORE", "amd-uncore");
  }
  return finding;
}

SourceFinding FindUmc(const BandwidthMachine& machine) {
  const auto pmus = machine.PmusNamed("amd_umc");
  if (pmus.empty()) return FindNone(machine, true);
  SourceFinding finding;
  Result<void> done;
  for (const PmuDevice* pmu : pmus) {
    for (const auto& [mask, direction] : {std::pair{1, Direction::kRead}, {2, Direction::kWrite}}) {
      if (!done) break;
      done =
          AddCounters(machine, *pmu, fmt::format("event={:#x},rdwrmask={:#x}", kCasCommands, mask),
                      {direction, kLineBytes, -1}, &finding);
    }
  }
  Conclude(done, fmt::format("{} memory controllers", pmus.size()), &finding);
  return finding;
}

/// Zen 4 and 5 tell reads from writes: 64-byte beats between either socket and a channel.
Result<void> AddBeats(const BandwidthMachine& machine, const PmuDevice& pmu,
                      SourceFinding* finding) {
  const unsigned reads = machine.cpu.family >= kZen5Family ? 0xffe : 0x7fe;
  for (unsigned channel = 0; channel < kChannels; ++channel) {
    const unsigned event = 0x1f + 0x40 * channel;
    for (const unsigned write : {0U, 1U}) {
      auto done =
          AddCounters(machine, pmu, fmt::format("event={:#x},umask={:#x}", event, reads + write),
                      {write == 0 ? Direction::kRead : Direction::kWrite, kLineBytes, -1}, finding);
      if (!done) return done;
    }
  }
  return {};
}

Result<void> AddRequests(const BandwidthMachine& machine, const PmuDevice& pmu,
                         SourceFinding* finding) {
  for (unsigned channel = 0; channel < kOldChannels; ++channel) {
    auto done =
        AddCounters(machine, pmu, fmt::format("event={:#x},umask=0x38", 0x07 + 0x40 * channel),
                    {Direction::kTotal, kLineBytes, -1}, finding);
    if (!done) return done;
  }
  return {};
}

SourceFinding FindFabric(const BandwidthMachine& machine) {
  const auto pmus = machine.PmusNamed("amd_df");
  if (pmus.empty()) return FindNone(machine, false);
  SourceFinding finding;
  const PmuDevice& pmu = *pmus.front();
  // Zen 4 widened umask to 12 bits when it changed the events.
  const auto umask = pmu.formats.find("umask");
  const bool beats = umask != pmu.formats.end() && umask->second.find(',') != std::string::npos;
  const auto done = beats ? AddBeats(machine, pmu, &finding) : AddRequests(machine, pmu, &finding);
  Conclude(
      done,
      beats
          ? "beats of every channel, reads and writes; more events than counters, so they take "
            "turns"
          : "requests of every channel, total only; more events than counters, so they take turns",
      &finding);
  return finding;
}

Recognised RecogniseUmc(const std::vector<RecordedEvent>& events) {
  Recognised traffic;
  for (const RecordedEvent& event : events) {
    auto& one = traffic.emplace_back();
    if (!event.name.pmu.starts_with("amd_umc")) continue;
    const auto mask = event.name.number("rdwrmask");
    const bool cas = event.name.number("event") == kCasCommands;
    if (event.name.has("umc_cas_cmd.rd") || (cas && mask == 1)) {
      one = Traffic{Direction::kRead, kLineBytes, 0};
    } else if (event.name.has("umc_cas_cmd.wr") || (cas && mask == 2)) {
      one = Traffic{Direction::kWrite, kLineBytes, 0};
    }
  }
  return traffic;
}

std::optional<Traffic> FabricTraffic(const EventName& name) {
  for (const auto& [term, value] : name.terms) {
    if (term.starts_with("local_or_remote_socket_read_data_beats_dram_")) {
      return Traffic{Direction::kRead, kLineBytes, 0};
    }
    if (term.starts_with("local_or_remote_socket_write_data_beats_dram_")) {
      return Traffic{Direction::kWrite, kLineBytes, 0};
    }
    if (term.starts_with("dram_channel_data_controller_")) {
      return Traffic{Direction::kTotal, kLineBytes, 0};
    }
  }
  const auto event = name.number("event");
  const auto umask = name.number("umask");
  if (!event || !umask) return std::nullopt;
  if ((*event & 0x3f) == 0x07 && *umask == 0x38) return Traffic{Direction::kTotal, kLineBytes, 0};
  if ((*event & 0x3f) != 0x1f) return std::nullopt;
  if (*umask == 0x7fe || *umask == 0xffe) return Traffic{Direction::kRead, kLineBytes, 0};
  if (*umask == 0x7ff || *umask == 0xfff) return Traffic{Direction::kWrite, kLineBytes, 0};
  return std::nullopt;
}

Recognised RecogniseFabric(const std::vector<RecordedEvent>& events) {
  Recognised traffic;
  for (const RecordedEvent& event : events) {
    const bool ours = event.name.pmu.starts_with("amd_df");
    traffic.push_back(ours ? FabricTraffic(event.name) : std::nullopt);
  }
  return traffic;
}

}  // namespace

BandwidthSource AmdUmcSource() {
  return {
      {"amd-umc", "AMD memory controllers", "CAS commands x 64 bytes, every controller", {"umc"}},
      FindUmc,
      RecogniseUmc};
}

BandwidthSource AmdFabricSource() {
  return {{"amd-df", "AMD data fabric", "64-byte transfers of every memory channel", {"df"}},
          FindFabric,
          RecogniseFabric};
}

}  // namespace pmubench
