#include "platform/topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "platform/cpu_list.h"
#include "platform/files.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

std::vector<int> ListOf(const fs::path& file) {
  auto list = ParseCpuList(ReadText(file).value_or(""));
  return list ? std::move(list).value() : std::vector<int>{};
}

int NonNegative(const fs::path& file) {
  const auto number = ReadInteger(file);
  return number && *number > 0 ? static_cast<int>(*number) : 0;
}

// "48K", "24M": the kernel writes KiB, firmware tables of old kernels M.
std::uint64_t SizeOf(std::string_view text) {
  std::uint64_t unit = 1;
  if (text.ends_with('K')) unit = 1ULL << 10;
  if (text.ends_with('M')) unit = 1ULL << 20;
  if (text.ends_with('G')) unit = 1ULL << 30;
  if (unit != 1) text.remove_suffix(1);
  return ParseUnsigned(text).value_or(0) * unit;
}

// "Node 0 MemTotal:  65536000 kB"
std::uint64_t NodeMemory(const fs::path& folder) {
  const std::string meminfo = ReadText(folder / "meminfo").value_or("");
  for (const std::string& line : Split(meminfo, '\n')) {
    const auto at = line.find("MemTotal:");
    if (at == std::string::npos) continue;
    std::string_view amount = Trim(std::string_view(line).substr(at + 9));
    amount = amount.substr(0, amount.find(' '));
    return ParseUnsigned(amount).value_or(0) * 1024;
  }
  return 0;
}

std::vector<NumaNode> ReadNodes(const fs::path& folder) {
  std::vector<NumaNode> nodes;
  for (const std::string& name : ListNames(folder)) {
    if (!name.starts_with("node")) continue;
    const auto number = ParseUnsigned(std::string_view(name).substr(4));
    if (!number) continue;
    const fs::path node = folder / name;
    nodes.push_back({static_cast<int>(*number), ListOf(node / "cpulist"), NodeMemory(node)});
  }
  std::sort(nodes.begin(), nodes.end(),
            [](const auto& a, const auto& b) { return a.node < b.node; });
  return nodes;
}

}  // namespace

int Topology::sockets() const {
  std::set<int> sockets;
  for (const CpuPlace& place : cpus) sockets.insert(place.socket);
  return static_cast<int>(sockets.size());
}

int Topology::cores() const {
  // core_id may repeat between dies of one socket: siblings are what makes one core.
  std::set<int> first_siblings;
  for (const CpuPlace& place : cpus) first_siblings.insert(place.siblings.front());
  return static_cast<int>(first_siblings.size());
}

int Topology::threads_per_core() const {
  std::size_t most = 1;
  for (const CpuPlace& place : cpus) most = std::max(most, place.siblings.size());
  return static_cast<int>(most);
}

std::vector<int> Topology::online() const {
  std::vector<int> list;
  for (const CpuPlace& place : cpus) list.push_back(place.cpu);
  return list;
}

Result<std::vector<int>> ReadOnlineCpus(const fs::path& root) {
  const fs::path file = root / "sys/devices/system/cpu/online";
  const auto text = ReadText(file);
  if (!text) {
    return Error{ErrorCode::kNotFound, fmt::format("cannot read {}", file.string()), "mount sysfs"};
  }
  auto online = ParseCpuList(*text);
  if (online && online->empty()) {
    return Error{ErrorCode::kBadInput, fmt::format("{} is empty", file.string()), ""};
  }
  return online;
}

Result<Topology> ReadTopology(const fs::path& root) {
  const auto online = ReadOnlineCpus(root);
  if (!online) return online.error();
  const fs::path folder = root / "sys/devices/system/cpu";
  Topology topology;
  topology.nodes = ReadNodes(root / "sys/devices/system/node");
  std::map<int, int> node_of;
  for (const NumaNode& node : topology.nodes) {
    for (const int cpu : node.cpus) node_of[cpu] = node.node;
  }
  for (const int cpu : *online) {
    const fs::path files = folder / fmt::format("cpu{}/topology", cpu);
    CpuPlace place;
    place.cpu = cpu;
    place.socket = NonNegative(files / "physical_package_id");
    place.core = NonNegative(files / "core_id");
    place.node = node_of.contains(cpu) ? node_of[cpu] : 0;
    place.siblings = ListOf(files / "thread_siblings_list");
    if (place.siblings.empty()) place.siblings = {cpu};
    topology.cpus.push_back(std::move(place));
  }
  topology.caches = ReadCaches(root, online->front());
  return topology;
}

std::vector<CacheLevel> ReadCaches(const fs::path& root, int cpu) {
  const fs::path files = root / fmt::format("sys/devices/system/cpu/cpu{}/cache", cpu);
  std::vector<CacheLevel> caches;
  for (const std::string& name : ListNames(files)) {
    if (!name.starts_with("index")) continue;
    const fs::path folder = files / name;
    CacheLevel cache;
    cache.level = NonNegative(folder / "level");
    cache.type = ReadText(folder / "type").value_or("");
    cache.size = SizeOf(ReadText(folder / "size").value_or(""));
    cache.line = NonNegative(folder / "coherency_line_size");
    cache.sharing = static_cast<int>(ListOf(folder / "shared_cpu_list").size());
    if (cache.level > 0) caches.push_back(std::move(cache));
  }
  std::stable_sort(caches.begin(), caches.end(),
                   [](const auto& a, const auto& b) { return a.level < b.level; });
  return caches;
}

}  // namespace pmubench
