#include "bandwidth/sources.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "platform/text.h"

namespace pmubench {
namespace {

std::string Normal(const std::string& name) {
  std::string normal;
  for (const char c : ToLower(name)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) normal += c;
  }
  return normal;
}

/// Sockets with memory, as far as the nodes tell; a socket without memory moves no bytes.
std::set<int> SocketsWithMemory(const BandwidthMachine& machine) {
  std::set<int> sockets;
  for (const NumaNode& node : machine.topology.nodes) {
    if (node.memory_bytes == 0) continue;
    for (const int cpu : node.cpus) sockets.insert(machine.SocketOf(cpu));
  }
  return sockets;
}

void WarnOfGaps(const BandwidthMachine& machine, SourceFinding* finding) {
  std::map<int, std::size_t> per_socket;
  for (const MemoryCounter& counter : finding->counters) ++per_socket[counter.traffic.socket];
  for (const MemoryFile& file : finding->files) ++per_socket[file.traffic.socket];
  std::size_t most = 0;
  for (const auto& [socket, count] : per_socket) most = std::max(most, count);
  for (const auto& [socket, count] : per_socket) {
    if (count == most) continue;
    finding->warnings.push_back(
        fmt::format("socket {} has fewer counters than others ({} of {}): totals may be incomplete",
                    socket, count, most));
  }
  for (const int socket : SocketsWithMemory(machine)) {
    if (per_socket.contains(socket)) continue;
    finding->warnings.push_back(
        fmt::format("socket {} has memory but no counters: totals are incomplete", socket));
  }
}

/// Uncore PMUs and events of whole CPUs need perf_event_paranoid 0.
void ApplyPermissions(const BandwidthMachine& machine, SourceFinding* finding) {
  if (finding->counters.empty() || machine.permissions.may_count_cpus()) return;
  finding->presence = Presence::kCould;
  finding->why = fmt::format("{}; but perf_event_paranoid is {}", finding->why,
                             machine.permissions.paranoid.value_or(2));
  finding->remedy = "run as root or with CAP_PERFMON, or: sudo sysctl kernel.perf_event_paranoid=0";
}

}  // namespace

const std::vector<BandwidthSource>& AllSources() {
  static const std::vector<BandwidthSource> kSources = {
      ImcSource(),       ImcFreeRunningSource(), AmdUmcSource(),
      Dmc620Source(),    HisiDdrcSource(),       CmnSource(),
      AmdFabricSource(), CmnHomeNodeSource(),    ResctrlSource(),
      LlcMissSource(),   ResctrlLocalSource()};
  return kSources;
}

Result<BandwidthSource> SourceNamed(const std::string& name) {
  const std::string wanted = Normal(name);
  std::vector<std::string> names;
  for (const BandwidthSource& source : AllSources()) {
    names.push_back(source.info.name);
    std::vector<std::string> all = source.info.aliases;
    all.push_back(source.info.name);
    const bool found = std::any_of(all.begin(), all.end(),
                                   [&](const std::string& one) { return Normal(one) == wanted; });
    if (found) return source;
  }
  const std::string nearest = Nearest(name, names);
  return Error{ErrorCode::kUsage, fmt::format("there is no source '{}'", name),
               nearest.empty() ? fmt::format("one of: {}", fmt::join(names, ", "))
                               : fmt::format("did you mean {}?", nearest)};
}

SourceList FindSources(const BandwidthMachine& machine) {
  SourceList list;
  for (const BandwidthSource& source : AllSources()) {
    ListedSource listed{source, source.find(machine)};
    if (listed.finding.presence == Presence::kReady) {
      WarnOfGaps(machine, &listed.finding);
      ApplyPermissions(machine, &listed.finding);
    }
    list.sources.push_back(std::move(listed));
  }
  for (std::size_t i = 0; i < list.sources.size() && !list.chosen; ++i) {
    if (list.sources[i].finding.presence == Presence::kReady) list.chosen = i;
  }
  if (!list.chosen) {
    list.why_chosen = "none can be used here";
    return list;
  }
  const SourceInfo& info = list.sources[*list.chosen].source.info;
  list.why_chosen = info.estimate ? "the last resort: nothing better is ready"
                    : info.gives == Gives::kReadsAndWrites
                        ? "the first ready one that measures reads and writes"
                        : "the first ready one; it cannot tell reads from writes";
  return list;
}

}  // namespace pmubench
