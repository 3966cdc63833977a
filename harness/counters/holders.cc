#include "counters/holders.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "platform/files.h"
#include "platform/virtualization.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

// The name that the kernel gives to every perf event's descriptor and mapping.
constexpr std::string_view kPerfEvent = "anon_inode:[perf_event]";

/// False where the folder cannot be read.
bool CountDescriptors(const fs::path& process, int& events) {
  std::error_code error;
  fs::directory_iterator link(process / "fd", error);
  if (error) return false;
  for (; link != fs::directory_iterator(); link.increment(error)) {
    if (error) break;
    std::error_code gone;
    if (fs::read_symlink(link->path(), gone) == kPerfEvent) ++events;
  }
  return true;
}

int CountMappings(const fs::path& process) {
  std::ifstream maps(process / "maps");
  int mapped = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(kPerfEvent)) ++mapped;
  }
  return mapped;
}

std::string Plural(int number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

CounterHolder HolderOf(const PerfProcess& process) {
  CounterHolder holder;
  holder.kind = CounterHolder::Kind::kProcess;
  holder.pid = process.pid;
  holder.name = process.command;
  holder.events = std::max(process.events, process.mapped);
  holder.detail = fmt::format("process {} ({}) has {} open", process.pid, process.command,
                              Plural(process.events, "perf event"));
  if (process.mapped > process.events) {
    holder.detail += fmt::format(" and {} mapped, which keep their counters", process.mapped);
  }
  holder.remedy = "wait until it ends, or end it";
  return holder;
}

}  // namespace

PerfProcesses FindPerfProcesses(const fs::path& root) {
  PerfProcesses found;
  for (const std::string& name : ListNames(root / "proc")) {
    const auto pid = ParseUnsigned(name);
    if (!pid) continue;
    const fs::path folder = root / "proc" / name;
    PerfProcess process{static_cast<pid_t>(*pid), "", 0, 0};
    if (!CountDescriptors(folder, process.events)) {
      // Ended since the folder was listed, or somebody else's.
      std::error_code ignored;
      if (fs::exists(folder, ignored)) ++found.hidden;
      continue;
    }
    process.mapped = CountMappings(folder);
    if (process.events == 0 && process.mapped == 0) continue;
    process.command = ReadText(folder / "comm").value_or("?");
    found.processes.push_back(std::move(process));
  }
  std::stable_sort(found.processes.begin(), found.processes.end(),
                   [](const auto& a, const auto& b) { return a.events > b.events; });
  return found;
}

const char* NameOf(CounterHolder::Kind kind) {
  switch (kind) {
    case CounterHolder::Kind::kWatchdog:
      return "watchdog";
    case CounterHolder::Kind::kProcess:
      return "process";
    case CounterHolder::Kind::kHypervisor:
      return "hypervisor";
    case CounterHolder::Kind::kUnknown:
      break;
  }
  return "unknown";
}

std::vector<CounterHolder> FindHolders(const fs::path& root, const Permissions& permissions,
                                       int taken) {
  std::vector<CounterHolder> holders;
  if (taken <= 0) return holders;
  int explained = 0;
  if (permissions.nmi_watchdog.value_or(0) != 0) {
    explained += 1;
    holders.push_back({CounterHolder::Kind::kWatchdog, 0, "NMI watchdog", 1,
                       "the NMI watchdog holds a counter of every core",
                       "sysctl -w kernel.nmi_watchdog=0"});
  }
  const PerfProcesses perf = FindPerfProcesses(root);
  for (const PerfProcess& process : perf.processes) {
    holders.push_back(HolderOf(process));
    explained += holders.back().events;
  }
  if (explained >= taken) return holders;
  CounterHolder rest;
  rest.events = taken - explained;
  const std::string hypervisor = FindHypervisor(root);
  if (!hypervisor.empty()) {
    rest.kind = CounterHolder::Kind::kHypervisor;
    rest.name = hypervisor;
    rest.detail = fmt::format("{} known to the kernel, but the hypervisor ({}) does not let count",
                              Plural(rest.events, "counter"), hypervisor);
    rest.remedy = "give the guest a full PMU (KVM: -cpu host,pmu=on), or use bare metal";
  } else {
    rest.detail = fmt::format("{} held by somebody we cannot see", Plural(rest.events, "counter"));
  }
  if (perf.hidden > 0) {
    rest.detail += fmt::format(
        "; {} not be looked into",
        perf.hidden == 1 ? "1 process could" : fmt::format("{} processes could", perf.hidden));
    rest.remedy = rest.remedy.empty() ? "run as root to look into every process"
                                      : "run as root to look into every process; " + rest.remedy;
  } else if (hypervisor.empty()) {
    rest.remedy = "another PID namespace (a container) may hold them: run this outside of it";
  }
  holders.push_back(std::move(rest));
  return holders;
}

}  // namespace pmubench
