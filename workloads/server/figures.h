// Numbers that a load prints.
#pragma once

#include <string>

#include "pmubench/result.h"

namespace pmubench {

/// A POSIX extended regular expression whose first group is a number, e.g. "requests: ([0-9]+)".
class Figure {
 public:
  /// `expression` alone, or with a name before it: "p99_us=p99 ([0-9.]+)". Errors: kUsage.
  static Result<Figure> Parse(const std::string& expression);
  static Result<Figure> ParseNamed(const std::string& text);

  [[nodiscard]] const std::string& name() const { return name_; }

  /// The number in the last place of `output` where the expression matches. kBadInput where it
  /// matches nowhere or its group is no number. Pure.
  [[nodiscard]] Result<double> In(const std::string& output) const;

 private:
  std::string name_;
  std::string expression_;
};

}  // namespace pmubench
