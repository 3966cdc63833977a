#include "bandwidth/source_parts.h"

#include <algorithm>
#include <set>
#include <utility>

namespace pmubench {

Result<void> AddCounters(const BandwidthMachine& machine, const PmuDevice& pmu,
                         const std::string& terms, Traffic traffic, SourceFinding* finding) {
  auto event = EncodeSysfs(pmu, terms);
  if (!event) return event.error();
  event->name = pmu.name + "/" + terms + "/";
  const std::vector<int> cpus =
      pmu.cpumask.empty() ? std::vector<int>{machine.FirstCpu()} : pmu.cpumask;
  for (const int cpu : cpus) {
    MemoryCounter counter;
    counter.event = *event;
    counter.traffic = traffic;
    if (traffic.socket < 0) counter.traffic.socket = machine.SocketOf(cpu);
    counter.cpu = cpu;
    finding->counters.push_back(std::move(counter));
  }
  return {};
}

void Conclude(const Result<void>& done, std::string why, SourceFinding* finding) {
  if (done) {
    finding->presence = Presence::kReady;
    finding->why = std::move(why);
    return;
  }
  finding->presence = Presence::kCould;
  finding->why = done.error().message;
  finding->remedy = done.error().remedy;
  finding->counters.clear();
}

std::vector<int> Ranks(const std::vector<std::string>& names) {
  const std::set<std::string> sorted(names.begin(), names.end());
  std::vector<int> ranks;
  for (const std::string& name : names) {
    ranks.push_back(static_cast<int>(std::distance(sorted.begin(), sorted.find(name))));
  }
  return ranks;
}

}  // namespace pmubench
