#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/pages/assets.h"
#include "reports/pages/html_data.h"
#include "reports/pages/memory_section.h"
#include "reports/pages/pages.h"
#include "reports/pages/svg.h"
#include "reports/pages/text_format.h"
#include "reports/store/bundle.h"

namespace pmubench::pages {
namespace {

/// Icons differ in shape; words stand beside them.
std::string Badge(Verdict verdict) {
  struct Look {
    const char* icon;
    const char* word;
  };
  const Look look = [&]() -> Look {
    switch (verdict) {
      case Verdict::kRegression:
        return {"&#9650;", "worse"};
      case Verdict::kImprovement:
        return {"&#9660;", "better"};
      case Verdict::kEnvironment:
        return {"&#9678;", "environment"};
      case Verdict::kInconclusive:
        return {"?", "unclear"};
      case Verdict::kNotMeasured:
        return {"&#10005;", "no data"};
      case Verdict::kAdded:
        return {"+", "added"};
      case Verdict::kRemoved:
        return {"&#8722;", "removed"};
      case Verdict::kUnchanged:
        break;
    }
    return {"&#183;", "same"};
  }();
  return fmt::format("<span class=\"badge {}\"><span aria-hidden=true>{}</span> {}</span>",
                     VerdictName(verdict), look.icon, look.word);
}

/// `unit`: what the column's head does not tell.
std::string ValueCell(const MetricLine* line, std::string_view unit) {
  if (line == nullptr) return "<td class=n>-</td>";
  if (!line->value) {
    return fmt::format("<td class=n title=\"{}\">-</td>", EscapeHtml(line->reason));
  }
  return fmt::format("<td class=n data-v={:.6g}>{}</td>", *line->value,
                     EscapeHtml(FormatValue(*line->value, unit)));
}

std::string ChangeText(const MetricLine& line) {
  if (!line.change) return "-";
  std::string text = FormatChange(*line.change);
  if (line.change_low && line.change_high) {
    text += fmt::format(" <small>[{}, {}]</small>", FormatChange(*line.change_low),
                        FormatChange(*line.change_high));
  }
  return text;
}

std::string Interval(const MetricLine& line) {
  if (!line.low || !line.high) return "-";
  return fmt::format("{} &#8230; {}", EscapeHtml(FormatValue(*line.low, line.unit)),
                     EscapeHtml(FormatValue(*line.high, line.unit)));
}

std::string MetricTable(const BenchmarkReport& benchmark, bool compared) {
  std::string table =
      "<div class=scroll><table class=metrics><thead><tr><th scope=col>metric<th scope=col "
      "class=n>value<th scope=col class=n>interval<th scope=col class=n>measured";
  if (compared) table += "<th scope=col class=n>baseline<th scope=col class=n>change";
  table += "</tr></thead><tbody>";
  for (const MetricLine& line : benchmark.metrics) {
    table += fmt::format("<tr{}><th scope=row>{}</th>", line.gate ? " class=gate" : "",
                         EscapeHtml(line.name));
    if (line.value) {
      table += fmt::format("<td class=n>{}</td><td class=n>{}</td>",
                           EscapeHtml(FormatValue(*line.value, line.unit)), Interval(line));
    } else {
      table += fmt::format("<td class=n colspan=2>not measured: {}</td>", EscapeHtml(line.reason));
    }
    table += fmt::format("<td class=n>{}</td>",
                         line.sampling_ratio ? FormatShare(*line.sampling_ratio) : "-");
    if (compared) {
      table += fmt::format(
          "<td class=n>{}</td><td class=n>{}</td>",
          line.baseline ? EscapeHtml(FormatValue(*line.baseline, line.unit)) : std::string("-"),
          ChangeText(line));
    }
    table += "</tr>";
  }
  return table + "</tbody></table></div>";
}

std::string Bars(const BenchmarkReport& benchmark) {
  std::vector<Share> shares;
  for (const auto& [metric, title] :
       {std::pair{"retiring", "retiring"}, std::pair{"bad_speculation", "bad speculation"},
        std::pair{"frontend_bound", "front-end bound"},
        std::pair{"backend_bound", "back-end bound"}}) {
    const MetricLine* line = FindMetric(benchmark, metric);
    if (line != nullptr && line->value) shares.push_back({title, *line->value});
  }
  std::string bars;
  if (shares.size() == 4) bars += StackedBar(shares, "Top-down: share of slots");
  return bars + MemoryGauge(benchmark, "Memory bandwidth");
}

const Series* FindSeries(const BenchmarkReport& benchmark, const MetricLine* line) {
  if (line == nullptr) return nullptr;
  for (const Series& series : benchmark.series) {
    if (series.metric == line->name) return &series;
  }
  return benchmark.series.empty() ? nullptr : &benchmark.series.front();
}

std::string Describe(const Series& series) {
  double low = INFINITY, high = -INFINITY;
  std::size_t count = 0;
  for (const double value : series.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
    ++count;
  }
  if (count == 0) return series.metric + ": no values";
  const std::size_t steps = series.change_points.size();
  return fmt::format("{} over {} runs, {} to {}, {} change point{}", series.metric, count,
                     FormatValue(low, series.unit), FormatValue(high, series.unit), steps,
                     steps == 1 ? "" : "s");
}

std::string Card(const Report& report, std::size_t at, std::size_t row) {
  const BenchmarkReport& benchmark = report.benchmarks[at];
  const MetricLine* main = MainMetric(benchmark);
  std::string card = fmt::format("<article class=\"card {}\" id=card{}><h3>{} {}</h3>",
                                 VerdictName(benchmark.verdict), row, Badge(benchmark.verdict),
                                 EscapeHtml(benchmark.name));
  if (!benchmark.explanation.empty()) {
    card += fmt::format("<p>{}</p>", EscapeHtml(benchmark.explanation));
  }
  card += Bars(benchmark);
  for (const Series& series : benchmark.series) {
    card += fmt::format(
        "<figure class=chart data-row={} data-metric=\"{}\">{}<figcaption>{}"
        "</figcaption></figure>",
        row, EscapeHtml(series.metric), HistoryPicture(series, Describe(series)),
        EscapeHtml(Describe(series)));
  }
  const bool open = main != nullptr && benchmark.verdict == Verdict::kRegression;
  card += fmt::format("<details{}><summary>All metrics</summary>{}</details></article>\n",
                      open ? " open" : "", MetricTable(benchmark, report.compared));
  return card;
}

std::string TableRow(const Report& report, std::size_t at) {
  const BenchmarkReport& benchmark = report.benchmarks[at];
  const MetricLine* main = MainMetric(benchmark);
  const Series* series = FindSeries(benchmark, main);
  std::string html =
      fmt::format("<tr data-s={}><td>{}</td><th scope=row>{}</th>", VerdictName(benchmark.verdict),
                  Badge(benchmark.verdict), EscapeHtml(benchmark.name));
  const MetricLine* time = FindMetric(benchmark, "real_time");
  html += time != nullptr ? ValueCell(time, "ns")
                          : ValueCell(main, main != nullptr ? std::string_view(main->unit) : "");
  if (report.compared) {
    html += main != nullptr && main->change
                ? fmt::format("<td class=n data-v={:.5g}>{}</td>", *main->change, ChangeText(*main))
                : std::string("<td class=n>-</td>");
  }
  html += ValueCell(FindMetric(benchmark, "instructions"), "");
  html += ValueCell(FindMetric(benchmark, "ipc"), "");
  html += series == nullptr ? "<td></td>"
                            : fmt::format("<td>{}</td>", Sparkline(*series, series->metric));
  return html + "</tr>\n";
}

std::string Events(const Report& report) {
  if (report.events.empty()) return {};
  std::string html = "<section><h2>Where the history steps</h2><ul class=events>";
  for (const EventReport& event : report.events) {
    const RunPoint* run =
        event.first_run < report.runs.size() ? &report.runs[event.first_run] : nullptr;
    html +=
        fmt::format("<li><strong>{}</strong> {} {} of {} benchmark{}, commits {}..{}{}<ul>",
                    event.environment ? "Environment" : "Change",
                    run != nullptr ? "on " + store::FormatTime(run->started_ms).substr(0, 10) : "",
                    "in series", event.benchmarks, event.benchmarks == 1 ? "" : "s",
                    EscapeHtml(event.from_commit), EscapeHtml(event.to_commit),
                    event.environment ? ": the canary, a fixed program, moved too" : "");
    for (std::size_t i = 0; i < event.series.size() && i < 8; ++i) {
      html += fmt::format("<li>{}</li>", EscapeHtml(event.series[i]));
    }
    if (event.series.size() > 8)
      html += fmt::format("<li>and {} more</li>", event.series.size() - 8);
    html += "</ul></li>";
  }
  return html + "</ul></section>\n";
}

std::string Head(const Report& report) {
  const Assets& assets = ReportAssets();
  return fmt::format(
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
      "<title>{}</title>\n<style>{}{}</style></head>\n<body>\n",
      EscapeHtml(report.title), assets.uplot_style, assets.style);
}

std::string Scripts(const Report& report, const std::vector<std::size_t>& order) {
  const Assets& assets = ReportAssets();
  std::string html =
      fmt::format("<script type=application/json id=data>{}</script>\n", ReportData(report, order));
  if (assets.uplot_script.empty()) {
    html +=
        "<p class=note>This pmubench was built without npm: charts are pictures, they do not "
        "zoom.</p>\n";
  } else {
    html += fmt::format("<!-- uPlot:\n{}-->\n<script>{}</script>\n", assets.uplot_licence,
                        assets.uplot_script);
  }
  return html + fmt::format("<script>{}</script>\n", assets.script);
}

}  // namespace

std::string HtmlPage(const Report& report, const HtmlOptions& options) {
  const std::vector<std::size_t> order = Order(report);
  const bool worse = CountOf(report, Verdict::kRegression) > 0;
  std::string html = Head(report);
  html +=
      fmt::format("<header><h1>{}</h1><p class=\"verdict {}\">{}</p><dl>", EscapeHtml(report.title),
                  worse ? "regression" : "fine", EscapeHtml(Summary(report)));
  for (const auto& [name, value] : report.facts) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", EscapeHtml(name), EscapeHtml(value));
  }
  html += "</dl>";
  for (const std::string& warning : report.warnings) {
    html += fmt::format("<p class=warning role=note>{}</p>", EscapeHtml(warning));
  }
  html += "</header>\n<main>\n" + Events(report);

