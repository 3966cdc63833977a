#include "server/figures.h"

#include <fmt/format.h>
#include <regex.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "server/command.h"

namespace pmubench {
namespace {

/// <regex> of the standard library takes seconds to compile and recurses on long inputs.
class Expression {
 public:
  explicit Expression(const std::string& text)
      : error_(regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NEWLINE)) {}
  ~Expression() {
    if (error_ == 0) regfree(&compiled_);
  }
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  [[nodiscard]] std::string Problem() const {
    if (error_ == 0) return compiled_.re_nsub > 0 ? "" : "it has no group in brackets";
    std::array<char, 200> text{};
    regerror(error_, &compiled_, text.data(), text.size());
    return text.data();
  }

  /// What the first group is in the last match.
  [[nodiscard]] std::optional<std::string> Last(const std::string& text) const {
    std::optional<std::string> found;
    std::array<regmatch_t, 2> match{};
    for (const char* at = text.c_str(); regexec(&compiled_, at, match.size(), match.data(),
                                                at == text.c_str() ? 0 : REG_NOTBOL) == 0;
         at += match[0].rm_eo) {
      if (match[1].rm_eo > match[1].rm_so) found.emplace(at + match[1].rm_so, at + match[1].rm_eo);
      if (match[0].rm_eo == 0) break;  // an empty match would be found for ever
    }
    return found;
  }

 private:
  regex_t compiled_{};
  const int error_;
};

}  // namespace

Result<Figure> Figure::Parse(const std::string& expression) {
  const std::string problem = Expression(expression).Problem();
  if (!problem.empty()) {
    return Error{ErrorCode::kUsage, fmt::format("'{}': {}", expression, problem),
                 "give an extended regular expression whose first group is the number, e.g. "
                 "'requests: ([0-9]+)'"};
  }
  Figure figure;
  figure.expression_ = expression;
  return figure;
}

Result<Figure> Figure::ParseNamed(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    return Error{ErrorCode::kUsage, fmt::format("'{}' has no name", text),
                 "give NAME=EXPRESSION, e.g. 'p99_us=p99 ([0-9.]+)'"};
  }
  auto figure = Parse(text.substr(equals + 1));
  if (figure) figure->name_ = text.substr(0, equals);
  return figure;
}

Result<double> Figure::In(const std::string& output) const {
  const auto found = Expression(expression_).Last(output);
  char* end = nullptr;
  const double value = found ? std::strtod(found->c_str(), &end) : 0;
  if (found && !found->empty() && *end == '\0' && std::isfinite(value)) return value;
  return Error{ErrorCode::kBadInput,
               found ? fmt::format("'{}' matches '{}', which is no number", expression_, *found)
                     : fmt::format("'{}' is nowhere in the load's output, which ends: {}",
                                   expression_, Tail(output)),
               ""};
}

}  // namespace pmubench
