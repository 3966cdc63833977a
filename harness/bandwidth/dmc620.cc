// Arm's DMC-620 memory controller: a PMU each, named after its address.
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "bandwidth/source_parts.h"
#include "bandwidth/sources.h"

namespace pmubench {
namespace {

constexpr const char* kPrefix = "arm_dmc620_";
constexpr const char* kAcpiId = "ARMHD620";
constexpr const char* kCompatible = "arm,dmc-620";

/// The name holds the register address >> 12. Sockets are terabytes apart, the controllers of one
/// socket less than 16 GiB: what stands above bit 34 of the address tells the socket.
std::string SocketKey(const std::string& pmu) {
  const std::string_view digits = std::string_view(pmu).substr(std::string_view(kPrefix).size());
  std::uint64_t address = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), address, 16);
  return fmt::format("{:016x}", address >> 22);
}

SourceFinding FindDmc620(const BandwidthMachine& machine) {
  SourceFinding finding;
  const auto pmus = machine.PmusNamed(kPrefix);
  const int described = machine.CountFirmwareIds({kAcpiId, kCompatible});
  if (pmus.empty()) {
    finding.why = "no DMC-620 among the devices of firmware";
    if (described > 0) {
      finding.presence = Presence::kCould;
      finding.why = fmt::format("firmware describes {} DMC-620, the kernel has no driver for them",
                                described);
      finding.remedy = machine.HowToGet("CONFIG_ARM_DMC620_PMU", "arm_dmc620_pmu");
    }
    return finding;
  }
  std::vector<std::string> keys;
  for (const PmuDevice* pmu : pmus) keys.push_back(SocketKey(pmu->name));
  const std::vector<int> sockets = Ranks(keys);
  Result<void> done;
  for (std::size_t i = 0; i < pmus.size(); ++i) {
    for (const int match : {0, 1}) {
      if (!done) break;
      done = AddCounters(
          machine, *pmus[i], fmt::format("clkdiv2_rdwr,mask=1,match={}", match),
          {match == 0 ? Direction::kRead : Direction::kWrite, kLineBytes, sockets[i]}, &finding);
    }
  }
  for (MemoryCounter& counter : finding.counters) {
    counter.groups = false;
    counter.counter_bits = 32;
  }
  if (described > static_cast<int>(pmus.size())) {
    finding.warnings.push_back(
        fmt::format("{} of {} DMC-620 that firmware describes are missing: totals are incomplete",
                    described - static_cast<int>(pmus.size()), described));
  }
  Conclude(done, fmt::format("{} controllers", pmus.size()), &finding);
  return finding;
}

Recognised RecogniseDmc620(const std::vector<RecordedEvent>& events) {
  Recognised traffic;
  std::vector<std::string> keys;
  for (const RecordedEvent& event : events) {
    auto& one = traffic.emplace_back();
    const EventName& name = event.name;
    const auto match = name.number("match");
    const bool filtered = name.number("mask") == 1 && match && *match <= 1;
    if (!name.pmu.starts_with(kPrefix) || !name.has("clkdiv2_rdwr") || !filtered) continue;
    one = Traffic{*match == 0 ? Direction::kRead : Direction::kWrite, kLineBytes, 0};
    keys.push_back(SocketKey(name.pmu));
  }
  const std::vector<int> sockets = Ranks(keys);
  std::size_t next = 0;
  for (auto& one : traffic) {
    if (one) one->socket = sockets[next++];
  }
  return traffic;
}

}  // namespace

BandwidthSource Dmc620Source() {
  return {{"dmc620",
           "Arm DMC-620 memory controllers",
           "clkdiv2_rdwr x 64 bytes, every controller",
           {"mc", "arm-dmc620"}},
          FindDmc620,
          RecogniseDmc620};
}

}  // namespace pmubench
