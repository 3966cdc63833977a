#include <fmt/format.h>

#include <cmath>
#include <map>

#include "reports/pages/pages.h"
#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

// OpenMetrics 1.0: [a-zA-Z_:][a-zA-Z0-9_:]*.
std::string MetricName(const std::string& name) {
  std::string legal = "pmubench_";
  for (const char c : name) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    legal += letter ? c : '_';
  }
  return legal;
}

std::string Label(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string OpenMetricsPage(const Report& report) {
  struct Family {
    std::string help;
    std::string samples;
  };
  // All samples of a family must stand together.
  std::map<std::string, Family> families;
  std::string labels;
  for (const auto& [name, value] : report.facts) {
    if (name == "machine" || name == "configuration" || name == "branch") {
      labels += fmt::format(",{}=\"{}\"", name, Label(value));
    }
  }
  for (const BenchmarkReport& benchmark : report.benchmarks) {
    const std::string who = fmt::format("benchmark=\"{}\"{}", Label(benchmark.name), labels);
    for (const MetricLine& line : benchmark.metrics) {
      if (!line.value) continue;
      Family& family = families[MetricName(line.name)];
      if (family.help.empty()) {
        family.help = fmt::format("{}, {}", Label(line.name), Label(line.unit));
      }
      family.samples += fmt::format("{}{{{}}} {}\n", MetricName(line.name), who, *line.value);
      if (line.sampling_ratio) {
        Family& ratio = families["pmubench_sampling_ratio"];
        ratio.help = "time running / time enabled of what a metric was computed from";
        ratio.samples += fmt::format("pmubench_sampling_ratio{{{},metric=\"{}\"}} {}\n", who,
                                     Label(line.name), *line.sampling_ratio);
      }
    }
    Family& verdict = families["pmubench_regression"];
    verdict.help = "1 where the benchmark is a confirmed regression against its baseline";
    verdict.samples += fmt::format("pmubench_regression{{{}}} {}\n", who,
                                   benchmark.verdict == Verdict::kRegression ? 1 : 0);
    Family& environment = families["pmubench_environment"];
    environment.help = "1 where the benchmark changed together with the canary, a fixed program";
    environment.samples += fmt::format("pmubench_environment{{{}}} {}\n", who,
                                       benchmark.verdict == Verdict::kEnvironment ? 1 : 0);
  }
  if (report.canary == CanaryState::kStable || report.canary == CanaryState::kMoved) {
    families["pmubench_canary_moved"] = {
        "1 where a program that never changes did not measure as before: the environment changed",
        fmt::format("pmubench_canary_moved{{{}}} {}\n", labels.empty() ? "" : labels.substr(1),
                    report.canary == CanaryState::kMoved ? 1 : 0)};
  }
  std::string page;
  for (const auto& [name, family] : families) {
    page += fmt::format("# TYPE {0} gauge\n# HELP {0} {1}\n{2}", name, family.help, family.samples);
  }
  return page + "# EOF\n";
}

}  // namespace pmubench::pages
