#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/pages/pages.h"
#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

constexpr std::size_t kNameWidth = 48;
constexpr std::size_t kSparkWidth = 16;

/// Cut in the middle: both ends of a benchmark's name tell something.
std::string Fit(const std::string& name) {
  const std::string printable = Printable(name);
  if (printable.size() <= kNameWidth) return printable;
  const auto boundary = [&](std::size_t at) {
    while (at < printable.size() && (printable[at] & 0xC0) == 0x80) ++at;
    return at;
  };
  const std::size_t head = boundary(kNameWidth / 2 - 1);
  const std::size_t tail = boundary(printable.size() - kNameWidth / 2 + 1);
  return printable.substr(0, head) + "…" + printable.substr(tail);
}

std::string Cell(const std::optional<double>& value, const std::string& unit) {
  return value ? EscapeMarkdown(FormatValue(*value, unit)) : "-";
}

void AddRow(std::string& page, const BenchmarkReport& benchmark, bool compared) {
  const MetricLine* main = MainMetric(benchmark);
  std::string spark;
  for (const Series& series : benchmark.series) {
    if (main != nullptr && series.metric == main->name) {
      spark = UnicodeSparkline(series.values, kSparkWidth);
    }
  }
  page += fmt::format("| {} | {} |", VerdictIcon(benchmark.verdict),
                      EscapeMarkdown(Fit(benchmark.name)));
  page += fmt::format(" {} |", main == nullptr ? "-" : EscapeMarkdown(main->name));
  if (compared) {
    page += fmt::format(" {} |", main == nullptr ? "-" : Cell(main->baseline, main->unit));
  }
  page += fmt::format(" {} |", main == nullptr ? "-" : Cell(main->value, main->unit));
  if (compared) {
    std::string change = "-";
    if (main != nullptr && main->change) {
      change = fmt::format("**{}**", FormatChange(*main->change));
      if (main->change_low && main->change_high) {
        change += fmt::format(" ({} … {})", FormatChange(*main->change_low),
                              FormatChange(*main->change_high));
      }
    }
    page += fmt::format(" {} |", change);
  }
  page += fmt::format(" {} |\n", spark.empty() ? "-" : spark);
}

void AddTable(std::string& page, const Report& report, const std::vector<std::size_t>& benchmarks,
              std::size_t rows) {
  page += report.compared
              ? "| | benchmark | metric | before | after | change (95 %) | history |\n"
                "|---|:---|:---|---:|---:|---:|:---|\n"
              : "| | benchmark | metric | value | history |\n|---|:---|:---|---:|:---|\n";
  const std::size_t shown = std::min(rows, benchmarks.size());
  for (std::size_t i = 0; i < shown; ++i) {
    AddRow(page, report.benchmarks[benchmarks[i]], report.compared);
  }
  if (shown < benchmarks.size()) {
    page += fmt::format("\n…and {} more; the HTML report has all.\n", benchmarks.size() - shown);
  }
  page += "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const BenchmarkReport& benchmark = report.benchmarks[benchmarks[i]];
    if (benchmark.explanation.empty()) continue;
    page += fmt::format("- {}: {}\n", EscapeMarkdown(Fit(benchmark.name)),
                        EscapeMarkdown(benchmark.explanation));
  }
}

}  // namespace

std::string MarkdownPage(const Report& report, std::size_t rows) {
  // One comment a job is replaced, not added to: this marks it.
  std::string page = "<!-- pmubench report -->\n";
  const bool worse = CountOf(report, Verdict::kRegression) > 0;
  page += fmt::format("### {} {}\n\n**{}**\n\n", worse ? "🔺" : "✅", EscapeMarkdown(report.title),
                      Summary(report));
  for (const std::string& warning : report.warnings) {
    page += fmt::format("> ⚠️ {}\n\n", EscapeMarkdown(warning));
  }
  struct Section {
    const char* title;
    std::vector<Verdict> verdicts;
    bool open;
  };
  const std::array<Section, 6> sections = {
      Section{"Regressions", {Verdict::kRegression}, true},
      Section{"Not measured", {Verdict::kNotMeasured}, true},
      Section{"Changed with the environment", {Verdict::kEnvironment}, true},
      Section{"Inconclusive", {Verdict::kInconclusive}, false},
      Section{"Improvements", {Verdict::kImprovement}, false},
      Section{report.compared ? "Unchanged, added, removed" : "Benchmarks",
              {Verdict::kAdded, Verdict::kRemoved, Verdict::kUnchanged},
              false}};
  const std::vector<std::size_t> order = Order(report);
  for (const Section& section : sections) {
    std::vector<std::size_t> members;
    for (const std::size_t i : order) {
      const Verdict verdict = report.benchmarks[i].verdict;
      if (std::find(section.verdicts.begin(), section.verdicts.end(), verdict) !=
          section.verdicts.end()) {
        members.push_back(i);
      }
    }
    if (members.empty()) continue;
    if (section.open) {
      page += fmt::format("#### {}\n\n", section.title);
    } else {
      page += fmt::format("<details><summary>{} ({})</summary>\n\n", section.title, members.size());
    }
    AddTable(page, report, members, rows);
    page += section.open ? "\n" : "\n</details>\n\n";
  }
  if (!report.events.empty()) {
    page += "#### Where the history steps\n\n";
    for (const EventReport& event : report.events) {
      page += fmt::format(
          "- {} {}..{}: {} benchmarks{}\n", event.environment ? "🌡️" : "📍",
          EscapeMarkdown(event.from_commit), EscapeMarkdown(event.to_commit), event.benchmarks,
          event.environment ? "; the canary moved too, so it is the environment" : "");
    }
    page += "\n";
  }
  std::string facts;
  for (const auto& [name, value] : report.facts) {
    facts += fmt::format("{}{}: {}", facts.empty() ? "" : " · ", EscapeMarkdown(name),
                         EscapeMarkdown(value));
  }
  if (!facts.empty()) page += fmt::format("<sub>{}</sub>\n", facts);
  return page;
}

}  // namespace pmubench::pages
