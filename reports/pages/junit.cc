#include <fmt/format.h>

#include "reports/pages/pages.h"
#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

std::string Message(const BenchmarkReport& benchmark) {
  const MetricLine* main = MainMetric(benchmark);
  std::string message = VerdictName(benchmark.verdict);
  const std::string who = benchmark.verdict == Verdict::kEnvironment ? "environment: " : "";
  if (main != nullptr && main->change) {
    message = who + fmt::format("{} {}", main->name, FormatChange(*main->change));
    if (main->baseline && main->value) {
      message += fmt::format(": {} -> {}", FormatValue(*main->baseline, main->unit),
                             FormatValue(*main->value, main->unit));
    }
  } else if (main != nullptr && !main->reason.empty()) {
    message = main->reason;
  }
  return message;
}

const char* Element(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRegression:
      return "failure";
    case Verdict::kNotMeasured:
      return "error";
    case Verdict::kEnvironment:
    case Verdict::kInconclusive:
      return "skipped";
    case Verdict::kImprovement:
    case Verdict::kAdded:
    case Verdict::kRemoved:
    case Verdict::kUnchanged:
      break;
  }
  return nullptr;
}

std::string Properties(const Report& report) {
  std::string moved;
  for (const std::string& metric : report.canary_moved) moved += " " + metric;
  return fmt::format(
      "    <properties>\n      <property name=\"canary\" value=\"{}{}\"/>\n"
      "    </properties>\n",
      CanaryName(report.canary), EscapeXml(moved));
}

std::string Output(const Report& report) {
  std::string lines;
  for (const std::string& warning : report.warnings) lines += EscapeXml(warning) + "\n";
  return lines.empty() ? lines : fmt::format("    <system-out>{}</system-out>\n", lines);
}

}  // namespace

std::string JUnitPage(const Report& report) {
  std::string cases;
  for (const std::size_t i : Order(report)) {
    const BenchmarkReport& benchmark = report.benchmarks[i];
    const MetricLine* time = FindMetric(benchmark, "real_time");
    const double seconds = time != nullptr && time->value ? *time->value / 1e9 : 0;
    cases += fmt::format("    <testcase classname=\"pmubench\" name=\"{}\" time=\"{:.9f}\"",
                         EscapeXml(benchmark.name), seconds);
    const char* element = Element(benchmark.verdict);
    if (element == nullptr) {
      cases += "/>\n";
      continue;
    }
    cases += fmt::format(">\n      <{0} message=\"{1}\">{2}</{0}>\n    </testcase>\n", element,
                         EscapeXml(Message(benchmark)), EscapeXml(benchmark.explanation));
  }
  const std::string counts = fmt::format(
      "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", report.benchmarks.size(),
      CountOf(report, Verdict::kRegression), CountOf(report, Verdict::kNotMeasured),
      CountOf(report, Verdict::kInconclusive) + CountOf(report, Verdict::kEnvironment));
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pmubench\" {0}>\n"
      "  <testsuite name=\"{1}\" {0}>\n{2}{3}{4}  </testsuite>\n</testsuites>\n",
      counts, EscapeXml(report.title), Properties(report), cases, Output(report));
}

}  // namespace pmubench::pages
