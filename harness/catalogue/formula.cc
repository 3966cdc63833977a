#include "catalogue/formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "catalogue/formula_node.h"
#include "catalogue/formula_parser.h"

namespace pmubench {
namespace {

using Node = Formula::Node;
using Kind = Node::Kind;
using NodePtr = std::shared_ptr<const Node>;

int Precedence(const Node& node) {
  switch (node.kind) {
    case Kind::kAdd:
    case Kind::kSubtract:
      return 1;
    case Kind::kMultiply:
    case Kind::kDivide:
      return 2;
    case Kind::kNegate:
      return 3;
    case Kind::kNumber:
    case Kind::kName:
    case Kind::kMin:
    case Kind::kMax:
      break;
  }
  return 4;
}

std::string ToText(const Node& node);

std::string Operand(const Node& node, int needed) {
  return Precedence(node) < needed ? "(" + ToText(node) + ")" : ToText(node);
}

std::string Infix(const Node& node, const char* sign) {
  const int own = Precedence(node);
  // a - (b + c) and a / (b * c) keep their parentheses: these operators group to the left.
  return Operand(*node.operands[0], own) + sign + Operand(*node.operands[1], own + 1);
}

std::string ToText(const Node& node) {
  switch (node.kind) {
    case Kind::kNumber:
      return fmt::format("{}", node.number);
    case Kind::kName:
      return node.name;
    case Kind::kAdd:
      return Infix(node, " + ");
    case Kind::kSubtract:
      return Infix(node, " - ");
    case Kind::kMultiply:
      return Infix(node, " * ");
    case Kind::kDivide:
      return Infix(node, " / ");
    case Kind::kNegate:
      return "-" + Operand(*node.operands[0], 3);
    case Kind::kMin:
    case Kind::kMax:
      break;
  }
  return fmt::format("{}({}, {})", node.kind == Kind::kMin ? "min" : "max",
                     ToText(*node.operands[0]), ToText(*node.operands[1]));
}

void CollectNames(const Node& node, std::vector<std::string>& names) {
  if (node.kind == Kind::kName && std::find(names.begin(), names.end(), node.name) == names.end()) {
    names.push_back(node.name);
  }
  for (const NodePtr& operand : node.operands) CollectNames(*operand, names);
}

std::size_t CountNodes(const Node& node) {
  std::size_t count = 1;
  for (const NodePtr& operand : node.operands) count += CountNodes(*operand);
  return count;
}

Value NoNumber(std::string reason) { return {std::nullopt, std::move(reason)}; }

Value Number(const Node& node, double number) {
  if (!std::isfinite(number)) return NoNumber(fmt::format("{} is out of range", ToText(node)));
  return {number, ""};
}

Value EvaluateName(const Node& node, const std::function<Value(std::string_view)>& lookup) {
  Value value = lookup(node.name);
  if (value.number) return Number(node, *value.number);
  if (value.reason.empty()) return NoNumber(node.name + " was not counted");
  if (value.reason.find(node.name) != std::string::npos) return value;
  return NoNumber(node.name + ": " + value.reason);
}

Value EvaluateNode(const Node& node, const std::function<Value(std::string_view)>& lookup) {
  if (node.kind == Kind::kNumber) return {node.number, ""};
  if (node.kind == Kind::kName) return EvaluateName(node, lookup);
  std::array<double, 2> in{};
  for (std::size_t i = 0; i < node.operands.size(); ++i) {
    Value value = EvaluateNode(*node.operands[i], lookup);
    if (!value.number) return value;
    in[i] = *value.number;
  }
  switch (node.kind) {
    case Kind::kAdd:
      return Number(node, in[0] + in[1]);
    case Kind::kSubtract:
      return Number(node, in[0] - in[1]);
    case Kind::kMultiply:
      return Number(node, in[0] * in[1]);
    case Kind::kDivide:
      if (in[1] == 0) return NoNumber(ToText(*node.operands[1]) + " is 0");
      return Number(node, in[0] / in[1]);
    case Kind::kMin:
      return Number(node, std::min(in[0], in[1]));
    case Kind::kMax:
      return Number(node, std::max(in[0], in[1]));
    case Kind::kNegate:
    case Kind::kNumber:
    case Kind::kName:
      break;
  }
  return Number(node, -in[0]);
}

std::string FindZeroDivisor(const Node& node) {
  for (const NodePtr& operand : node.operands) {
    if (std::string found = FindZeroDivisor(*operand); !found.empty()) return found;
  }
  if (node.kind != Kind::kDivide) return "";
  const auto no_counts = [](std::string_view) { return NoNumber("not constant"); };
  const Value divisor = EvaluateNode(*node.operands[1], no_counts);
  return divisor.number == 0.0 ? ToText(*node.operands[1]) : "";
}

NodePtr Replace(const NodePtr& node,
                const std::function<const Formula*(std::string_view)>& replacement,
                const std::function<NodePtr(const Formula&)>& tree_of) {
  if (node->kind == Kind::kName) {
    const Formula* formula = replacement(node->name);
    return formula == nullptr ? node : tree_of(*formula);
  }
  if (node->operands.empty()) return node;
  auto copy = std::make_shared<Node>(*node);
  for (NodePtr& operand : copy->operands) operand = Replace(operand, replacement, tree_of);
  return copy;
}

}  // namespace

Formula::Formula() : Formula(std::make_shared<Node>(), "0") {}

Formula::Formula(std::shared_ptr<const Node> node, std::string text) {
  auto root = std::make_shared<Root>();
  root->node = std::move(node);
  root->text = std::move(text);
  CollectNames(*root->node, root->names);
  root_ = std::move(root);
}

Result<Formula> Formula::Parse(std::string_view text) {
  auto node = ParseFormulaText(text);
  if (!node) return node.error();
  return Formula(*std::move(node), std::string(text));
}

const std::vector<std::string>& Formula::names() const { return root_->names; }

const std::string& Formula::text() const { return root_->text; }

const Formula::Node& Formula::root() const { return *root_->node; }

Value Formula::Evaluate(const std::function<Value(std::string_view)>& lookup) const {
  return EvaluateNode(*root_->node, lookup);
}

Result<Formula> Formula::Expand(
    const std::function<const Formula*(std::string_view)>& replacement) const {
  NodePtr node =
      Replace(root_->node, replacement, [](const Formula& formula) { return formula.root_->node; });
  if (node == root_->node) return *this;
  const std::size_t count = CountNodes(*node);
  if (count > kMaxNodes) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format("with the metrics it names it has {} terms; the limit is {}", count, kMaxNodes),
        ""};
  }
  std::string text = ToText(*node);
  return Formula(std::move(node), std::move(text));
}

std::string Formula::ZeroDivisor() const { return FindZeroDivisor(*root_->node); }

bool IsRunQuantity(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kQuantities{"iterations", "wall_ns", "cpu_ns",
                                                               "counted_ns", "cpus"};
  return std::find(kQuantities.begin(), kQuantities.end(), name) != kQuantities.end();
}

}  // namespace pmubench
