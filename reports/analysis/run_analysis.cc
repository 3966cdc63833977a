#include "reports/analysis/run_analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;
using Text = fmt::memory_buffer;

template <typename... Arguments>
void Add(Text& text, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
}

std::string Remark(const std::string& note) {
  return note.empty() ? "" : fmt::format("  [{}]", note);
}

void AddIronLaw(const AnalysisInput& table, Text& text) {
  const auto law = IronLawOf(table);
  if (!law) {
    Add(text, "  {}\n", law.error().message);
    return;
  }
  Add(text,
      "  iron law: {:.6g} ns/iteration = {:.6g} instructions x {:.4f} cycles/instruction x {:.4f} "
      "ns/cycle{}\n",
      law->time_ns, law->instructions, law->cpi, law->cycle_ns,
      table.counts_kernel ? "" : " (cycles of user space; the kernel's time is in the last)");
}

void AddPart(const TopDownPart& part, int indent, Text& text) {
  if (part.percent) {
    Add(text, "{:{}}{:<24} {:6.1f} %{}\n", "", indent, part.title, *part.percent,
        Remark(part.note));
  } else {
    Add(text, "{:{}}{:<24}      -    {}\n", "", indent, part.title, part.reason);
  }
  for (const TopDownPart& child : part.parts) AddPart(child, indent + 2, text);
}

void AddTopDown(const AnalysisInput& table, Text& text) {
  const TopDown topdown = TopDownOf(table);
  // Where nothing was measured, the bottleneck's sentence has said why.
  if (std::none_of(topdown.parts.begin(), topdown.parts.end(),
                   [](const TopDownPart& part) { return part.percent.has_value(); })) {
    return;
  }
  Add(text, "  top-down, % of slots\n");
  for (const TopDownPart& part : topdown.parts) AddPart(part, 4, text);
  if (topdown.sum) {
    Add(text, "    {:<24} {:6.1f} %  (off 100 by {:.1f})\n", "sum", *topdown.sum, *topdown.error());
  }
}

void AddCpiStack(const AnalysisInput& table, Text& text) {
  const auto stack = CpiStackOf(table);
  if (!stack) {
    Add(text, "  {}\n", stack.error().message);
    return;
  }
  Add(text, "  CPI stack, cycles/instruction\n");
  for (const CpiPart& part : stack->parts) {
    Add(text, "    {:<24} {:8.4f} {:6.1f} %{}\n", part.title, part.cpi, part.percent,
        Remark(part.note));
  }
  Add(text, "    {:<24} {:8.4f} {:6.1f} %{}\n", "unattributed", stack->unattributed,
      stack->cpi > 0 ? 100 * stack->unattributed / stack->cpi : 0.0,
      stack->unattributed < 0 ? "  [below 0: waits that overlap are counted in full]" : "");
  Add(text, "    {:<24} {:8.4f}\n", "sum", stack->cpi);
  for (const std::string& missing : stack->missing) Add(text, "    - {}\n", missing);
}

void AddLines(const std::vector<std::string>& lines, const char* indent, Text& text) {
  for (const std::string& line : lines) Add(text, "{}{}\n", indent, line);
}

