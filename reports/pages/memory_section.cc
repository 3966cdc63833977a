#include "reports/pages/memory_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "reports/pages/size_curves.h"
#include "reports/pages/size_plot.h"
#include "reports/pages/svg.h"
#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

constexpr std::size_t kMostGauges = 8;
constexpr std::size_t kCurvesAPlot = 4;  // as many as there are colours

struct Use {
  const BenchmarkReport* benchmark = nullptr;
  const MetricLine* used = nullptr;
  const MetricLine* attainable = nullptr;

  [[nodiscard]] bool known() const {
    return used != nullptr && used->value && attainable != nullptr && attainable->value &&
           *attainable->value > 0;
  }
  [[nodiscard]] double share() const { return *used->value / *attainable->value; }
};

/// A source that sees reads only has no other bandwidth, and its peak is one of reads.
Use UseOf(const BenchmarkReport& benchmark) {
  const MetricLine* used = FindMetric(benchmark, "memory_bandwidth");
  if (used == nullptr) used = FindMetric(benchmark, "memory_read_bandwidth");
  return {&benchmark, used, FindMetric(benchmark, "attainable_bandwidth")};
}

std::string GaugeOf(const Use& use, const std::string& name) {
  std::string label = fmt::format("{}: {}, {:.1f} % of {} attainable", name,
                                  FormatValue(*use.used->value, use.used->unit), 100 * use.share(),
                                  FormatValue(*use.attainable->value, use.attainable->unit));
  if (use.share() > 1) {
    label +=
        "; that was measured too low: run `pmubench bandwidth check` again on the idle machine";
  }
  return Gauge(*use.used->value, *use.attainable->value, label);
}

std::string Gauges(const Report& report) {
  std::vector<Use> uses;
  for (const BenchmarkReport& benchmark : report.benchmarks) {
    if (const Use use = UseOf(benchmark); use.known()) uses.push_back(use);
  }
  std::stable_sort(uses.begin(), uses.end(),
                   [](const Use& a, const Use& b) { return a.share() > b.share(); });
  std::string html;
  for (std::size_t i = 0; i < std::min(uses.size(), kMostGauges); ++i) {
    html += GaugeOf(uses[i], uses[i].benchmark->name);
  }
  if (uses.size() > kMostGauges) {
    html += fmt::format("<p class=note>{} benchmarks that used less are not drawn.</p>\n",
                        uses.size() - kMostGauges);
  }
  return html;
}

std::string Plots(const Report& report) {
  const std::vector<SizeCurve> curves = SizeCurvesOf(report);
  std::string html;
  for (std::size_t from = 0; from < curves.size(); from += kCurvesAPlot) {
    const std::size_t count = std::min(kCurvesAPlot, curves.size() - from);
    html += SizePlot(std::span(curves).subspan(from, count), fmt::format("sizes{}", from));
  }
  return html;
}

}  // namespace

std::string MemoryGauge(const BenchmarkReport& benchmark, const std::string& name) {
  const Use use = UseOf(benchmark);
  return use.known() ? GaugeOf(use, name) : "";
}

std::string MemorySection(const Report& report) {
  const std::string inside = Gauges(report) + Plots(report);
  if (inside.empty()) return {};
  return fmt::format("<section><h2>Memory bandwidth</h2>\n{}</section>\n", inside);
}

}  // namespace pmubench::pages
