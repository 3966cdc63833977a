// Whether this machine is a virtual one, and of which kind.
#pragma once

#include <filesystem>
#include <string>

namespace pmubench {

/// "" on bare metal, else the hypervisor as far as firmware names it: "kvm", "qemu", "vmware",
/// "xen", "hyper-v", "amazon", "google", or "unknown" where only the CPU tells that there is one.
[[nodiscard]] std::string FindHypervisor(const std::filesystem::path& root);

}  // namespace pmubench
