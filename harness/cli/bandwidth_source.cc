#include "cli/bandwidth_source.h"

#include <fmt/format.h>

#include <utility>

#include "platform/state_folder.h"

namespace pmubench {
namespace {

constexpr std::chrono::milliseconds kLongTurn{40};
// Fewer turns than this in an interval would be a matter of chance.
constexpr double kTurnsOfAnInterval = 10;

Result<ListedSource> SourceToUse(const BandwidthMachine& machine, const std::string& name) {
  SourceList list = FindSources(machine);
  const bool automatic = name.empty() || name == "auto";
  if (automatic && list.chosen) return std::move(list.sources[*list.chosen]);
  if (automatic) {
    return Error{ErrorCode::kNoPmu, "no source of memory bandwidth can be used here",
                 "`pmubench list sources` says why, and what would change it"};
  }
  const auto wanted = SourceNamed(name);
  if (!wanted) return wanted.error();
  for (ListedSource& listed : list.sources) {
    if (listed.source.info.name != wanted->info.name) continue;
    if (listed.finding.presence == Presence::kReady) return std::move(listed);
    return Error{
        ErrorCode::kNoPmu,
        fmt::format("source {} cannot be used here: {}", wanted->info.name, listed.finding.why),
        listed.finding.remedy};
  }
  return Error{ErrorCode::kUsage, fmt::format("there is no source '{}'", name), ""};
}

}  // namespace

Result<OpenedSource> OpenSource(const std::string& name, double interval_s,
                                const ResctrlGroup* own) {
  BandwidthMachine machine = ReadBandwidthMachine("/", StateFolder());
  auto listed = SourceToUse(machine, name);
  if (!listed) return listed.error();
  if (own != nullptr) {
    listed->finding.files = own->FilesInPlaceOf(listed->finding.files);
    listed->finding.counters.clear();
    if (listed->finding.files.empty()) {
      return Error{ErrorCode::kNoPmu, "this machine does not count the bytes of groups of tasks",
                   "leave --only-command out: the whole machine is measured then"};
    }
  }
  auto meter = BandwidthMeter::Open(SystemKernel(), listed->finding, machine.permissions);
  if (!meter) return meter.error();
  for (const auto& warnings : {listed->finding.warnings, meter->warnings()}) {
    for (const std::string& warning : warnings) fmt::print(stderr, "pmubench: {}\n", warning);
  }
  std::vector<MuxInterval> turns;
  const bool long_enough =
      interval_s >= kTurnsOfAnInterval * std::chrono::duration<double>(kLongTurn).count();
  for (const std::string& pmu : meter->rotating_pmus()) {
    if (long_enough) turns.emplace_back(machine.root, pmu, kLongTurn);
  }
  return OpenedSource{std::move(machine), *std::move(listed), *std::move(meter), std::move(turns)};
}

}  // namespace pmubench
