#include "mesh.h"

#include <algorithm>

#include "registers.h"

namespace pmubench::lab {
namespace {

constexpr std::uint32_t kOffsetMask = 0x3fffffff;

MeshNode ReadNode(std::uint8_t* base, std::uint32_t offset) {
  const auto info = Load<std::uint64_t>(base, offset + kInfo);
  MeshNode node;
  node.type = static_cast<int>(Bits(info, 0, 16));
  node.id = static_cast<int>(Bits(info, 16, 16));
  node.logical = static_cast<int>(Bits(info, 32, 16));
  node.offset = offset;
  return node;
}

std::vector<std::uint64_t> ChildPointers(std::uint8_t* base, std::uint32_t offset) {
  const auto children = Load<std::uint64_t>(base, offset + kChildren);
  std::vector<std::uint64_t> pointers;
  for (std::uint64_t i = 0; i < Bits(children, 0, 16); ++i) {
    const std::uint64_t at = offset + Bits(children, 16, 16) + 8 * i;
    pointers.push_back(Load<std::uint64_t>(base, static_cast<std::uint32_t>(at)));
  }
  return pointers;
}

/// The exponent that x and y need.
int BitsFor(std::size_t width, std::size_t height) {
  int bits = 2;
  while ((std::size_t{1} << bits) < std::max(width, height)) ++bits;
  return bits;
}

}  // namespace

std::optional<Mesh> Mesh::Discover(std::uint8_t* base, std::uint32_t root, int number) {
  if (ReadNode(base, root).type != kRootNode) return std::nullopt;
  Mesh mesh;
  mesh.base_ = base;
  mesh.number_ = number;
  const auto id = Load<std::uint64_t>(base, root + kPeripheralId);
  mesh.part_ = static_cast<int>(Bits(id, 0, 8) | Bits(id, 32, 4) << 8);
  for (const std::uint64_t pointer : ChildPointers(base, root)) {
    Crosspoint crosspoint;
    crosspoint.node = ReadNode(base, static_cast<std::uint32_t>(pointer & kOffsetMask));
    mesh.crosspoints_.push_back(crosspoint);
  }
  // The crosspoint above the first has id 8; its logical id is the width of the mesh.
  std::size_t width = mesh.crosspoints_.size();
  for (const Crosspoint& crosspoint : mesh.crosspoints_) {
    if (crosspoint.node.id == 8) width = static_cast<std::size_t>(crosspoint.node.logical);
  }
  if (width == 0) return std::nullopt;
  mesh.bits_ = BitsFor(width, mesh.crosspoints_.size() / width);
  for (Crosspoint& crosspoint : mesh.crosspoints_) mesh.AddChildren(crosspoint);
  if (mesh.dtc_ == 0) return std::nullopt;
  return mesh;
}

void Mesh::AddChildren(Crosspoint& crosspoint) {
  crosspoint.node.x = crosspoint.node.id >> (3 + bits_);
  crosspoint.node.y = crosspoint.node.id >> 3 & ((1 << bits_) - 1);
  for (std::uint32_t port = 2; part_ == kCmn700 && port < 6; ++port) {
    const auto device = Load<std::uint64_t>(base_, crosspoint.node.offset + kPortDevice + 8 * port);
    crosspoint.wide |= Bits(device, 0, 5) != 0;
  }
  for (const std::uint64_t pointer : ChildPointers(base_, crosspoint.node.offset)) {
    if (Bits(pointer, 31, 1) != 0) continue;  // external: its registers are elsewhere
    nodes_.push_back(ReadNode(base_, static_cast<std::uint32_t>(pointer & kOffsetMask)));
    if (nodes_.back().type == kDtcNode) dtc_ = nodes_.back().offset;
  }
}

CounterSetting Mesh::Setting(const Crosspoint& crosspoint, std::size_t counter,
                             std::uint64_t config) const {
  const int i = static_cast<int>(counter);
  const std::uint32_t offset = crosspoint.node.offset;
  CounterSetting setting;
  if (Bits(config, 4 + i, 1) == 0) return {};
  setting.paired = true;
  setting.select = static_cast<int>(Bits(config, 32 + 8 * i, 6));
  setting.global = static_cast<int>(Bits(config, 16 + 4 * i, 3));
  if (setting.select < 4) {
    for (std::uint32_t w = 0; w < 2; ++w) {
      const std::uint32_t watchpoint = static_cast<std::uint32_t>(setting.select) ^ w;
      for (std::uint32_t k = 0; k < 3; ++k) {
        setting.watchpoints[w][k] =
            Load<std::uint64_t>(base_, offset + kWatchpoint + kWatchpointStep * watchpoint + 8 * k);
      }
    }
    const int combine = part_ == kCmn600 ? 6 : 9;
    if (Bits(setting.watchpoints[0][0], combine, 1) == 0) setting.watchpoints[1] = {};
    // How the driver parks one: compare all bits with all ones.
    const bool parked =
        setting.watchpoints[0][2] == 0 && setting.watchpoints[0][1] == ~std::uint64_t{0};
    return parked ? CounterSetting{} : setting;
  }
  if (setting.select < 8) {
    const auto select = Load<std::uint64_t>(base_, offset + kEventSelect);
    const int width = part_ == kCmn700 ? 16 : 8;
    setting.events[0] = static_cast<int>(Bits(select, width * (setting.select & 3), width));
    return setting.events[0] != 0 ? setting : CounterSetting{};
  }
  // An event of a device: port, device, slot of its selector.
  setting.node = crosspoint.node.id | ((setting.select >> 4) - 1) << (crosspoint.wide ? 1 : 2) |
                 (setting.select >> 2 & 3);
  std::size_t found = 0;
  bool any = false;
  for (const MeshNode& node : nodes_) {
    if (node.id != setting.node || found == setting.types.size()) continue;
    const auto select = Load<std::uint32_t>(base_, node.offset + kEventSelect);
    setting.types[found] = node.type;
    setting.events[found] = static_cast<int>(Bits(select, 8 * (setting.select & 3), 8));
    any |= setting.events[found++] != 0;
  }
  return any ? setting : CounterSetting{};
}

bool Mesh::WatchpointHits(const Crosspoint& crosspoint, int watchpoint,
                          const std::array<std::uint64_t, 3>& registers, const Flow& flow) const {
  const auto [config, value, mask] = registers;
  const int port = static_cast<int>(Bits(config, 0, 1) | Bits(config, 17, 2) << 1);
  if (flow.kind != FlowKind::kPort || flow.x != crosspoint.node.x || flow.y != crosspoint.node.y)
    return false;
  // Watchpoints 0 and 1 see what comes up into the mesh, 2 and 3 what goes down to the device.
  if (flow.port != port || flow.channel != static_cast<int>(Bits(config, 1, 3)) ||
      flow.down != (watchpoint >= 2)) {
    return false;
  }
  const bool exclusive = Bits(config, part_ == kCmn600 ? 5 : 8, 1) != 0;
  const bool same = ((flow.words[Bits(config, 4, 1)] ^ value) & ~mask) == 0;
  return same != exclusive;
}

bool Mesh::Hits(const Crosspoint& crosspoint, const CounterSetting& setting,
                const Flow& flow) const {
  if (flow.kind == FlowKind::kController || flow.device != number_) return false;
  if (setting.select < 4) {
    const bool combined = setting.watchpoints[1] != std::array<std::uint64_t, 3>{};
    return WatchpointHits(crosspoint, setting.select, setting.watchpoints[0], flow) &&
           (!combined ||
            WatchpointHits(crosspoint, setting.select ^ 1, setting.watchpoints[1], flow));
  }
  if (setting.select <
      8) {  // channel, interface (from 4 on: ports), what (1: a valid flit was sent)
    const int event = setting.events[0];
    return flow.kind == FlowKind::kPort && flow.x == crosspoint.node.x &&
           flow.y == crosspoint.node.y && flow.down && (event & 3) == 1 &&
           (event >> 2 & 7) == 4 + flow.port && event >> 5 == flow.channel;
  }
  if (flow.kind != FlowKind::kNode || flow.id != setting.node) return false;
  for (std::size_t i = 0; i < setting.types.size(); ++i) {
    if (setting.types[i] == flow.type && setting.events[i] == flow.event) return true;
  }
  return false;
}

void Mesh::Count(Crosspoint& crosspoint, const std::vector<Flow>& flows, double share, bool on) {
  const auto config = Load<std::uint64_t>(base_, crosspoint.node.offset + kPmuConfig);
  bool any = false;
  for (std::size_t i = 0; i < crosspoint.counters.size(); ++i) {
    Counter& counter = crosspoint.counters[i];
    const CounterSetting setting = Setting(crosspoint, i, config);
    any |= setting.paired;
    if (setting == counter.setting) continue;
    counter.setting = setting;
    counter.flows.clear();
    for (std::size_t k = 0; setting.paired && k < flows.size(); ++k) {
      if (Hits(crosspoint, setting, flows[k])) counter.flows.push_back(k);
    }
  }
  if (!any || !on || (config & 1) == 0) {
    crosspoint.was_on = false;
    return;
  }
  const double by_rate = crosspoint.was_on ? 1 : share;
  crosspoint.was_on = true;
  const auto before = Load<std::uint64_t>(base_, crosspoint.node.offset + kLocalCounters);
  std::uint64_t after = 0;
  for (std::size_t i = 0; i < crosspoint.counters.size(); ++i) {
    const Counter& counter = crosspoint.counters[i];
    std::uint64_t sum = Bits(before, static_cast<int>(16 * i), 16);
    for (const std::size_t k : counter.flows) {
      const double part = flows[k].slot >= 0 ? 1 : by_rate;
      sum += static_cast<std::uint64_t>(static_cast<double>(flows[k].now) * part);
    }
    after |= (sum & 0xffff) << 16 * i;
    const std::uint64_t carry = sum >> 16;
    if (carry == 0) continue;
    const auto global = static_cast<std::uint32_t>(counter.setting.global);
    const std::uint32_t at = dtc_ + kDtcCounters + (global / 2 * 4 + global % 2) * 4;
    Register<std::uint32_t>(base_, at).fetch_add(static_cast<std::uint32_t>(carry));
  }
  if (after != before) {
    Register<std::uint64_t>(base_, crosspoint.node.offset + kLocalCounters)
        .store(after, std::memory_order_release);
  }
}

bool Mesh::Runs() const {
  return (Load<std::uint32_t>(base_, dtc_ + kDtcControl) & 1) != 0 &&
         (Load<std::uint32_t>(base_, dtc_ + kDtcPmu) & 1) != 0;
}

void Mesh::Step(const std::vector<Flow>& flows, double share) {
  const bool on = Runs();
  for (Crosspoint& crosspoint : crosspoints_) Count(crosspoint, flows, share, on);
}

}  // namespace pmubench::lab
