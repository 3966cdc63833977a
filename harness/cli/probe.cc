// `pmubench probe`: which counters there are, which are free now, who holds the rest, and which
// events cannot be counted together.
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "catalogue/encode.h"
#include "cli/verb.h"
#include "counters/conflicts.h"
#include "counters/holders.h"
#include "runner/catalogue_here.h"
#include "runner/core_counters.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

struct ProbeOptions {
  std::string format = "text";
  std::vector<std::string> conflicts;  ///< events, or none
};

struct ProbeReport {
  int cpu = 0;
  std::string pmu;
  CounterProbe counters;
  std::vector<CounterHolder> holders;
  std::optional<ConflictReport> conflicts;
};

/// Counters belong to a CPU: the answer is that of the one we stand on, so we stay there.
int StayOnThisCpu() {
  const int cpu = std::max(sched_getcpu(), 0);
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  sched_setaffinity(0, sizeof only, &only);
  return cpu;
}

/// Counters that exist and are not free, dedicated ones included.
int Taken(const CounterProbe& counters) {
  const auto held = std::count_if(counters.dedicated.begin(), counters.dedicated.end(),
                                  [](const DedicatedCounter& counter) { return !counter.free; });
  return counters.existing - counters.free + static_cast<int>(held);
}

Result<ProbeReport> Probe(const ProbeOptions& options) {
  ProbeReport report;
  report.cpu = StayOnThisCpu();
  auto catalogue = LoadCatalogueFor("", "", "/");
  if (!catalogue) return catalogue.error();
  auto pmus = ListPmus("/");
  if (!pmus) return pmus.error();
  std::vector<EventEncoding> events;
  std::vector<ConflictReport::Unusable> missing;
  for (const std::string& name : options.conflicts) {
    auto event = EncodeName(name, *catalogue, *pmus, report.cpu);
    if (event) {
      events.push_back(std::move(*event));
    } else if (catalogue->FindEvent(name) != nullptr) {
      missing.push_back({name, event.error().ToString()});
    } else {
      return Error{ErrorCode::kUsage, event.error().message, event.error().remedy};
    }
  }
  auto core = CorePmu(*pmus, report.cpu);
  if (!core) return core.error();
  report.pmu = core->name;
  const Permissions permissions = ReadPermissions("/");
  auto counters = ProbeCore(SystemKernel(), ProbeCandidates(*catalogue, *pmus, report.cpu),
                            permissions, DedicatedCandidates(*catalogue, *pmus, report.cpu));
  if (!counters) return counters.error();
  report.counters = std::move(*counters);
  report.holders = FindHolders("/", permissions, Taken(report.counters));
  if (options.conflicts.empty()) return report;
  report.conflicts = FindConflicts(SystemKernel(), events, permissions);
  auto& unusable = report.conflicts->unusable;
  unusable.insert(unusable.begin(), missing.begin(), missing.end());
  return report;
}

void PrintConflicts(const ConflictReport& report) {
  fmt::print("conflicts: {} of {} pairs\n", report.conflicts.size(), report.pairs);
  for (const EventConflict& conflict : report.conflicts) {
    fmt::print("  {} and {}: {}\n", conflict.first, conflict.second, conflict.why);
  }
  for (const auto& event : report.unusable) {
    fmt::print("  {} cannot be counted even alone: {}\n", event.event, event.why);
  }
}

void PrintText(const ProbeReport& report) {
  const CounterProbe& counters = report.counters;
  fmt::print("{} on CPU {}: {} general counters, {} free now; {} dedicated\n", report.pmu,
             report.cpu, counters.existing, counters.free, counters.dedicated.size());
  for (const DedicatedCounter& dedicated : counters.dedicated) {
    fmt::print("  {} has {}: {}\n", dedicated.event, dedicated.counter,
               dedicated.free ? "free" : "held");
  }
  if (!counters.unlike.empty()) fmt::print("  not trusted: {}\n", counters.unlike);
  if (!report.holders.empty()) fmt::print("{} held:\n", Taken(counters));
  for (const CounterHolder& holder : report.holders) {
    fmt::print("  {}{}{}\n", holder.detail, holder.remedy.empty() ? "" : "; ", holder.remedy);
  }
  if (report.conflicts) PrintConflicts(*report.conflicts);
}

Json ToJson(const ProbeReport& report) {
  const CounterProbe& counters = report.counters;
  Json json = {{"pmu", report.pmu},
               {"cpu", report.cpu},
               {"general_counters", counters.existing},
               {"free", counters.free},
               {"probed_with", counters.event},
               {"dedicated", Json::array()},
               {"held", Taken(counters)},
               {"holders", Json::array()}};
  if (!counters.unlike.empty()) json["not_trusted"] = counters.unlike;
  for (const DedicatedCounter& dedicated : counters.dedicated) {
    json["dedicated"].push_back(
        {{"event", dedicated.event}, {"counter", dedicated.counter}, {"free", dedicated.free}});
  }
  for (const CounterHolder& holder : report.holders) {
    Json entry = {{"kind", NameOf(holder.kind)}, {"name", holder.name}};
    if (holder.kind == CounterHolder::Kind::kProcess) entry["pid"] = holder.pid;
    entry["at_most"] = holder.events;
    entry["detail"] = holder.detail;
    entry["remedy"] = holder.remedy;
    json["holders"].push_back(std::move(entry));
  }
  if (!report.conflicts) return json;
  json["pairs_tried"] = report.conflicts->pairs;
  json["conflicts"] = Json::array();
  for (const EventConflict& conflict : report.conflicts->conflicts) {
    json["conflicts"].push_back(
        {{"events", {conflict.first, conflict.second}}, {"why", conflict.why}});
  }
  json["unusable"] = Json::array();
  for (const auto& event : report.conflicts->unusable) {
    json["unusable"].push_back({{"event", event.event}, {"why", event.why}});
  }
  return json;
}

int RunProbe(const ProbeOptions& options) {
  auto report = Probe(options);
  if (!report) return Fail(report.error());
  if (options.format == "json") {
    fmt::print("{}\n", ToJson(*report).dump(2));
  } else {
    PrintText(*report);
  }
  return 0;
}

}  // namespace

void AddProbeVerb(CLI::App& app, int& exit_code) {
  auto* verb =
      app.add_subcommand("probe", "How many counters exist, how many are free, who holds the rest");
  auto options = std::make_shared<ProbeOptions>();
  AddFormat(*verb, options->format);
  verb->add_option("--conflicts", options->conflicts,
                   "find the pairs of these events that cannot be counted together: names, "
                   "pmu/terms/ or raw codes (r11)")
      ->delimiter(',')
      ->type_name("EVENT,...");
  verb->footer(R"(
A group of one event is grown, pinned, until the kernel refuses it (so many counters exist) or it
no longer counts all the time (so many are free now). A dedicated counter is one that an event finds
beside a full group. Who holds the rest is read from /proc: processes with perf events open, the
NMI watchdog; else a hypervisor's limit. As root all processes can be seen.

Examples:
  pmubench probe
  pmubench probe --conflicts L1D_CACHE_REFILL,LL_CACHE_MISS_RD,r11 --format json)");
  verb->callback([options, &exit_code] { exit_code = RunProbe(*options); });
}

}  // namespace pmubench
