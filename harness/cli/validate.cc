// `pmubench validate`: which events count right on this machine.
#include "validate/validate.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/verb.h"
#include "counters/kernel.h"
#include "platform/fingerprint.h"
#include "runner/catalogue_here.h"
#include "validate/verdict_file.h"

namespace pmubench {
namespace {

struct ValidateOptions {
  std::string state;
  std::string catalogue_file;
  std::string format = "text";
  int repeats = 5;
};

bool Measured(const EventVerdict& verdict) {
  return verdict.kind != EventVerdictKind::kNotMeasured;
}

/// Metrics that use an event that is dead or counts wrong, with the reason.
std::vector<std::pair<std::string, std::string>> Affected(const Catalogue& catalogue,
                                                          const Distrust& distrust) {
  std::vector<std::pair<std::string, std::string>> affected;
  for (const CatalogueMetric& metric : catalogue.metrics) {
    for (const std::string& event : metric.events) {
      const auto dead = distrust.dead.find(event);
      const auto wrong = distrust.wrong.find(event);
      if (dead == distrust.dead.end() && wrong == distrust.wrong.end()) continue;
      affected.emplace_back(metric.name,
                            dead != distrust.dead.end() ? dead->second : wrong->second);
      break;
    }
  }
  return affected;
}

void PrintText(const Catalogue& catalogue, const Verdicts& verdicts,
               const std::filesystem::path& file) {
  fmt::print("{} ({})\n\n", catalogue.title, catalogue.core);
  fmt::print("  {:<40} {:<24} {:>12} {:>12} {:>9}  {}\n", "event", "held against", "expected",
             "measured", "error", "verdict");
  for (const EventVerdict& verdict : verdicts.events) {
    if (!Measured(verdict)) continue;
    fmt::print("  {:<40} {:<24} {:>12.0f} {:>12.0f} {:>+8.2f}%  {}\n", verdict.event,
               verdict.quantity, verdict.expected, verdict.measured, 100 * verdict.error,
               verdict.detail);
  }
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const EventVerdict& verdict : verdicts.events) {
    if (!Measured(verdict)) by_reason[verdict.detail].push_back(verdict.event);
  }
  for (const auto& [reason, events] : by_reason) {
    fmt::print("  not measured: {}: {}\n", fmt::join(events, ", "), reason);
  }
  const auto affected = Affected(catalogue, DistrustOf(verdicts));
  if (!affected.empty()) fmt::print("\nmetrics that are affected here\n");
  for (const auto& [metric, reason] : affected) fmt::print("  {:<28} {}\n", metric, reason);
  fmt::print("\nkept in {}: run, stat and list say so from now on\n", file.string());
}

void PrintJson(const Catalogue& catalogue, const Verdicts& verdicts) {
  auto json = nlohmann::ordered_json::parse(ToJson(verdicts));
  json["affected_metrics"] = nlohmann::ordered_json::object();
  for (const auto& [metric, reason] : Affected(catalogue, DistrustOf(verdicts))) {
    json["affected_metrics"][metric] = reason;
  }
  fmt::print("{}\n", json.dump(2));
}

void ShowProgress(std::size_t number, std::size_t all, const std::string& event) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r\033[Kpmubench: event {} of {}: {}", number, all, event);
  if (number == all) fmt::print(stderr, "\r\033[K");
}

/// Stays on one CPU: on a machine with several core PMUs an event is of one of them.
int StayHere() {
  const int cpu = std::max(sched_getcpu(), 0);
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
  return cpu;
}

int RunValidate(const ValidateOptions& options) {
  const std::filesystem::path folder =
      options.state.empty() ? StateFolder() : std::filesystem::path(options.state);
  if (folder.empty()) {
    return Fail({ErrorCode::kUsage, "there is no folder to keep the verdicts in: HOME is not set",
                 "give --state DIR"});
  }
  const int cpu = StayHere();
  auto catalogue = LoadCatalogueFor("", options.catalogue_file, "/");
  if (!catalogue) return Fail(catalogue.error());
  auto pmus = ListPmus("/");
  if (!pmus) return Fail(pmus.error());
  const MachineFingerprint machine = ReadFingerprint("/");
  ValidateRequest request;
  request.catalogue = &*catalogue;
  request.pmus = &*pmus;
  request.caches = ReadCaches("/", cpu);
  request.permissions = ReadPermissions("/");
  request.cpu = cpu;
  request.repeats = options.repeats;
  request.progress = ShowProgress;
  Verdicts verdicts{machine.id, catalogue->core, machine.kernel,
                    fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))),
                    ValidateEvents(request, SystemKernel())};
  if (auto done = WriteVerdicts(verdicts, folder); !done) return Fail(done.error());
  if (options.format == "json") {
    PrintJson(*catalogue, verdicts);
  } else {
    PrintText(*catalogue, verdicts, VerdictFile(folder, machine.id, catalogue->core));
  }
  if (auto core = CorePmu(*pmus, cpu); !core) return Fail(core.error());
  const Distrust distrust = DistrustOf(verdicts);
  return distrust.dead.empty() && distrust.wrong.empty() ? 0 : 1;
}

}  // namespace

void AddValidateVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("validate", "Which events count right on this machine");
  auto options = std::make_shared<ValidateOptions>();
  verb->add_option("--state", options->state,
                   "keep the verdicts in this folder (default: $PMUBENCH_STATE, else "
                   "$XDG_CACHE_HOME/pmubench, else ~/.cache/pmubench)");
  verb->add_option("--catalogue", options->catalogue_file, "events and metrics of your own (JSON)");
  verb->add_option("--repeats", options->repeats, "runs of each length; their median counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  AddFormat(*verb, options->format);
  verb->footer(
      R"(Runs small loops in assembly whose counts are known - instructions, loads, stores, branches,
mispredictions, cache lines, pages, floating point - at three lengths, and compares each event:
exact to a constant, within 1 %, over- or under-counts by a factor, dead. Metrics that use a dead
event have no value from then on, with that reason; those that use a wrong one say so.

Exit code 0: every event that was measured counts right; 1: some do not; 3: no core PMU.
Example: pmubench validate --format json)");
  verb->callback([options, &exit_code] { exit_code = RunValidate(*options); });
}

}  // namespace pmubench
