#include "platform/pmu.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "platform/cpu_list.h"
#include "platform/files.h"

namespace pmubench {
namespace {

constexpr const char* kDevices = "sys/bus/event_source/devices";

std::vector<int> ReadCpuList(const std::filesystem::path& path) {
  const auto text = ReadText(path);
  if (!text) return {};
  auto cpus = ParseCpuList(*text);
  return cpus ? std::move(cpus).value() : std::vector<int>{};
}

std::map<std::string, std::string> ReadFolder(const std::filesystem::path& folder) {
  std::map<std::string, std::string> texts;
  for (const std::string& name : ListNames(folder)) {
    if (auto text = ReadText(folder / name)) texts.emplace(name, std::move(*text));
  }
  return texts;
}

// Beside events/NAME the kernel puts NAME.scale, NAME.unit, NAME.per-pkg and NAME.snapshot.
void SortEvents(const std::map<std::string, std::string>& files, PmuDevice* pmu) {
  for (const auto& [name, text] : files) {
    const auto dot = name.rfind('.');
    const std::string suffix = dot == std::string::npos ? "" : name.substr(dot);
    if (suffix.empty()) {
      pmu->events.emplace(name, text);
    } else if (suffix == ".scale") {
      pmu->scales.emplace(name.substr(0, dot), text);
    } else if (suffix == ".unit") {
      pmu->units.emplace(name.substr(0, dot), text);
    }
  }
}

}  // namespace

bool PmuDevice::is_core() const {
  // "cpu" on x86, POWER and RISC-V; PMUs of one kind of core (Arm, hybrid x86) have `cpus`, which
  // is empty while all of its CPUs are offline. Uncore PMUs have `cpumask`.
  return name == "cpu" || !cpus.empty() ||
         (cpumask.empty() && (name.starts_with("cpu_") || name.starts_with("armv")));
}

Result<std::vector<PmuDevice>> ListPmus(const std::filesystem::path& root) {
  const std::filesystem::path devices = root / kDevices;
  std::error_code error;
  if (!std::filesystem::is_directory(devices, error)) {
    return Error{ErrorCode::kNoPmu, fmt::format("{} is not there", devices.string()),
                 "mount sysfs, or use a kernel with CONFIG_PERF_EVENTS"};
  }
  std::vector<PmuDevice> pmus;
  for (const std::string& name : ListNames(devices)) {
    const std::filesystem::path folder = devices / name;
    const auto type = ReadInteger(folder / "type");
    if (!type || *type < 0) continue;
    PmuDevice pmu;
    pmu.name = name;
    pmu.type = static_cast<std::uint32_t>(*type);
    pmu.cpus = ReadCpuList(folder / "cpus");
    pmu.cpumask = ReadCpuList(folder / "cpumask");
    pmu.formats = ReadFolder(folder / "format");
    pmu.caps = ReadFolder(folder / "caps");
    SortEvents(ReadFolder(folder / "events"), &pmu);
    pmus.push_back(std::move(pmu));
  }
  return pmus;
}

namespace {

/// No `cpus` file: every CPU. An `armv*` with an empty one has all its CPUs offline.
bool CountsOn(const PmuDevice& pmu, int cpu) {
  return (pmu.cpus.empty() && pmu.name == "cpu") ||
         std::binary_search(pmu.cpus.begin(), pmu.cpus.end(), cpu);
}

}  // namespace

Result<PmuDevice> CorePmu(const std::vector<PmuDevice>& pmus, int cpu) {
  std::vector<std::string> others;
  std::vector<std::string> elsewhere;
  for (const PmuDevice& pmu : pmus) {
    if (!pmu.is_core()) {
      others.push_back(pmu.name);
      continue;
    }
    if (CountsOn(pmu, cpu)) return pmu;
    elsewhere.push_back(fmt::format("{} (CPUs {})", pmu.name,
                                    pmu.cpus.empty() ? "offline" : FormatCpuList(pmu.cpus)));
  }
  if (!elsewhere.empty()) {
    return Error{
        ErrorCode::kNoPmu,
        fmt::format("CPU {} has no core PMU; there is {}", cpu, fmt::join(elsewhere, ", ")),
        "run on one of those CPUs (taskset -c LIST)"};
  }
  return Error{ErrorCode::kNoPmu,
               fmt::format("the kernel has no core PMU on this machine, only: {}",
                           others.empty() ? "none" : fmt::format("{}", fmt::join(others, ", "))),
               "run on bare metal, or in a virtual machine that is given a virtual PMU"};
}

std::vector<PmuDevice> OtherCorePmus(const std::vector<PmuDevice>& pmus, int cpu) {
  std::vector<PmuDevice> others;
  for (const PmuDevice& pmu : pmus) {
    if (pmu.is_core() && !pmu.cpus.empty() && !CountsOn(pmu, cpu)) others.push_back(pmu);
  }
  return others;
}

}  // namespace pmubench
