// Formulas over event counts: parsed once, evaluated on any counts.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// A number, or the reason why there is none. Never NaN, never infinite.
struct Value {
  std::optional<double> number;
  std::string reason;  ///< set where `number` is not
};

/// An arithmetic expression: + - * / parentheses, numbers, names, min(a, b), max(a, b).
/// Names are events, other metrics' names (before expansion) or the quantities of the run:
/// `iterations`, `wall_ns`, `cpu_ns`, `counted_ns` (CPU time in the modes that
/// were counted), `cpus`. Immutable after parsing; thread-safe.
class Formula {
 public:
  struct Node;

  static constexpr std::size_t kMaxLength = 64 * 1024;  ///< characters
  static constexpr int kMaxDepth = 64;                  ///< nested parentheses, calls and signs
  static constexpr std::size_t kMaxNodes = 1024;        ///< operators, numbers and names

  /// The number 0.
  Formula();

  /// Parses; the error names the column (from 1). Text beyond the limits above is refused.
  static Result<Formula> Parse(std::string_view text);

  /// Every name in it, in order of first appearance, each once.
  [[nodiscard]] const std::vector<std::string>& names() const;
  /// The expression; after Expand, written anew.
  [[nodiscard]] const std::string& text() const;

  /// The value on counts that `lookup` gives by name. A missing count gives no number and its own
  /// reason; a division by zero gives no number and names the divisor.
  [[nodiscard]] Value Evaluate(const std::function<Value(std::string_view)>& lookup) const;

  /// A copy in which each name that `replacement` gives a formula for stands for that formula.
  /// Fails where the result would be larger than the limits.
  [[nodiscard]] Result<Formula> Expand(
      const std::function<const Formula*(std::string_view)>& replacement) const;

  /// A divisor that is 0 whatever is counted, as text; empty where there is none.
  [[nodiscard]] std::string ZeroDivisor() const;

  /// The tree, for what walks it (units).
  [[nodiscard]] const Node& root() const;

 private:
  struct Root;
  Formula(std::shared_ptr<const Node> node, std::string text);
  std::shared_ptr<const Root> root_;
};

/// Whether a name in a formula is a quantity of the run and not an event.
[[nodiscard]] bool IsRunQuantity(std::string_view name);

/// Whether `name` can stand in a formula: a letter or `_`, then letters, digits, `_`, `.` or `:`.
[[nodiscard]] bool IsFormulaName(std::string_view name);

}  // namespace pmubench
