#include "cli/compare_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/verb.h"
#include "platform/text.h"

namespace pmubench {
namespace {

using statistics::MetricClass;

constexpr MetricClass kClasses[] = {MetricClass::kExact, MetricClass::kNearExact,
                                    MetricClass::kTiming, MetricClass::kNoisy};

}  // namespace

Result<compare::CompareOptions> CompareFlags::Options() const {
  compare::CompareOptions options;
  options.alpha = alpha;
  for (const std::string& list : gates) {
    for (const std::string& gate : SplitList(list)) options.gates.push_back(gate);
  }
  for (const MetricClass metric_class : kClasses) {
    const auto floor = floors.find(std::string(statistics::MetricClassName(metric_class)));
    if (floor != floors.end()) options.floors[metric_class] = floor->second;
  }
  options.allow_fingerprint_mismatch = allow_fingerprint_mismatch;
  return options;
}

void AddCompareFlags(CLI::App& verb, CompareFlags& flags) {
  verb.add_option("--alpha", flags.alpha, "share of false ones among the changes that are shown")
      ->check(CLI::Range(1e-9, 0.5))
      ->capture_default_str();
  verb.add_option("--gate", flags.gates,
                  "metrics that decide, with commas (default: time, instructions)");
  for (const MetricClass metric_class : kClasses) {
    const std::string name(statistics::MetricClassName(metric_class));
    verb.add_option_function<double>(
            "--floor-" + name, [&flags, name](double floor) { flags.floors[name] = floor; },
            fmt::format("smaller changes of {} metrics do not matter (default {:g})", name,
                        statistics::DefaultFloor(metric_class)))
        ->check(CLI::Range(0.0, 10.0));
  }
#ifdef PMUBENCH_HAS_STORE
  verb.add_option("--history", flags.history,
                  "a history (see `pmubench history`) of this machine: timing metrics have to "
                  "change by 3 times their noise from night to night");
  verb.add_option("--history-branch", flags.history_branch, "only by its runs of this branch");
#endif
  verb.add_flag("--allow-fingerprint-mismatch", flags.allow_fingerprint_mismatch,
                "compare launches of different machines all the same");
  verb.add_flag("--strict", flags.strict, "exit with 3 where a benchmark is undecided or gone");
  verb.add_flag("--all", flags.all, "show the benchmarks that did not change, too");
}

}  // namespace pmubench
