#include "bandwidth/port_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include "counters/counter_group.h"

namespace pmubench {
namespace {

constexpr std::size_t kMeshCounters = 8;
constexpr int kOnOneCrosspoint = 2;
// Meshes are at most 12 x 12: x and y in 4 bits each, above 3 bits for port and device.
constexpr std::uint64_t kIdEnd = 1 << 11;
constexpr std::uint64_t kIdStep = 1 << 3;
constexpr int kMostPorts = 6;

CounterTarget TargetOf(const PmuDevice& mesh) {
  return CounterTarget::Cpu(mesh.cpumask.empty() ? 0 : mesh.cpumask.front());
}

CounterOptions NoExcludes() {
  CounterOptions options;
  options.no_excludes = true;
  return options;
}

Result<CounterGroup> OpenBatch(Kernel& kernel, const PmuDevice& mesh,
                               const std::vector<MeshPort>& batch, const Permissions& permissions) {
  std::vector<EventEncoding> events;
  std::map<std::uint64_t, int> on_crosspoint;
  for (const MeshPort& port : batch) {
    const int group = on_crosspoint[port.nodeid]++;
    auto event = EncodeSysfs(mesh, WatchpointTerms("watchpoint_down", port, group));
    if (!event) return event.error();
    event->name = fmt::format("{}/watchpoint_down at {:#x}/", mesh.name, port.nodeid);
    events.push_back(*std::move(event));
  }
  return CounterGroup::Open(kernel, events, TargetOf(mesh), NoExcludes(), permissions);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Flits a second of each port of a batch; nullopt where it got no counters.
std::optional<std::vector<double>> CountBatch(Kernel& kernel, const PmuDevice& mesh,
                                              const std::vector<MeshPort>& batch,
                                              const Permissions& permissions,
                                              std::chrono::milliseconds window) {
  auto group = OpenBatch(kernel, mesh, batch, permissions);
  if (!group || !group->Enable()) return std::nullopt;
  std::this_thread::sleep_for(window);
  const auto reading = group->Read();
  if (!reading || reading->time_running == 0) return std::nullopt;
  std::vector<double> rates;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    rates.push_back(1e9 * static_cast<double>(reading->members[i].value) /
                    static_cast<double>(reading->time_running));
  }
  return rates;
}

}  // namespace

std::vector<std::vector<MeshPort>> BatchesOfPorts(const std::vector<MeshPort>& ports) {
  std::vector<std::vector<MeshPort>> batches;
  for (const MeshPort& port : ports) {
    const auto fits = [&](const std::vector<MeshPort>& batch) {
      return batch.size() < kMeshCounters &&
             std::count_if(batch.begin(), batch.end(), [&](const MeshPort& other) {
               return other.nodeid == port.nodeid;
             }) < kOnOneCrosspoint;
    };
    const auto batch = std::find_if(batches.begin(), batches.end(), fits);
    if (batch == batches.end()) {
      batches.push_back({port});
    } else {
      batch->push_back(port);
    }
  }
  return batches;
}

Result<std::vector<MeshPort>> FindPorts(Kernel& kernel, const PmuDevice& mesh,
                                        const Permissions& permissions) {
  std::vector<int> numbers;
  for (int port = 0; port < kMostPorts; ++port) {
    if (mesh.events.contains(fmt::format("mxp_p{}_dat_txflit_valid", port)))
      numbers.push_back(port);
  }
  // Early drivers list none of these; their meshes have two ports.
  if (numbers.empty()) numbers = {0, 1};
  std::vector<MeshPort> ports;
  std::optional<Error> refused;
  for (std::uint64_t id = 0; id < kIdEnd; id += kIdStep) {
    const auto opened = OpenBatch(kernel, mesh, {{mesh.name, id, numbers.front()}}, permissions);
    if (opened) {
      for (const int port : numbers) ports.push_back({mesh.name, id, port});
    } else if (!refused) {
      refused = opened.error();
    }
  }
  if (ports.empty()) return *refused;
  return ports;
}

std::vector<PortTraffic> ScanPorts(
    Kernel& kernel, const PmuDevice& mesh, const std::vector<MeshPort>& ports,
    const Permissions& permissions, const ScanOptions& options,
    const std::function<void(std::size_t done, std::size_t all)>& progress) {
  std::map<MeshPort, std::vector<double>> rates;
  std::mt19937_64 random(options.seed);
  std::vector<MeshPort> order = ports;
  std::size_t done = 0;
  for (int round = 0; round < options.rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    const auto batches = BatchesOfPorts(order);
    for (const auto& batch : batches) {
      progress(done++, batches.size() * static_cast<std::size_t>(options.rounds));
      const auto counted = CountBatch(kernel, mesh, batch, permissions, options.window);
      for (std::size_t i = 0; counted && i < batch.size(); ++i) {
        rates[batch[i]].push_back((*counted)[i]);
      }
    }
  }
  std::vector<PortTraffic> traffic;
  for (const MeshPort& port : ports) {
    const auto found = rates.find(port);
    if (found == rates.end()) {
      traffic.push_back({port, 0, false});
    } else {
      traffic.push_back({port, Median(found->second), true});
    }
  }
  return traffic;
}

}  // namespace pmubench
