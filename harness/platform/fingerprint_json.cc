// Machine and build as JSON text, for the record.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/build_info.h"
#include "platform/fingerprint.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Firmware may hold bytes that are no UTF-8.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json CpuJson(const MachineFingerprint& machine) {
  const CpuIdentity& cpu = machine.cpu;
  Json json = {{"name", OrNull(machine.cpu_name)}, {"arch", OrNull(cpu.arch)}};
  if (cpu.midr != 0) {
    json["midr"] = fmt::format("{:#010x}", cpu.midr);
  } else {
    json["vendor"] = OrNull(cpu.vendor);
    json["family"] = cpu.family;
    json["model"] = cpu.model;
    json["stepping"] = cpu.stepping;
    json["microcode"] = OrNull(cpu.microcode);
  }
  return json;
}

}  // namespace

std::string MachineJson(const MachineFingerprint& machine) {
  Json caches = Json::array();
  for (const CacheLevel& cache : machine.caches) {
    caches.push_back({{"level", cache.level},
                      {"type", cache.type},
                      {"size_bytes", cache.size},
                      {"line_bytes", cache.line},
                      {"sharing", cache.sharing}});
  }
  return Dump({
      {"id", machine.id},
      {"hostname", OrNull(machine.hostname)},
      {"system", OrNull(machine.system)},
      {"cpu", CpuJson(machine)},
      {"sockets", machine.sockets},
      {"cores", machine.cores},
      {"cpus", machine.cpus},
      {"threads_per_core", machine.threads_per_core},
      {"numa_nodes", machine.numa_nodes},
      {"caches", std::move(caches)},
      {"memory_bytes", machine.memory_bytes},
      {"hypervisor", OrNull(machine.hypervisor)},
      {"container", OrNull(machine.container)},
      {"kernel", OrNull(machine.kernel)},
      {"os", OrNull(machine.os)},
      {"smt", OrNull(machine.smt)},
      {"governor", OrNull(machine.governor)},
      {"frequency_driver", OrNull(machine.frequency_driver)},
      {"turbo", OrNull(machine.turbo)},
      {"max_mhz", OrNull(machine.max_mhz)},
      {"mhz", OrNull(machine.mhz)},
      {"transparent_hugepage", OrNull(machine.transparent_hugepage)},
      {"aslr", OrNull(machine.aslr)},
      {"nmi_watchdog", OrNull(machine.nmi_watchdog)},
      {"perf_event_paranoid", OrNull(machine.paranoid)},
      {"huge_pages", OrNull(machine.huge_pages)},
      {"isolated_cpus", OrNull(machine.isolated_cpus)},
      {"irq_cpus", OrNull(machine.irq_cpus)},
      {"controlled", machine.controlled},
  });
}

std::string BuildJson(const BuildInfo& build) {
  return Dump({
      {"version", build.version},
      {"commit", OrNull(build.commit)},
      {"dirty", build.dirty},
      {"compiler", build.compiler},
      {"flags", build.flags},
      {"build_type", build.build_type},
      {"libraries", build.libraries},
  });
}

}  // namespace pmubench
