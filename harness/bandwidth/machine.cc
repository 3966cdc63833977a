#include "bandwidth/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/files.h"
#include "platform/virtualization.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

/// "ARMHD620:01" -> "ARMHD620".
void AddAcpiIds(const fs::path& root, std::map<std::string, int>& ids) {
  for (const std::string& name : ListNames(root / "sys/bus/acpi/devices")) {
    ++ids[name.substr(0, name.find(':'))];
  }
}

/// The "compatible" strings of the tree's top level and of one level below, where buses stand.
void AddDeviceTreeIds(const fs::path& folder, int depth, std::map<std::string, int>& ids) {
  for (const std::string& name : ListNames(folder)) {
    const fs::path node = folder / name;
    std::error_code error;
    if (!fs::is_directory(node, error)) continue;
    for (const std::string& id : Split(ReadText(node / "compatible").value_or(""), '\0')) {
      if (!id.empty()) ++ids[id];
    }
    if (depth > 0) AddDeviceTreeIds(node, depth - 1, ids);
  }
}

std::map<std::string, std::string> ReadKernelConfig(const fs::path& root) {
  const std::string release = ReadText(root / "proc/sys/kernel/osrelease").value_or("");
  std::map<std::string, std::string> config;
  const auto text = ReadText(root / ("boot/config-" + release));
  if (release.empty() || !text) return config;
  for (const std::string& line : Split(*text, '\n')) {
    const auto equals = line.find('=');
    if (line.starts_with("CONFIG_") && equals != std::string::npos) {
      config.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  return config;
}

}  // namespace

std::vector<const PmuDevice*> BandwidthMachine::PmusNamed(const std::string& prefix) const {
  std::vector<const PmuDevice*> found;
  for (const PmuDevice& pmu : pmus) {
    if (pmu.name.starts_with(prefix)) found.push_back(&pmu);
  }
  return found;
}

int BandwidthMachine::SocketOf(int wanted) const {
  const auto place = std::find_if(topology.cpus.begin(), topology.cpus.end(),
                                  [=](const CpuPlace& one) { return one.cpu == wanted; });
  return place == topology.cpus.end() ? 0 : place->socket;
}

int BandwidthMachine::FirstCpu() const {
  return topology.cpus.empty() ? 0 : topology.cpus.front().cpu;
}

int BandwidthMachine::CountFirmwareIds(const std::vector<std::string>& ids) const {
  int count = 0;
  for (const std::string& id : ids) {
    const auto found = firmware_ids.find(id);
    if (found != firmware_ids.end()) count += found->second;
  }
  return count;
}

std::string BandwidthMachine::HowToGet(const std::string& option, const std::string& module) const {
  const auto set = kernel_config.find(option);
  if (set != kernel_config.end()) {
    return set->second == "y"
               ? fmt::format("the kernel has {}=y: see dmesg why it found none", option)
               : fmt::format("sudo modprobe {}", module);
  }
  if (!kernel_config.empty()) {
    return fmt::format("this kernel was built without {}: use one with {}=m", option, option);
  }
  return fmt::format("sudo modprobe {} (the kernel needs {})", module, option);
}

BandwidthMachine ReadBandwidthMachine(const fs::path& root, const fs::path& state_folder) {
  BandwidthMachine machine;
  machine.state_folder = state_folder;
  machine.root = root;
  if (auto pmus = ListPmus(root)) machine.pmus = *std::move(pmus);
  if (auto topology = ReadTopology(root)) machine.topology = *std::move(topology);
  machine.permissions = ReadPermissions(root);
  if (auto cpu = ReadCpuIdentity(root, machine.FirstCpu())) machine.cpu = *std::move(cpu);
  machine.hypervisor = FindHypervisor(root);
  AddAcpiIds(root, machine.firmware_ids);
  AddDeviceTreeIds(root / "sys/firmware/devicetree/base", 1, machine.firmware_ids);
  machine.kernel_config = ReadKernelConfig(root);
  return machine;
}

}  // namespace pmubench
