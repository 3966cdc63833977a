#include "platform/virtualization.h"

#include <array>
#include <string_view>
#include <utility>

#include "platform/cpu.h"
#include "platform/files.h"

namespace pmubench {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kVendors = {{
    {"KVM", "kvm"},
    {"QEMU", "qemu"},
    {"VMware", "vmware"},
    {"VirtualBox", "virtualbox"},
    {"innotek", "virtualbox"},
    {"Xen", "xen"},
    {"Parallels", "parallels"},
    {"Virtual Machine", "hyper-v"},
    {"Amazon EC2", "amazon"},
    {"Google Compute Engine", "google"},
    {"Alibaba Cloud ECS", "alibaba"},
}};

std::string FromFirmware(const std::filesystem::path& root) {
  const std::filesystem::path dmi = root / "sys/class/dmi/id";
  const std::string product = ReadText(dmi / "product_name").value_or("");
  // Cloud providers' bare-metal machines carry the same vendor as their virtual ones.
  if (product.ends_with(".metal") || product.find(".metal-") != std::string::npos) return "";
  const std::string names = ReadText(dmi / "sys_vendor").value_or("") + "\n" + product + "\n" +
                            ReadText(dmi / "bios_vendor").value_or("");
  for (const auto& [mark, name] : kVendors) {
    if (names.find(mark) != std::string::npos) return std::string(name);
  }
  return "";
}

}  // namespace

std::string FindHypervisor(const std::filesystem::path& root) {
  if (auto type = ReadText(root / "sys/hypervisor/type"); type && !type->empty()) return *type;
  const auto tree = root / "proc/device-tree";
  if (ReadText(tree / "hypervisor/compatible")) return "kvm";
  // QEMU's `virt` machine on Arm and RISC-V; the file's strings end with NUL.
  const std::string compatible = ReadText(tree / "compatible").value_or("");
  if (compatible.find("linux,dummy-virt") != std::string::npos) return "qemu";

  const auto cpu = ReadCpuIdentity(root, 0);
  const std::string named = FromFirmware(root);
  if (cpu && cpu->arch == "x86_64") {
    // CPUID leaf 1 ECX 31 is set by every hypervisor and never by hardware.
    if (!HasCpuFlag(root, "hypervisor")) return "";
    return named.empty() ? "unknown" : named;
  }
  return named;
}

}  // namespace pmubench
