#include "catalogue/units.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "catalogue/formula_node.h"

namespace pmubench {
namespace {

using Node = Formula::Node;
using Kind = Node::Kind;

/// "1000 misses" to "access".
std::string BaseUnit(std::string_view text) {
  while (!text.empty() && !std::isalpha(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string unit(text);
  const auto ends = [&unit](std::string_view end) { return unit.ends_with(end); };
  if (ends("sses") || ends("ches")) {
    unit.resize(unit.size() - 2);
  } else if (unit.size() > 2 && ends("s") && !ends("ss")) {
    unit.pop_back();
  }
  return unit == "miss" ? "access" : unit;
}

void Add(Dimension& dimension, const std::string& unit, int power) {
  if (unit.empty()) return;
  if ((dimension[unit] += power) == 0) dimension.erase(unit);
}

Dimension Times(Dimension left, const Dimension& right, int sign) {
  for (const auto& [unit, power] : right) Add(left, unit, sign * power);
  return left;
}

std::string ToText(const Dimension& dimension) {
  if (dimension.empty()) return "no unit";
  std::string text;
  for (const auto& [unit, power] : dimension) {
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", unit,
                        power == 1 ? "" : fmt::format("^{}", power));
  }
  return text;
}

Dimension UnitOfName(const Catalogue& catalogue, const std::string& name) {
  if (name == "iterations") return {{"iteration", 1}};
  if (name == "wall_ns" || name == "cpu_ns" || name == "counted_ns") return {{"ns", 1}};
  if (IsRunQuantity(name)) return {};
  if (const CatalogueMetric* metric = catalogue.FindMetric(name)) return ParseUnit(metric->unit);
  for (const CatalogueConstant& constant : catalogue.constants) {
    if (constant.name == name) return ParseUnit(constant.unit);
  }
  const CatalogueEvent* event = catalogue.FindEvent(name);
  return event == nullptr ? Dimension{} : ParseUnit(event->unit);
}

/// A bound of 0, as in max(a - b, 0), is of any unit.
bool IsZero(const Node& node) { return node.kind == Kind::kNumber && node.number == 0; }

Result<Dimension> UnitOf(const Catalogue& catalogue, const Node& node) {
  if (node.kind == Kind::kNumber) return Dimension{};
  if (node.kind == Kind::kName) return UnitOfName(catalogue, node.name);
  auto left = UnitOf(catalogue, *node.operands[0]);
  if (!left || node.operands.size() == 1) return left;
  auto right = UnitOf(catalogue, *node.operands[1]);
  if (!right) return right;
  if (node.kind == Kind::kMultiply) return Times(*left, *right, 1);
  if (node.kind == Kind::kDivide) return Times(*left, *right, -1);
  if (IsZero(*node.operands[1])) return left;
  if (IsZero(*node.operands[0])) return right;
  if (*left != *right) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} is put together with {}", ToText(*left), ToText(*right)), ""};
  }
  return left;
}

}  // namespace

Dimension ParseUnit(std::string_view unit) {
  if (unit == "%" || unit.starts_with("% of ")) return {};
  if (unit == "GHz") return {{"cycle", 1}, {"ns", -1}};
  if (unit == "GFLOP/s") return {{"flop", 1}, {"ns", -1}};
  Dimension dimension;
  int power = 1;
  while (!unit.empty()) {
    const std::size_t slash = unit.find('/');
    Add(dimension, BaseUnit(unit.substr(0, slash)), power);
    power = -1;
    unit = slash == std::string_view::npos ? std::string_view{} : unit.substr(slash + 1);
  }
  return dimension;
}

Result<void> CheckUnits(const Catalogue& catalogue, const CatalogueMetric& metric) {
  auto unit = UnitOf(catalogue, metric.definition.root());
  if (!unit) {
    return Error{unit.error().code, fmt::format("'{}': {}", metric.name, unit.error().message), ""};
  }
  if (*unit != ParseUnit(metric.unit)) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format("'{}' is in {}, its formula gives {}", metric.name, metric.unit, ToText(*unit)),
        ""};
  }
  return {};
}

}  // namespace pmubench
