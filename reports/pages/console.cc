#include <fmt/format.h>

#include "reports/pages/pages.h"
#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

const char* Colour(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRegression:
    case Verdict::kNotMeasured:
      return "\033[31m";
    case Verdict::kImprovement:
      return "\033[32m";
    case Verdict::kEnvironment:
    case Verdict::kInconclusive:
      return "\033[33m";
    default:
      return "";
  }
}

const char* Mark(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRegression:
      return "WORSE";
    case Verdict::kImprovement:
      return "better";
    case Verdict::kEnvironment:
      return "environment";
    case Verdict::kInconclusive:
      return "unclear";
    case Verdict::kNotMeasured:
      return "NO DATA";
    case Verdict::kAdded:
      return "added";
    case Verdict::kRemoved:
      return "removed";
    case Verdict::kUnchanged:
      break;
  }
  return "";
}

}  // namespace

std::string ConsolePage(const Report& report, bool colour) {
  std::string page = report.title + "\n";
  for (const auto& [name, value] : report.facts) {
    page += fmt::format("  {:<14} {}\n", name, Printable(value));
  }
  for (const std::string& warning : report.warnings) {
    page += fmt::format("  note: {}\n", Printable(warning));
  }
  page += "\n";
  std::size_t width = 9;
  for (const BenchmarkReport& benchmark : report.benchmarks) {
    width = std::min<std::size_t>(48, std::max(width, Printable(benchmark.name).size()));
  }
  for (const std::size_t i : Order(report)) {
    const BenchmarkReport& benchmark = report.benchmarks[i];
    const MetricLine* main = MainMetric(benchmark);
    std::string value = "-", change;
    if (main != nullptr && main->value) value = FormatValue(*main->value, main->unit);
    if (main != nullptr && main->change) {
      change = FormatChange(*main->change);
      if (main->change_low && main->change_high) {
        change += fmt::format(" [{}, {}]", FormatChange(*main->change_low),
                              FormatChange(*main->change_high));
      }
    }
    const std::string line = fmt::format("{:<{}}  {:>12}  {:<30} {}", Printable(benchmark.name),
                                         width, value, change, Mark(benchmark.verdict));
    const char* paint = colour ? Colour(benchmark.verdict) : "";
    page += fmt::format("{}{}{}\n", paint, line.substr(0, line.find_last_not_of(' ') + 1),
                        *paint != '\0' ? "\033[0m" : "");
    if (!benchmark.explanation.empty()) page += "    " + Printable(benchmark.explanation) + "\n";
  }
  for (const EventReport& event : report.events) {
    page += fmt::format("\n{} in {}..{}: {} benchmarks{}\n",
                        event.environment ? "the environment changed" : "change",
                        Printable(event.from_commit), Printable(event.to_commit), event.benchmarks,
                        event.environment ? " (the canary moved too)" : "");
    for (std::size_t i = 0; i < event.series.size() && i < 5; ++i) {
      page += "    " + Printable(event.series[i]) + "\n";
    }
  }
  page += "\n" + Summary(report) + "\n";
  return page;
}

}  // namespace pmubench::pages
