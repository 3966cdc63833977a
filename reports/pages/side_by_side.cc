#include "reports/pages/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/pages/assets.h"
#include "reports/pages/pages.h"
#include "reports/pages/text_format.h"

namespace pmubench::pages {
namespace {

using Json = nlohmann::ordered_json;

/// A benchmark on all classes; null where a class does not have it.
struct Row {
  std::string name;
  std::vector<const BenchmarkReport*> cells;
  bool attention = false;
  bool regression = false;
};

/// Regressions first, then what else needs a look, then the rest; by name within each.
std::vector<Row> Rows(const SideBySide& page) {
  std::map<std::string, Row> by_name;
  for (std::size_t i = 0; i < page.classes.size(); ++i) {
    for (const BenchmarkReport& benchmark : page.classes[i].report.benchmarks) {
      Row& row = by_name[benchmark.name];
      row.name = benchmark.name;
      row.cells.resize(page.classes.size());
      row.cells[i] = &benchmark;
      row.attention |= NeedsAttention(benchmark);
      row.regression |= benchmark.verdict == Verdict::kRegression;
    }
  }
  std::vector<Row> rows;
  for (auto& [name, row] : by_name) rows.push_back(std::move(row));
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::pair(!a.regression, !a.attention) < std::pair(!b.regression, !b.attention);
  });
  return rows;
}

std::string ValueOf(const BenchmarkReport* cell) {
  const MetricLine* main = cell == nullptr ? nullptr : MainMetric(*cell);
  return main != nullptr && main->value ? FormatValue(*main->value, main->unit) : "-";
}

std::string ChangeOf(const BenchmarkReport* cell) {
  const MetricLine* main = cell == nullptr ? nullptr : MainMetric(*cell);
  return main != nullptr && main->change ? FormatChange(*main->change) : "";
}

std::string Words(const BenchmarkReport* cell) {
  if (cell == nullptr) return "-";
  std::string words = ValueOf(cell);
  if (const std::string change = ChangeOf(cell); !change.empty()) words += " " + change;
  if (cell->verdict != Verdict::kUnchanged) {
    words += fmt::format(" {}", VerdictName(cell->verdict));
  }
  return words;
}

std::string Explanations(const SideBySide& page, const Row& row, std::string_view prefix,
                         std::string (*escape)(std::string_view)) {
  std::string text;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (row.cells[i] == nullptr || row.cells[i]->explanation.empty()) continue;
    text += fmt::format("{}{}: {}\n", prefix, escape(page.classes[i].machine_class),
                        escape(row.cells[i]->explanation));
  }
  return text;
}

std::string Heading(const ClassReport& one) {
  return one.kind.empty() ? one.machine_class : fmt::format("{} ({})", one.machine_class, one.kind);
}

}  // namespace

std::size_t CountOf(const SideBySide& page, Verdict verdict) {
  std::size_t count = 0;
  for (const ClassReport& one : page.classes) count += CountOf(one.report, verdict);
  return count;
}

