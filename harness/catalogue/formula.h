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
/// `iterations`, `wall_ns`, `cpu_ns`, `cpus`. Immutable after parsing; thread-safe.
class Formula {
 public:
  /// Parses; the error names the column (from 1).
  static Result<Formula> Parse(std::string_view text);

  /// Every name in it, in order of first appearance, each once.
  [[nodiscard]] const std::vector<std::string>& names() const;
  [[nodiscard]] const std::string& text() const;

  /// The value on counts that `lookup` gives by name. A missing count gives no number and its own
  /// reason; a division by zero gives no number and names the divisor.
  [[nodiscard]] Value Evaluate(const std::function<Value(std::string_view)>& lookup) const;

  struct Node;

 private:
  explicit Formula(std::shared_ptr<const Node> root);
  std::shared_ptr<const Node> root_;
};

/// Whether a name in a formula is a quantity of the run and not an event.
[[nodiscard]] bool IsRunQuantity(std::string_view name);

}  // namespace pmubench
