#include "cli/pgo_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace pmubench {
namespace {

std::string Change(std::uint64_t now, std::uint64_t before) {
  if (before == 0) return "";
  return fmt::format(" ({:+.1f} %)",
                     100.0 * (static_cast<double>(now) / static_cast<double>(before) - 1));
}

std::string CountCells(const std::optional<InstructionCounts>& counts,
                       const std::optional<InstructionCounts>& base) {
  if (!counts) return " - | - | - | - |";
  const std::uint64_t before = base ? base->instructions : 0;
  return fmt::format(
      " {:.1f} M{} | {:.1f} | {:.2f} | {:.2f} |", 1e-6 * static_cast<double>(counts->instructions),
      base && counts->instructions != before ? Change(counts->instructions, before) : "",
      counts->PerThousand(counts->taken_branches), counts->PerThousand(counts->l1i_misses),
      counts->PerThousand(counts->mispredicted));
}

nlohmann::ordered_json CountsJson(const std::optional<InstructionCounts>& counts) {
  if (!counts) return nullptr;
  return {{"instructions", counts->instructions},
          {"taken_branches", counts->taken_branches},
          {"taken_branches_pki", counts->PerThousand(counts->taken_branches)},
          {"l1i_mpki_model", counts->PerThousand(counts->l1i_misses)},
          {"branch_mpki_model", counts->PerThousand(counts->mispredicted)}};
}

// A row for each build, a column for each metric that the PMU could count.
std::string MetricTable(const PgoReport& report) {
  if (report.metric_units.empty()) return "";
  std::string head = "\n| by the PMU |";
  std::string line = "| --- |";
  for (const auto& [name, unit] : report.metric_units) {
    head += fmt::format(" {} [{}] |", name, unit);
    line += " --- |";
  }
  std::string text = head + "\n" + line + "\n";
  const auto row = [&](const std::string& build, const std::map<std::string, double>& metrics) {
    text += "| " + build + " |";
    for (const auto& [name, unit] : report.metric_units) {
      const auto value = metrics.find(name);
      text += value == metrics.end() ? " - |" : fmt::format(" {:.2f} |", value->second);
    }
    text += "\n";
  };
  row("base", report.base_metrics);
  for (const VariantResult& variant : report.variants) row(variant.name, variant.metrics);
  return text;
}

nlohmann::ordered_json MetricsJson(const std::map<std::string, double>& metrics) {
  if (metrics.empty()) return nullptr;
  return metrics;
}

}  // namespace

double LayoutFloor::low() const {
  return ratios.empty() ? 1 : std::min(1.0, *std::min_element(ratios.begin(), ratios.end()));
}

double LayoutFloor::high() const {
  return ratios.empty() ? 1 : std::max(1.0, *std::max_element(ratios.begin(), ratios.end()));
}

PgoVerdict Judge(const VariantResult& variant, const LayoutFloor& floor) {
  if (!variant.same_output) return PgoVerdict::kWrongOutput;
  if (!std::isfinite(variant.time.high)) return PgoVerdict::kTooFewRounds;
  if (variant.time.high < floor.low()) return PgoVerdict::kFaster;
  if (variant.time.low > floor.high()) return PgoVerdict::kSlower;
  if (variant.time.low >= floor.low() && variant.time.high <= floor.high()) {
    return PgoVerdict::kInsideFloor;
  }
  return PgoVerdict::kUndecided;
}

std::string ToString(PgoVerdict verdict) {
  switch (verdict) {
    case PgoVerdict::kFaster:
      return "faster";
    case PgoVerdict::kSlower:
      return "slower";
    case PgoVerdict::kInsideFloor:
      return "no gain: inside the layout floor";
    case PgoVerdict::kUndecided:
      return "not decided: the interval reaches into the layout floor";
    case PgoVerdict::kTooFewRounds:
      return "not decided: an interval takes six rounds";
    case PgoVerdict::kWrongOutput:
      break;
  }
  return "output differs: not measured";
}

std::string ToMarkdown(const PgoReport& report) {
  std::string text = fmt::format(
      "{}: {}, branches by {} ({} stacks, {} taken branches), {} over {} interleaved rounds\n\n",
      report.program, report.compiler, report.source, report.stacks, report.taken, report.measure,
      report.rounds);
  text +=
      "| build | time / base | 95 % interval | instructions | taken / 1000 | L1I misses / 1000 | "
      "mispredicted / 1000 | verdict |\n";
  text += "| --- | --- | --- | --- | --- | --- | --- | --- |\n";
  text += fmt::format("| base | 1 | |{} |\n", CountCells(report.base_counts, std::nullopt));
  for (const VariantResult& variant : report.variants) {
    const std::string interval =
        std::isfinite(variant.time.high)
            ? fmt::format("{:.3f} to {:.3f}", variant.time.low, variant.time.high)
            : "-";
    const std::string times =
        variant.same_output ? fmt::format("{:.3f} | {}", variant.time.ratio, interval) : "- | -";
    text += fmt::format("| {} | {} |{} {} |\n", variant.name, times,
                        CountCells(variant.counts, report.base_counts),
                        ToString(Judge(variant, report.floor)));
  }
  text += MetricTable(report);
  if (report.floor.ratios.empty()) {
    text +=
        "\nLayout floor: not measured, so no ratio above is proven to be more than luck of "
        "layout.\n";
  } else {
    text += fmt::format(
        "\nLayout floor: the base in {} random function orders ran at {:.3f} to {:.3f} of its own "
        "time; a ratio inside that is not a gain.\n",
        report.floor.ratios.size(), report.floor.low(), report.floor.high());
  }
  if (report.base_counts) {
    text += "Instructions and taken branches are counted by callgrind, misses by its models.\n";
  }
  for (const std::string& note : report.notes) text += "Note: " + note + "\n";
  return text;
}

std::string ToJson(const PgoReport& report) {
  nlohmann::ordered_json variants = nlohmann::ordered_json::array();
  for (const VariantResult& variant : report.variants) {
    nlohmann::ordered_json entry = {{"name", variant.name}, {"same_output", variant.same_output}};
    if (variant.same_output) {
      entry["time_ratio"] = variant.time.ratio;
      entry["interval"] = nullptr;
      if (std::isfinite(variant.time.high)) {
        entry["interval"] = {variant.time.low, variant.time.high};
      }
    }
    entry["counts"] = CountsJson(variant.counts);
    if (!variant.counts) entry["counts_reason"] = variant.counts_reason;
    entry["pmu_metrics"] = MetricsJson(variant.metrics);
    entry["verdict"] = ToString(Judge(variant, report.floor));
    variants.push_back(std::move(entry));
  }
  const nlohmann::ordered_json all = {{"program", report.program},
                                      {"compiler", report.compiler},
                                      {"source", report.source},
                                      {"stacks", report.stacks},
                                      {"taken_branches", report.taken},
                                      {"measure", report.measure},
                                      {"rounds", report.rounds},
                                      {"base_counts", CountsJson(report.base_counts)},
                                      {"base_pmu_metrics", MetricsJson(report.base_metrics)},
                                      {"pmu_metric_units", report.metric_units},
                                      {"layout_floor", report.floor.ratios},
                                      {"variants", variants},
                                      {"notes", report.notes}};
  return all.dump(2) + "\n";
}

}  // namespace pmubench
