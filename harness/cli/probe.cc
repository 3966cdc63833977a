// `pmubench probe`: how many counters there are, and how many are free now.
#include <fmt/format.h>
#include <sched.h>

#include <nlohmann/json.hpp>

#include "cli/verb.h"
#include "runner/catalogue_here.h"
#include "runner/core_counters.h"

namespace pmubench {
namespace {

int RunProbe(const std::string& format) {
  const int cpu = std::max(sched_getcpu(), 0);
  auto catalogue = LoadCatalogueFor("", "", "/");
  if (!catalogue) return Fail(catalogue.error());
  auto pmus = ListPmus("/");
  if (!pmus) return Fail(pmus.error());
  auto core = CorePmu(*pmus, cpu);
  if (!core) return Fail(core.error());
  const Permissions permissions = ReadPermissions("/");
  auto probe = ProbeCore(SystemKernel(), ProbeCandidates(*catalogue, *pmus, cpu), permissions);
  if (!probe) return Fail(probe.error());
  if (format == "json") {
    const nlohmann::ordered_json result = {
        {"pmu", core->name}, {"general_counters", probe->existing}, {"free", probe->free}};
    fmt::print("{}\n", result.dump(2));
  } else {
    fmt::print("{}: {} general counters, {} free now\n", core->name, probe->existing, probe->free);
  }
  return 0;
}

}  // namespace

void AddProbeVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("probe", "How many counters exist and how many are free");
  auto format = std::make_shared<std::string>("text");
  AddFormat(*verb, *format);
  verb->callback([format, &exit_code] { exit_code = RunProbe(*format); });
}

}  // namespace pmubench
