// Intel's integrated memory controllers: CAS commands, one a cache line; and the free-running
// counters beside them, which count bytes whether anyone asks or not.
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "bandwidth/source_parts.h"
#include "bandwidth/sources.h"
#include "platform/files.h"

namespace pmubench {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;
constexpr const char* kFreeRunning = "uncore_imc_free_running";

bool IsFreeRunning(const std::string& pmu) {
  return pmu.find("imc_free_running") != std::string::npos;
}

bool IsImc(const std::string& pmu) {
  return (pmu.starts_with("uncore_imc") || pmu == "imc" || pmu.starts_with("imc_")) &&
         !IsFreeRunning(pmu);
}

/// Read or write by an alias's name. Sapphire Rapids and later have two sub-channels a channel,
/// with an alias each ("cas_count_read_sch0"); client parts and free-running counters say
/// "data_read". "ddrt_*" is persistent memory on the same bus: not DRAM.
std::optional<Direction> DirectionOf(const std::string& alias) {
  static const std::set<std::string> kReads = {"cas_count_read",      "cas_count_read_sch0",
                                               "cas_count_read_sch1", "data_reads",
                                               "data_read",           "read"};
  static const std::set<std::string> kWrites = {"cas_count_write",      "cas_count_write_sch0",
                                                "cas_count_write_sch1", "data_writes",
                                                "data_write",           "write"};
  if (kReads.contains(alias)) return Direction::kRead;
  if (kWrites.contains(alias)) return Direction::kWrite;
  return std::nullopt;
}

/// Bytes a count by the kernel's own scale, 64 where it gives none.
double BytesPerCount(const PmuDevice& pmu, const std::string& alias) {
  const auto scale = pmu.scales.find(alias);
  const auto unit = pmu.units.find(alias);
  if (scale == pmu.scales.end() || unit == pmu.units.end() || unit->second != "MiB") {
    return kLineBytes;
  }
  double value = 0;
  const std::string& text = scale->second;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc{} ? value * kMiB : kLineBytes;
}

SourceFinding FindImcs(const BandwidthMachine& machine, bool free_running) {
  SourceFinding finding;
  int pmus = 0;
  int without_aliases = 0;
  Result<void> done;
  for (const PmuDevice& pmu : machine.pmus) {
    if (free_running ? !IsFreeRunning(pmu.name) : !IsImc(pmu.name)) continue;
    ++pmus;
    const std::size_t before = finding.counters.size();
    for (const auto& [alias, terms] : pmu.events) {
      const auto direction = DirectionOf(alias);
      if (!direction || !done) continue;
      done =
          AddCounters(machine, pmu, alias, {*direction, BytesPerCount(pmu, alias), -1}, &finding);
    }
    if (finding.counters.size() == before) ++without_aliases;
  }
  if (pmus > 0 && without_aliases == pmus) {
    done = Error{ErrorCode::kNoSuchEvent,
                 fmt::format("{} memory controllers' PMUs, but no events with names", pmus),
                 "use a newer kernel: it has to know this processor's memory controllers"};
  }
  if (pmus > 0) {
    Conclude(done, fmt::format("{} PMUs of memory controllers", pmus), &finding);
    return finding;
  }
  if (machine.cpu.vendor != "GenuineIntel") {
    finding.why = "not an Intel processor";
  } else if (!machine.hypervisor.empty()) {
    finding.why = "virtual machines do not see the memory controllers";
  } else {
    finding.presence = free_running ? Presence::kNotHere : Presence::kCould;
    finding.why = "the kernel shows no PMU of a memory controller";
    if (!free_running) {
      finding.remedy = machine.HowToGet("CONFIG_PERF_EVENTS_INTEL_UNCORE", "intel_uncore");
    }
  }
  return finding;
}

SourceFinding FindImc(const BandwidthMachine& machine) { return FindImcs(machine, false); }
SourceFinding FindFreeRunning(const BandwidthMachine& machine) { return FindImcs(machine, true); }

/// Sockets of `perf stat -A`: the CPU or socket that perf names beside the count.
Recognised WithSockets(const std::vector<RecordedEvent>& events, Recognised traffic) {
  std::vector<std::string> places;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (traffic[i]) places.push_back(fmt::format("{:>8}", events[i].place));
  }
  const std::vector<int> ranks = Ranks(places);
  std::size_t next = 0;
  for (auto& one : traffic) {
    if (one) one->socket = ranks[next++];
  }
  return traffic;
}

/// Raw codes by generation: Skylake and Cascade Lake 0x04 with umask 0x03 and 0x0c (0x0f is both),
/// Ice Lake 0x04 with 0x0f and 0x30, Sapphire Rapids 0x05 (and 0x06) with 0xcf and 0xf0.
std::optional<Direction> DirectionOfCode(std::uint64_t event, std::uint64_t umask, bool skylake) {
  if (event == 0x04 && skylake) {
    if (umask == 0x03) return Direction::kRead;
    if (umask == 0x0c) return Direction::kWrite;
    return std::nullopt;
  }
  if (event == 0x04 && umask == 0x0f) return Direction::kRead;
  if (event == 0x04 && umask == 0x30) return Direction::kWrite;
  if ((event == 0x05 || event == 0x06) && umask == 0xcf) return Direction::kRead;
  if ((event == 0x05 || event == 0x06) && umask == 0xf0) return Direction::kWrite;
  return std::nullopt;
}

Recognised RecogniseAliases(const std::vector<RecordedEvent>& events, bool free_running) {
  bool skylake = false;
  for (const RecordedEvent& event : events) {
    const auto umask = event.name.number("umask");
    skylake |= IsImc(event.name.pmu) && event.name.number("event") == 0x04 &&
               (umask == 0x03 || umask == 0x0c);
  }
  Recognised traffic;
  for (const RecordedEvent& event : events) {
    auto& one = traffic.emplace_back();
    const bool ours = free_running ? IsFreeRunning(event.name.pmu) : IsImc(event.name.pmu);
    if (!ours) continue;
    std::optional<Direction> direction;
    for (const auto& [term, value] : event.name.terms) {
      if (!direction) direction = DirectionOf(term);
    }
    const auto code = event.name.number("event");
    if (!direction && code && !free_running) {
      direction = DirectionOfCode(*code, event.name.number("umask").value_or(0), skylake);
    }
    // perf has applied the kernel's scale already where it prints a unit.
    if (direction) one = Traffic{*direction, event.unit == "MiB" ? kMiB : kLineBytes, 0};
  }
  return WithSockets(events, std::move(traffic));
}

Recognised RecogniseImc(const std::vector<RecordedEvent>& events) {
  return RecogniseAliases(events, false);
}
Recognised RecogniseFreeRunning(const std::vector<RecordedEvent>& events) {
  return RecogniseAliases(events, true);
}

}  // namespace

BandwidthSource ImcSource() {
  return {{"imc",
           "Intel memory controllers",
           "CAS commands x 64 bytes, every channel",
           {"intel", "intel-imc", "uncore-imc"}},
          FindImc,
          RecogniseImc};
}

BandwidthSource ImcFreeRunningSource() {
  return {{"imc-free-running",
           "Intel memory controllers, free-running",
           "bytes counted all the time, by the kernel's scale",
           {kFreeRunning}},
          FindFreeRunning,
          RecogniseFreeRunning};
}

}  // namespace pmubench
