#include "platform/fingerprint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <set>

#include "platform/control_journal.h"
#include "platform/files.h"
#include "platform/permissions.h"
#include "platform/virtualization.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

std::optional<double> ParseDouble(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

std::string OsName(const fs::path& root) {
  for (const std::string& line : Split(ReadText(root / "etc/os-release").value_or(""), '\n')) {
    constexpr std::string_view kKey = "PRETTY_NAME=";
    if (!line.starts_with(kKey)) continue;
    std::string name = line.substr(kKey.size());
    std::erase(name, '"');
    return name;
  }
  return "";
}

// "MemTotal:       131072000 kB"
std::uint64_t MemoryOf(const fs::path& root) {
  const auto total = FieldOf(ReadText(root / "proc/meminfo").value_or(""), "MemTotal");
  if (!total) return 0;
  return ParseUnsigned(std::string_view(*total).substr(0, total->find(' '))).value_or(0) * 1024;
}

std::optional<bool> TurboOf(const fs::path& cpu_folder) {
  if (const auto off = ReadInteger(cpu_folder / "intel_pstate/no_turbo")) return *off == 0;
  if (const auto on = ReadInteger(cpu_folder / "cpufreq/boost")) return *on != 0;
  return std::nullopt;
}

std::string GovernorsOf(const fs::path& cpu_folder, const Topology& topology) {
  std::set<std::string> governors;
  for (const int cpu : topology.online()) {
    const auto name = ReadText(cpu_folder / fmt::format("cpu{}/cpufreq/scaling_governor", cpu));
    if (name) governors.insert(*name);
  }
  return fmt::format("{}", fmt::join(governors, ","));
}

std::optional<double> MhzFromKhz(const fs::path& file) {
  const auto khz = ReadInteger(file);
  return khz ? std::optional<double>(static_cast<double>(*khz) / 1000) : std::nullopt;
}

void ReadFrequency(const fs::path& root, int cpu, MachineFingerprint* machine) {
  const fs::path folder = root / "sys/devices/system/cpu";
  const fs::path frequency = folder / fmt::format("cpu{}/cpufreq", cpu);
  machine->frequency_driver = ReadText(frequency / "scaling_driver").value_or("");
  machine->max_mhz = MhzFromKhz(frequency / "cpuinfo_max_freq");
  machine->turbo = TurboOf(folder);
  machine->mhz = MhzFromKhz(frequency / "scaling_cur_freq");
  if (machine->mhz) return;
  const auto now = FieldOf(ReadText(root / "proc/cpuinfo").value_or(""), "cpu MHz");
  if (now) machine->mhz = ParseDouble(*now);
}

// The kernel keeps a part of the memory, more or less of it by version: sizes are compared in
// quarters of a power of two, which tells 2^n, 1.5 * 2^n and what is between them apart.
int MemoryClass(std::uint64_t bytes) {
  if (bytes == 0) return 0;
  return static_cast<int>(std::lround(std::log2(static_cast<double>(bytes)) * 4));
}

// FNV-1a, 64 bits: the id has to be the same on every machine and in every version.
std::uint64_t Hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace

std::string FingerprintId(const MachineFingerprint& machine) {
  const CpuIdentity& cpu = machine.cpu;
  std::string text = fmt::format(
      "1|{}|{:x}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", cpu.arch, cpu.midr, cpu.vendor,
      cpu.family, cpu.model, cpu.stepping, cpu.model_name, machine.sockets, machine.cores,
      machine.cpus, machine.threads_per_core, machine.numa_nodes, MemoryClass(machine.memory_bytes),
      machine.smt ? (*machine.smt ? "smt" : "no smt") : "", machine.hypervisor);
  for (const CacheLevel& cache : machine.caches) {
    text += fmt::format("|L{} {} {} {} {}", cache.level, cache.type, cache.size, cache.line,
                        cache.sharing);
  }
  return fmt::format("{:016x}", Hash(text));
}

MachineFingerprint ReadFingerprint(const fs::path& root) {
  MachineFingerprint machine;
  Topology topology;
  if (auto read = ReadTopology(root)) topology = std::move(read).value();
  const int first = topology.cpus.empty() ? 0 : topology.cpus.front().cpu;
  if (auto cpu = ReadCpuIdentity(root, first)) {
    machine.cpu = std::move(cpu).value();
    machine.cpu_name = DescribeCpu(machine.cpu);
  }
  machine.sockets = topology.sockets();
  machine.cores = topology.cores();
  machine.cpus = static_cast<int>(topology.cpus.size());
  machine.threads_per_core = topology.threads_per_core();
  machine.numa_nodes = static_cast<int>(topology.nodes.size());
  machine.caches = topology.caches;
  machine.memory_bytes = MemoryOf(root);
  machine.hypervisor = FindHypervisor(root);

  const fs::path kernel = root / "proc/sys/kernel";
  machine.hostname = ReadText(kernel / "hostname").value_or("");
  machine.kernel = ReadText(kernel / "osrelease").value_or("");
  machine.os = OsName(root);
  if (const auto aslr = ReadInteger(kernel / "randomize_va_space")) {
    machine.aslr = static_cast<int>(*aslr);
  }
  const Permissions permissions = ReadPermissions(root);
  machine.container = permissions.container;
  machine.nmi_watchdog = permissions.nmi_watchdog;
  machine.paranoid = permissions.paranoid;
  machine.huge_pages = ReadInteger(root / "proc/sys/vm/nr_hugepages");
  machine.irq_cpus = ReadText(root / "proc/irq/default_smp_affinity").value_or("");
  machine.controlled = ControlledSettings(root);
  const fs::path dmi = root / "sys/class/dmi/id";
  machine.system = std::string(Trim(ReadText(dmi / "sys_vendor").value_or("") + " " +
                                    ReadText(dmi / "product_name").value_or("")));
  const fs::path cpu_folder = root / "sys/devices/system/cpu";
  if (const auto smt = ReadInteger(cpu_folder / "smt/active")) machine.smt = *smt != 0;
  machine.isolated_cpus = ReadText(cpu_folder / "isolated").value_or("");
  machine.governor = GovernorsOf(cpu_folder, topology);
  ReadFrequency(root, first, &machine);
  machine.transparent_hugepage =
      Chosen(ReadText(root / "sys/kernel/mm/transparent_hugepage/enabled").value_or(""));
  machine.id = FingerprintId(machine);
  return machine;
}

std::vector<double> ReadLoadAverage(const fs::path& root) {
  const auto words = Split(ReadText(root / "proc/loadavg").value_or(""), ' ');
  std::vector<double> loads;
  for (std::size_t i = 0; i < 3 && i < words.size(); ++i) {
    const auto load = ParseDouble(words[i]);
    if (!load) return {};
    loads.push_back(*load);
  }
  return loads;
}

}  // namespace pmubench
