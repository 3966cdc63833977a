#include "platform/cpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "platform/files.h"

namespace pmubench {
namespace {

// The block of /proc/cpuinfo that belongs to `cpu`; blocks are parted by empty lines.
std::optional<std::string> BlockOf(std::string_view cpuinfo, int cpu) {
  while (!cpuinfo.empty()) {
    const auto end = cpuinfo.find("\n\n");
    const std::string_view block = cpuinfo.substr(0, end);
    if (const auto number = FieldOf(block, "processor")) {
      if (*number == std::to_string(cpu)) return std::string(block);
    }
    if (end == std::string_view::npos) break;
    cpuinfo.remove_prefix(end + 2);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> NumberOf(std::string_view block, std::string_view key) {
  const auto text = FieldOf(block, key);
  return text ? ParseUnsigned(*text) : std::nullopt;
}

// Arm DDI 0487, MIDR_EL1: implementer 31:24, variant 23:20, architecture 19:16 (0xf: by ID
// registers), part 15:4, revision 3:0.
std::optional<std::uint64_t> MidrFromCpuinfo(std::string_view block) {
  const auto implementer = NumberOf(block, "CPU implementer");
  const auto part = NumberOf(block, "CPU part");
  if (!implementer || !part) return std::nullopt;
  const auto variant = NumberOf(block, "CPU variant").value_or(0);
  const auto revision = NumberOf(block, "CPU revision").value_or(0);
  return (*implementer & 0xff) << 24 | (variant & 0xf) << 20 | 0xfULL << 16 | (*part & 0xfff) << 4 |
         (revision & 0xf);
}

Result<CpuIdentity> ArmIdentity(std::uint64_t midr, const std::string& block) {
  CpuIdentity identity;
  identity.arch = "arm64";
  identity.midr = midr & 0xffffffffULL;
  identity.vendor = fmt::format("{:#04x}", identity.implementer());
  identity.model_name = FieldOf(block, "model name").value_or("");
  return identity;
}

Result<CpuIdentity> X86Identity(const std::string& block, int cpu) {
  const auto family = NumberOf(block, "cpu family");
  const auto model = NumberOf(block, "model");
  if (!family || !model) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("/proc/cpuinfo does not tell family and model of CPU {}", cpu), ""};
  }
  CpuIdentity identity;
  identity.arch = "x86_64";
  identity.vendor = FieldOf(block, "vendor_id").value_or("");
  identity.family = static_cast<int>(*family);
  identity.model = static_cast<int>(*model);
  identity.stepping = static_cast<int>(NumberOf(block, "stepping").value_or(0));
  identity.model_name = FieldOf(block, "model name").value_or("");
  identity.microcode = FieldOf(block, "microcode").value_or("");
  return identity;
}

struct KnownCore {
  int implementer;
  int part;
  std::string_view name;
};

// Part numbers from the cores' technical reference manuals; names for people only.
constexpr std::array kKnownCores = {
    KnownCore{0x41, 0xd03, "Arm Cortex-A53"},    KnownCore{0x41, 0xd07, "Arm Cortex-A57"},
    KnownCore{0x41, 0xd08, "Arm Cortex-A72"},    KnownCore{0x41, 0xd0b, "Arm Cortex-A76"},
    KnownCore{0x41, 0xd0c, "Arm Neoverse N1"},   KnownCore{0x41, 0xd40, "Arm Neoverse V1"},
    KnownCore{0x41, 0xd49, "Arm Neoverse N2"},   KnownCore{0x41, 0xd4f, "Arm Neoverse V2"},
    KnownCore{0x41, 0xd83, "Arm Neoverse V3AE"}, KnownCore{0x41, 0xd84, "Arm Neoverse V3"},
    KnownCore{0x41, 0xd8e, "Arm Neoverse N3"},   KnownCore{0x46, 0x001, "Fujitsu A64FX"},
    KnownCore{0x48, 0xd01, "HiSilicon TSV110"},  KnownCore{0xc0, 0xac3, "Ampere-1"},
    KnownCore{0xc0, 0xac4, "Ampere-1A"},
};

}  // namespace

Result<CpuIdentity> ReadCpuIdentity(const std::filesystem::path& root, int cpu) {
  const std::string cpuinfo = ReadText(root / "proc/cpuinfo").value_or("");
  const auto block = BlockOf(cpuinfo, cpu);
  const auto register_file =
      root / fmt::format("sys/devices/system/cpu/cpu{}/regs/identification/midr_el1", cpu);
  if (const auto text = ReadText(register_file)) {
    if (const auto midr = ParseUnsigned(*text)) return ArmIdentity(*midr, block.value_or(""));
  }
  if (!block) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("CPU {} is not in {}", cpu, (root / "proc/cpuinfo").string()),
                 "name a CPU that is online (/sys/devices/system/cpu/online)"};
  }
  if (const auto midr = MidrFromCpuinfo(*block)) return ArmIdentity(*midr, *block);
  return X86Identity(*block, cpu);
}

std::string DescribeCpu(const CpuIdentity& cpu) {
  if (!cpu.model_name.empty()) return cpu.model_name;
  if (cpu.midr == 0) {
    return fmt::format("{} family {} model {} stepping {}", cpu.vendor, cpu.family, cpu.model,
                       cpu.stepping);
  }
  const auto known = std::find_if(kKnownCores.begin(), kKnownCores.end(), [&](const auto& core) {
    return core.implementer == cpu.implementer() && core.part == cpu.part();
  });
  const std::string name =
      known == kKnownCores.end()
          ? fmt::format("Arm implementer {:#04x} part {:#05x}", cpu.implementer(), cpu.part())
          : std::string(known->name);
  return fmt::format("{} r{}p{}", name, cpu.midr >> 20 & 0xf, cpu.midr & 0xf);
}

bool HasCpuFlag(const std::filesystem::path& root, const std::string& flag) {
  const std::string cpuinfo = ReadText(root / "proc/cpuinfo").value_or("");
  for (const char* key : {"flags", "Features"}) {
    const auto flags = FieldOf(cpuinfo, key);
    if (!flags) continue;
    const auto words = Split(*flags, ' ');
    if (std::find(words.begin(), words.end(), flag) != words.end()) return true;
  }
  return false;
}

}  // namespace pmubench
