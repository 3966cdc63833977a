#include "catalogue/encode.h"

#include <fmt/format.h>
#include <linux/perf_event.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "catalogue/nearest.h"
#include "catalogue/pfm.h"

namespace pmubench {
namespace {

/// The code of "event=0x11" or "event=0x11,...".
std::optional<std::uint64_t> EventField(std::string_view terms) {
  constexpr std::string_view kField = "event=0x";
  if (!terms.starts_with(kField)) return std::nullopt;
  terms.remove_prefix(kField.size());
  std::uint64_t code = 0;
  const auto [end, status] = std::from_chars(terms.data(), terms.data() + terms.size(), code, 16);
  const bool whole = end == terms.data() + terms.size() || *end == ',' || *end == '\n';
  if (status != std::errc() || !whole) return std::nullopt;
  return code;
}

bool IsArm(const PmuDevice& pmu) { return pmu.name.starts_with("armv"); }

// PMCEID0/1 cover 0x0000-0x003f and 0x4000-0x403f: the kernel shows exactly those in `events`.
bool ReportedByPmceid(std::uint64_t code) {
  return code < 0x40 || (code >= 0x4000 && code < 0x4040);
}

bool Names(const PmuDevice& pmu, std::uint64_t code) {
  return std::any_of(pmu.events.begin(), pmu.events.end(),
                     [code](const auto& entry) { return EventField(entry.second) == code; });
}

/// An event of Arm that opens on any PMU and reads 0 where the core does not have it.
std::optional<Error> KnownAbsent(const CatalogueEvent& event, const PmuDevice& pmu) {
  if (!IsArm(pmu) || pmu.events.empty() || !event.code || !ReportedByPmceid(*event.code)) {
    return std::nullopt;
  }
  if (Names(pmu, *event.code)) return std::nullopt;
  return Error{ErrorCode::kNoSuchEvent,
               fmt::format("{} does not list {} (0x{:x}) among its events: this core lacks it, or "
                           "the kernel is too old to know it",
                           pmu.name, event.name, *event.code),
               ""};
}

Error OfEvent(const std::string& event, const Error& error) {
  return {error.code, fmt::format("{}: {}", event, error.message), error.remedy};
}

Result<EventEncoding> EncodeOnCore(const CatalogueEvent& event, const PmuDevice& pmu,
                                   Listing listing) {
  EventEncoding encoding{event.name,    pmu.name,      pmu.type,   0,
                         event.config1, event.config2, event.leads};
  if (event.code) {
    if (listing == Listing::kRequired) {
      if (auto absent = KnownAbsent(event, pmu)) return *absent;
    }
    encoding.config = *event.code;
    return encoding;
  }
  auto pfm = EncodePfm(event.pfm);
  if (!pfm) return OfEvent(event.name, pfm.error());
  // libpfm4 says PERF_TYPE_RAW, which picks any core PMU where there are several.
  if (pfm->type != PERF_TYPE_RAW) encoding.type = pfm->type;
  encoding.config = pfm->config;
  encoding.config1 = pfm->config1;
  encoding.config2 = pfm->config2;
  return encoding;
}

/// The kernel's generic events, which it maps to the core PMU's own.
EventEncoding EncodeGeneric(const CatalogueEvent& event, std::uint32_t type,
                            const PmuDevice& core) {
  EventEncoding encoding{event.name, core.name, type, event.code.value_or(0), 0, 0};
  // PERF_PMU_TYPE_SHIFT: on a hybrid machine the upper half of config says which core PMU.
  constexpr int kPmuTypeShift = 32;
  if (core.name.starts_with("cpu_")) {
    encoding.config |= static_cast<std::uint64_t>(core.type) << kPmuTypeShift;
  }
  return encoding;
}

const PmuDevice* FindPmu(const std::vector<PmuDevice>& pmus, std::string_view name) {
  const auto it = std::find_if(pmus.begin(), pmus.end(),
                               [name](const PmuDevice& pmu) { return pmu.name == name; });
  return it == pmus.end() ? nullptr : &*it;
}

/// "r11", "r0x1a3".
std::optional<std::uint64_t> RawCode(std::string_view name) {
  if (name.size() < 2 || name.front() != 'r') return std::nullopt;
  name.remove_prefix(1);
  if (name.starts_with("0x")) name.remove_prefix(2);
  std::uint64_t code = 0;
  const auto [end, status] = std::from_chars(name.data(), name.data() + name.size(), code, 16);
  if (name.empty() || status != std::errc() || end != name.data() + name.size()) {
    return std::nullopt;
  }
  return code;
}

Result<EventEncoding> EncodeOnNamedPmu(const std::string& name,
                                       const std::vector<PmuDevice>& pmus) {
  const std::size_t slash = name.find('/');
  const std::string pmu_name = name.substr(0, slash);
  const PmuDevice* pmu = FindPmu(pmus, pmu_name);
  if (pmu == nullptr) {
    return Error{ErrorCode::kNoPmu, fmt::format("no PMU '{}' on this machine", pmu_name),
                 "`pmubench list pmus` shows them"};
  }
  std::string terms = name.substr(slash + 1);
  if (terms.ends_with('/')) terms.pop_back();
  return EncodeSysfs(*pmu, terms);
}

}  // namespace

Result<EventEncoding> EncodeEvent(const CatalogueEvent& event, const std::vector<PmuDevice>& pmus,
                                  int cpu, Listing listing) {
  if (event.pmu == "software") {
    return EventEncoding{event.name, "software", PERF_TYPE_SOFTWARE, event.code.value_or(0), 0, 0};
  }
  const bool generic = event.pmu == "hardware" || event.pmu == "hw_cache";
  if (!event.pmu.empty() && !generic) {
    const PmuDevice* pmu = FindPmu(pmus, event.pmu);
    if (pmu == nullptr) {
      return Error{ErrorCode::kNoPmu,
                   fmt::format("{}: no PMU '{}' on this machine", event.name, event.pmu), ""};
    }
    return EncodeOnCore(event, *pmu, listing);
  }
  const auto core = CorePmu(pmus, cpu);
  if (!core) return core.error();
  if (!generic) return EncodeOnCore(event, *core, listing);
  return EncodeGeneric(event, event.pmu == "hardware" ? PERF_TYPE_HARDWARE : PERF_TYPE_HW_CACHE,
                       *core);
}

Result<EventEncoding> EncodeName(const std::string& name, const Catalogue& catalogue,
                                 const std::vector<PmuDevice>& pmus, int cpu) {
  if (const CatalogueEvent* event = catalogue.FindEvent(name))
    return EncodeEvent(*event, pmus, cpu);
  if (name.find('/') != std::string::npos) return EncodeOnNamedPmu(name, pmus);
  const auto core = CorePmu(pmus, cpu);
  if (const auto code = RawCode(name)) {
    if (!core) return core.error();
    return EventEncoding{name, core->name, core->type, *code, 0, 0};
  }
  if (core && core->events.contains(name)) return EncodeSysfs(*core, name);
  auto pfm = EncodePfm(name);
  if (pfm && pfm->type == PERF_TYPE_RAW && core) {
    return EventEncoding{name, core->name, core->type, pfm->config, pfm->config1, pfm->config2};
  }
  if (pfm) return EventEncoding{name, "", pfm->type, pfm->config, pfm->config1, pfm->config2};
  std::vector<std::string> names;
  for (const CatalogueEvent& event : catalogue.events) names.push_back(event.name);
  const std::string guess = DidYouMean(name, names);
  return Error{ErrorCode::kNoSuchEvent, fmt::format("no event '{}' on {}", name, catalogue.title),
               guess.empty() ? "`pmubench list events` shows them; 'r11' is a raw code" : guess};
}

}  // namespace pmubench