std::string SideBySideText(const SideBySide& page, bool colour) {
  std::string text = page.title + "\n";
  for (const auto& [name, value] : page.facts) {
    text += fmt::format("  {:<14} {}\n", name, Printable(value));
  }
  for (const std::string& note : page.notes) text += "  note: " + Printable(note) + "\n";
  for (const ClassReport& one : page.classes) {
    text += fmt::format("  {:<14} {}\n", one.machine_class, Summary(one.report));
    for (const std::string& warning : one.report.warnings) {
      text += fmt::format("  {:<14} note: {}\n", "", Printable(warning));
    }
  }
  text += "\n";
  const std::vector<Row> rows = Rows(page);
  constexpr std::size_t kMostWidth = 48, kCell = 34;
  std::size_t width = 9;
  for (const Row& row : rows) {
    if (row.attention) width = std::max(width, std::min(kMostWidth, Printable(row.name).size()));
  }
  std::string head = fmt::format("{:<{}}", "benchmark", width);
  for (const ClassReport& one : page.classes) head += fmt::format("  {:<{}}", Heading(one), kCell);
  text += head.substr(0, head.find_last_not_of(' ') + 1) + "\n";
  std::size_t quiet = 0;
  for (const Row& row : rows) {
    if (!row.attention) {
      ++quiet;
      continue;
    }
    std::string line = fmt::format("{:<{}}", Printable(row.name), width);
    for (const BenchmarkReport* cell : row.cells) {
      line += fmt::format("  {:<{}}", Words(cell), kCell);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += colour && row.regression ? "\033[31m" + line + "\033[0m\n" : line + "\n";
    text += Explanations(page, row, "    ", [](std::string_view raw) { return Printable(raw); });
  }
  return text +
         fmt::format("\n{} of {} benchmarks need no look on any class\n", quiet, rows.size());
}

std::string SideBySideMarkdown(const SideBySide& page) {
  std::string text = fmt::format("### {}\n\n", EscapeMarkdown(page.title));
  for (const ClassReport& one : page.classes) {
    text += fmt::format("- **{}**: {}\n", EscapeMarkdown(Heading(one)), Summary(one.report));
    for (const std::string& warning : one.report.warnings) {
      text += fmt::format("  - {}\n", EscapeMarkdown(warning));
    }
  }
  for (const std::string& note : page.notes) text += fmt::format("- {}\n", EscapeMarkdown(note));
  const std::vector<Row> rows = Rows(page);
  std::string table;
  // A comment of a pull request takes 65,536 characters.
  constexpr std::size_t kMostRows = 60;
  std::size_t shown = 0, attention = 0;
  for (const Row& row : rows) {
    if (!row.attention || ++attention > kMostRows) continue;
    ++shown;
    table += fmt::format("| {} |", EscapeMarkdown(row.name));
    for (const BenchmarkReport* cell : row.cells) {
      table += fmt::format(" {} {} |", cell == nullptr ? "" : VerdictIcon(cell->verdict),
                           EscapeMarkdown(Words(cell)));
    }
    table += "\n";
  }
  if (shown > 0) {
    text += "\n| benchmark |";
    std::string rule = "|:---|";
    for (const ClassReport& one : page.classes) {
      text += fmt::format(" {} |", EscapeMarkdown(one.machine_class));
      rule += ":---|";
    }
    text += "\n" + rule + "\n" + table;
  }
  return text + fmt::format("\n{} of {} benchmarks need a look; {} of them are shown.\n", attention,
                            rows.size(), shown);
}

std::string SideBySideHtml(const SideBySide& page, const std::vector<std::string>& links) {
  const Assets assets = ReportAssets();
  const bool bad = CountOf(page, Verdict::kRegression) > 0;
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width,initial-scale=1\">"
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>{0}</title>\n<style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n"
      "<p class=\"verdict{2}\">regressions: {3}, machine classes: {4}</p>\n<dl>",
      EscapeHtml(page.title), assets.style, bad ? " regression" : "",
      CountOf(page, Verdict::kRegression), page.classes.size());
  for (const auto& [name, value] : page.facts) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", EscapeHtml(name), EscapeHtml(value));
  }
  html += "</dl>\n";
  for (const std::string& note : page.notes) {
    html += fmt::format("<p class=warning>{}</p>\n", EscapeHtml(note));
  }
  html += "<div class=scroll><table><thead><tr><th>benchmark</th>";
  for (std::size_t i = 0; i < page.classes.size(); ++i) {
    const std::string heading = EscapeHtml(Heading(page.classes[i]));
    html += i < links.size() && !links[i].empty()
                ? fmt::format("<th><a href=\"{}\">{}</a></th>", EscapeHtml(links[i]), heading)
                : fmt::format("<th>{}</th>", heading);
  }
  html += "</tr></thead>\n<tbody><tr><th>all</th>";
  for (const ClassReport& one : page.classes) {
    html += fmt::format("<td>{}</td>", EscapeHtml(Summary(one.report)));
  }
  html += "</tr>\n";
  for (const Row& row : Rows(page)) {
    html += fmt::format("<tr><th>{}</th>", EscapeHtml(row.name));
    for (const BenchmarkReport* cell : row.cells) {
      if (cell == nullptr) {
        html += "<td>-</td>";
        continue;
      }
      html +=
          fmt::format("<td><span class=\"badge {}\">{} {}</span> {} {}", VerdictName(cell->verdict),
                      VerdictIcon(cell->verdict), VerdictName(cell->verdict),
                      EscapeHtml(ValueOf(cell)), EscapeHtml(ChangeOf(cell)));
      if (!cell->explanation.empty()) {
        html += fmt::format("<br><small>{}</small>", EscapeHtml(cell->explanation));
      }
      html += "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n</body></html>\n";
}

std::string SideBySideJson(const SideBySide& page) {
  Json facts = Json::object();
  for (const auto& [name, value] : page.facts) facts[name] = Printable(value);
  Json notes = Json::array();
  for (const std::string& note : page.notes) notes.push_back(Printable(note));
  Json classes = Json::array();
  for (const ClassReport& one : page.classes) {
    classes.push_back({{"class", Printable(one.machine_class)},
                       {"machine", Printable(one.kind)},
                       {"report", Json::parse(JsonPage(one.report))}});
  }
  const Json json = {{"schema", {{"name", "pmubench.fleet"}, {"version", "1.0"}}},
                     {"title", Printable(page.title)},
                     {"facts", std::move(facts)},
                     {"notes", std::move(notes)},
                     {"regressions", CountOf(page, Verdict::kRegression)},
                     {"classes", std::move(classes)}};
  return json.dump(1) + "\n";
}

}  // namespace pmubench::pages
