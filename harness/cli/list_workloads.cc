// `pmubench list workloads`: what is in the box, what each needs, and whether it can run here.
#include "cli/list_workloads.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/program_folder.h"
#include "runner/workloads.h"

namespace pmubench {
namespace {

void Print(const Workload& workload, const std::string& missing) {
  fmt::print("{}\n  {}\n", workload.name, workload.summary);
  fmt::print("  {:<10} {}\n", "stresses", workload.stresses);
  if (!workload.metrics.empty()) fmt::print("  {:<10} {}\n", "metrics", workload.metrics);
  for (const Workload::Need& need : workload.needs) {
    fmt::print("  {:<10} {} (package {})\n", "needs", need.program, need.package);
  }
  for (const Workload::Knob& knob : workload.knobs) {
    fmt::print("  {:<10} {:<28} {}\n", &knob == workload.knobs.data() ? "knobs" : "", knob.variable,
               knob.what);
  }
  if (!missing.empty()) fmt::print("  {:<10} {}\n", "not here:", missing);
  fmt::print("\n");
}

nlohmann::ordered_json ToJson(const Workload& workload, const std::string& missing) {
  auto needs = nlohmann::ordered_json::array();
  for (const Workload::Need& need : workload.needs) {
    needs.push_back({{"program", need.program}, {"package", need.package}});
  }
  auto knobs = nlohmann::ordered_json::object();
  for (const Workload::Knob& knob : workload.knobs) knobs[knob.variable] = knob.what;
  nlohmann::ordered_json json{{"name", workload.name},
                              {"summary", workload.summary},
                              {"stresses", workload.stresses},
                              {"needs", needs},
                              {"knobs", knobs},
                              {"metrics", workload.metrics.empty() ? "basic" : workload.metrics},
                              {"binary", workload.binary},
                              {"runnable", missing.empty()}};
  if (!missing.empty()) json["reason"] = missing;
  return json;
}

}  // namespace

int ListWorkloads(bool json) {
  const char* path = std::getenv("PATH");
  auto all = nlohmann::ordered_json::array();
  for (const Workload& workload : BundledWorkloads()) {
    const auto located = LocateWorkload(workload, ProgramFolder(), path == nullptr ? "" : path);
    const std::string missing = located ? "" : located.error().ToString();
    if (json) {
      all.push_back(ToJson(workload, missing));
    } else {
      Print(workload, missing);
    }
  }
  if (json) {
    fmt::print("{}\n", all.dump(2));
  } else {
    fmt::print("Run one with `pmubench run NAME`; knobs are environment variables.\n");
  }
  return 0;
}

}  // namespace pmubench