Json Nullable(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json LawJson(const AnalysisInput& table) {
  const auto law = IronLawOf(table);
  if (!law) return {{"reason", law.error().message}};
  return {{"time_ns", law->time_ns},
          {"instructions", law->instructions},
          {"cpi", law->cpi},
          {"cycle_ns", law->cycle_ns}};
}

Json PartJson(const TopDownPart& part) {
  Json json = {{"name", part.name}, {"title", part.title}, {"percent", Nullable(part.percent)}};
  if (!part.percent) json["reason"] = part.reason;
  if (!part.note.empty()) json["note"] = part.note;
  if (!part.parts.empty()) json["parts"] = Json::array();
  for (const TopDownPart& child : part.parts) json["parts"].push_back(PartJson(child));
  return json;
}

Json TopDownJson(const AnalysisInput& table) {
  const TopDown topdown = TopDownOf(table);
  Json json = {{"unit", "% of slots"},
               {"sum", Nullable(topdown.sum)},
               {"error", Nullable(topdown.error())},
               {"parts", Json::array()}};
  for (const TopDownPart& part : topdown.parts) json["parts"].push_back(PartJson(part));
  return json;
}

Json StackJson(const AnalysisInput& table) {
  const auto stack = CpiStackOf(table);
  if (!stack) return {{"reason", stack.error().message}};
  Json parts = Json::array();
  for (const CpiPart& part : stack->parts) {
    parts.push_back({{"name", part.name},
                     {"title", part.title},
                     {"cpi", part.cpi},
                     {"percent", part.percent},
                     {"note", part.note}});
  }
  return {{"unit", "cycles/instruction"},
          {"cpi", stack->cpi},
          {"parts", std::move(parts)},
          {"unattributed", stack->unattributed},
          {"missing", stack->missing}};
}

void AddFactors(const IronLaw& from, const IronLaw& to, Text& text) {
  const IronLawChange change = Compare(from, to);
  Add(text, "    {:<16} {:>14} {:>14} {:>9} {:>14}\n", "factor", "before", "after", "ratio",
      "part of change");
  const double values[3][2] = {
      {from.instructions, to.instructions}, {from.cpi, to.cpi}, {from.cycle_ns, to.cycle_ns}};
  const char* units[3] = {"", "cycles/instruction", "ns"};
  for (std::size_t i = 0; i < change.factors.size(); ++i) {
    const FactorChange& factor = change.factors[i];
    Add(text, "    {:<16} {:>14.6g} {:>14.6g} {:>9.4f} {:>+11.4g} ns  {}\n", factor.name,
        values[i][0], values[i][1], factor.ratio, factor.time_ns, units[i]);
  }
  Add(text, "    {:<16} {:>14.6g} {:>14.6g} {:>9.4f} {:>+11.4g} ns  ns/iteration\n", "CPU time",
      from.time_ns, to.time_ns, change.time_ratio, change.time_ns);
}

}  // namespace

std::string AnalysisText(const std::string& name, const AnalysisInput& table) {
  Text text;
  Add(text, "{}\n  {}\n", name, BottleneckOf(table).sentence);
  AddIronLaw(table, text);
  AddTopDown(table, text);
  AddCpiStack(table, text);
  AddLines(MetricRemarks(DoubtsOf(table)), "  ", text);
  return fmt::to_string(text);
}

std::string ChangeText(const std::string& name, const AnalysisInput& before,
                       const AnalysisInput& after) {
  Text text;
  Add(text, "{}\n  {}\n", name, ExplainChange(before, after));
  const auto from = IronLawOf(before);
  const auto to = IronLawOf(after);
  if (from && to) {
    AddFactors(*from, *to, text);
    Add(text, "  before: {}\n  after:  {}\n", BottleneckOf(before).sentence,
        BottleneckOf(after).sentence);
  }
  const auto doubts = MetricRemarks(DoubtsOf(before));
  const auto doubts_after = MetricRemarks(DoubtsOf(after));
  const bool same = doubts == doubts_after;
  AddLines(doubts, same ? "  " : "  before: ", text);
  if (!same) AddLines(doubts_after, "  after: ", text);
  return fmt::to_string(text);
}

std::string AnalysisJson(const std::string& name, const AnalysisInput& table) {
  const Bottleneck bottleneck = BottleneckOf(table);
  const Json json = {
      {"name", name},
      {"bottleneck",
       {{"category", bottleneck.category.empty() ? Json(nullptr) : Json(bottleneck.category)},
        {"percent", bottleneck.percent},
        {"sentence", bottleneck.sentence}}},
      {"iron_law", LawJson(table)},
      {"topdown", TopDownJson(table)},
      {"cpi_stack", StackJson(table)},
      {"no_value", DoubtsOf(table).missing},
      {"not_to_be_trusted", DoubtsOf(table).wrong}};
  return json.dump(2);
}

std::string ChangeJson(const std::string& name, const AnalysisInput& before,
                       const AnalysisInput& after) {
  Json json = {{"name", name},
               {"sentence", ExplainChange(before, after)},
               {"before", Json::parse(AnalysisJson(name, before))},
               {"after", Json::parse(AnalysisJson(name, after))}};
  const auto from = IronLawOf(before);
  const auto to = IronLawOf(after);
  if (from && to) {
    const IronLawChange change = Compare(*from, *to);
    Json factors = Json::array();
    for (const FactorChange& factor : change.factors) {
      factors.push_back({{"name", factor.name},
                         {"ratio", factor.ratio},
                         {"time_ns", factor.time_ns},
                         {"points", factor.points}});
    }
    json["change"] = {{"time_ratio", change.time_ratio},
                      {"time_ns", change.time_ns},
                      {"factors", std::move(factors)}};
  }
  return json.dump(2);
}

}  // namespace pmubench
