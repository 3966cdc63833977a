#include "bandwidth/locate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bandwidth/event_name.h"
#include "bandwidth/levels.h"
#include "platform/files.h"

namespace pmubench {
namespace {

// Levels of devices are 28 % apart at least on an Ampere Altra, ports of one kind within 1.5 %.
constexpr double kGap = 0.15;
// Interleaving loads all channels alike.
constexpr double kEven = 0.03;
constexpr double kTooUneven = 0.10;
// Ports with less than this share of the busiest are taken as idle.
constexpr double kLit = 0.05;
// Controllers, home nodes and cores: a mesh under load has all three.
constexpr std::size_t kKinds = 3;
// Two independent ways to one answer leave a tenth of the doubt; against each other neither is
// right.
constexpr double kDoubtWithMap = 0.1;
constexpr double kTrustAgainstMap = 0.4;
// A pair of cores on an Altra carries five times the traffic of the next port.
constexpr double kCoreGap = 0.5;

/// The port in "mxp_p1_dat_txflit_valid"; nullopt for other events.
std::optional<int> PortInName(const EventName& name) {
  constexpr std::string_view kBegin = "mxp_p";
  constexpr std::string_view kEnd = "_dat_txflit_valid";
  for (const auto& [term, value] : name.terms) {
    if (!term.starts_with(kBegin) || !term.ends_with(kEnd)) continue;
    const std::string_view digits =
        std::string_view(term).substr(kBegin.size(), term.size() - kBegin.size() - kEnd.size());
    if (const auto port = ParseUnsigned(digits)) return static_cast<int>(*port);
  }
  return std::nullopt;
}

/// The port whose data flits an event counts on their way to the device.
std::optional<MeshPort> PortOf(const EventName& name) {
  const auto id = name.number("nodeid");
  if (!id) return std::nullopt;
  if (const auto port = PortInName(name)) return MeshPort{name.pmu, *id, *port};
  const auto port = name.number("wp_dev_sel");
  if (!name.has("watchpoint_down") || !port || name.number("wp_chn_sel") != 3) return std::nullopt;
  return MeshPort{name.pmu, *id, static_cast<int>(*port)};
}

std::vector<double> Descending(std::vector<PortTraffic>& ports) {
  std::stable_sort(ports.begin(), ports.end(),
                   [](const PortTraffic& a, const PortTraffic& b) { return a.flits > b.flits; });
  std::vector<double> counts;
  for (const PortTraffic& port : ports) counts.push_back(port.flits);
  return counts;
}

std::vector<MeshPort> FirstPorts(const std::vector<PortTraffic>& ports, std::size_t count) {
  std::vector<MeshPort> first;
  for (std::size_t i = 0; i < count; ++i) first.push_back(ports[i].where);
  std::sort(first.begin(), first.end());
  return first;
}

Located NotFound(std::string reason) { return {{}, 0, "not found: " + std::move(reason), 0}; }

/// How many levels carry real traffic.
std::size_t LitLevels(const std::vector<double>& counts, const std::vector<std::size_t>& levels) {
  std::size_t lit = 0;
  std::size_t begin = 0;
  for (const std::size_t length : levels) {
    if (counts[begin] >= kLit * counts.front()) ++lit;
    begin += length;
  }
  return lit;
}

std::size_t CountMissing(const std::vector<PortTraffic>& ports) {
  return static_cast<std::size_t>(std::count_if(
      ports.begin(), ports.end(), [](const PortTraffic& port) { return !port.counted; }));
}

}  // namespace

Result<std::vector<PortTraffic>> PortsOfRecording(const PerfText& text) {
  std::map<MeshPort, PortTraffic> ports;
  for (const PerfRow& row : text.rows) {
    const auto where = PortOf(ParseEventName(row.event));
    if (!where) continue;
    PortTraffic& port = ports.try_emplace(*where, PortTraffic{*where, 0, true}).first->second;
    port.flits += row.count.value_or(0);
    port.counted &= row.count.has_value();
  }
  if (ports.empty()) {
    return Error{ErrorCode::kBadInput, "the recording counts data flits at no port of a mesh",
                 "record mxp_pN_dat_txflit_valid or watchpoint_down of every port and crosspoint"};
  }
  std::vector<PortTraffic> list;
  for (auto& [where, port] : ports) list.push_back(port);
  return list;
}

Located LocateControllers(std::vector<PortTraffic> ports) {
  if (const std::size_t missing = CountMissing(ports); missing > 0) {
    return NotFound(fmt::format("{} of {} ports were not counted", missing, ports.size()));
  }
  const std::vector<double> counts = Descending(ports);
  if (counts.empty() || counts.front() <= 0) return NotFound("no port carried data");
  const auto levels = LevelsByGaps(counts, kGap);
  const std::size_t lit = LitLevels(counts, levels);
  const std::size_t found = levels.front();
  if (lit < kKinds) {
    return NotFound(
        fmt::format("{} level(s) of traffic where memory controllers, home nodes and "
                    "cores make {}; was the load writing to this socket's memory?",
                    lit, kKinds));
  }
  const double unevenness =
      Unevenness({counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(found)});
  if (unevenness > kTooUneven) {
    return NotFound(
        fmt::format("the {} busiest ports differ by {:.1f} %, interleaved channels by 3 % at most",
                    found, 100 * unevenness));
  }
  Located located;
  located.unevenness = unevenness;
  const double gap = (counts[found - 1] - counts[found]) / counts[found - 1];
  located.confidence = gap / (gap + unevenness);
  std::string doubts;
  if (unevenness > kEven) {
    located.confidence *= 0.75;
    doubts += "; they are less even than interleaved channels are";
  }
  // Clusters as many as there are levels, idle ones together: an independent way to the same.
  if (BestClusters(counts, lit + (counts.back() < kLit * counts.front() ? 1 : 0)).front() !=
      found) {
    located.confidence *= 0.75;
    doubts += "; the best clustering puts the border elsewhere";
  }
  if (located.confidence < kLeastConfidence) {
    return NotFound(fmt::format("{} ports stand out by {:.1f} % only{}", found, 100 * gap, doubts));
  }
  located.ports = FirstPorts(ports, found);
  located.reason = fmt::format(
      "{} of {} ports carry the most data, within {:.1f} % of each other; the next "
      "carries {:.1f} % less{}",
      found, ports.size(), 100 * unevenness, 100 * gap, doubts);
  return located;
}

Located ConfirmByMap(Located by_traffic, const std::vector<MeshPort>& in_map) {
  if (in_map.empty()) return by_traffic;
  if (by_traffic.ports.empty()) {
    by_traffic.reason += fmt::format(
        "; the driver's map names {} ports, which traffic does not confirm", in_map.size());
    return by_traffic;
  }
  const auto known = [&](const MeshPort& port) {
    return std::find(in_map.begin(), in_map.end(), port) != in_map.end();
  };
  const auto agreed = static_cast<std::size_t>(
      std::count_if(by_traffic.ports.begin(), by_traffic.ports.end(), known));
  if (agreed == by_traffic.ports.size()) {
    by_traffic.confidence = 1 - (1 - by_traffic.confidence) * kDoubtWithMap;
    by_traffic.reason +=
        agreed == in_map.size()
            ? "; the driver's map names the same"
            : fmt::format("; the driver's map names them and {} more, which are idle",
                          in_map.size() - agreed);
    return by_traffic;
  }
  const std::string conflict =
      fmt::format("; the driver's map has memory controllers at {} of these {} ports only", agreed,
                  by_traffic.ports.size());
  by_traffic.confidence *= kTrustAgainstMap;
  by_traffic.reason += conflict;
  if (by_traffic.confidence < kLeastConfidence) return NotFound(by_traffic.reason);
  return by_traffic;
}

Located LocateCorePair(std::vector<PortTraffic> ports) {
  const std::vector<double> counts = Descending(ports);
  if (counts.empty() || counts.front() <= 0) return NotFound("no port carried data");
  const auto levels = LevelsByGaps(counts, kCoreGap);
  const std::size_t found = levels.front();
  if (found > 2 || levels.size() < 2) {
    return NotFound(fmt::format("{} ports stand out where two cores have two", found));
  }
  Located located;
  located.unevenness =
      Unevenness({counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(found)});
  const double gap = (counts[found - 1] - counts[found]) / counts[found - 1];
  located.confidence = gap / (gap + located.unevenness);
  if (const std::size_t missing = CountMissing(ports); missing > 0) located.confidence *= 0.5;
  if (located.confidence < kLeastConfidence) {
    return NotFound(fmt::format("{} ports stand out by {:.1f} % only", found, 100 * gap));
  }
  located.ports = FirstPorts(ports, found);
  located.reason =
      fmt::format("{} port(s) carry the exchange, the next {:.1f} % less", found, 100 * gap);
  return located;
}

}  // namespace pmubench