  std::string cards;
  std::size_t shown = 0, left_out = 0;
  for (std::size_t row = 0; row < order.size(); ++row) {
    if (!NeedsAttention(report.benchmarks[order[row]])) break;
    if (shown < options.cards) {
      cards += Card(report, order[row], row);
      ++shown;
    } else {
      ++left_out;
    }
  }
  if (!cards.empty()) {
    html += "<section><h2>What needs a look</h2>\n" + cards;
    if (left_out > 0) html += fmt::format("<p>{} more in the table below.</p>", left_out);
    html += "</section>\n";
  }
  html += MemorySection(report);

  html += fmt::format(
      "<section><h2>All benchmarks</h2>\n<form class=tools role=search hidden>"
      "<label>Search <input type=search id=search autocomplete=off></label>"
      "<label>Show <select id=filter><option value=\"\">all</option>"
      "<option value=regression>worse</option><option value=improvement>better</option>"
      "<option value=environment>environment</option>"
      "<option value=inconclusive>unclear</option><option value=not_measured>no data</option>"
      "<option value=added>added</option><option value=removed>removed</option>"
      "<option value=unchanged>same</option></select></label>"
      "<output id=count aria-live=polite>{} benchmarks</output></form>\n"
      "<p class=note id=plain>Without JavaScript: no search, no zoom, and the metrics of "
      "benchmarks that need no look are left out.</p>\n"
      "<div class=scroll><table id=all><thead><tr><th scope=col>verdict<th scope=col>benchmark"
      "<th scope=col class=n>time{}<th scope=col class=n>instructions an iteration"
      "<th scope=col class=n>IPC"
      "<th scope=col>history</tr></thead><tbody>\n",
      order.size(), report.compared ? "<th scope=col class=n>change" : "");
  for (std::size_t row = 0; row < order.size(); ++row) html += TableRow(report, order[row]);
  html += "</tbody></table></div></section>\n</main>\n";
  html += fmt::format("<footer>pmubench, {}</footer>\n", store::FormatTime(report.generated_ms));
  return html + Scripts(report, order) + "</body></html>\n";
}

}  // namespace pmubench::pages
