#include "catalogue/formula_parser.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace pmubench {
namespace {

using Node = Formula::Node;
using Kind = Node::Kind;
using NodePtr = std::shared_ptr<const Node>;

bool IsNameStart(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c) || c == '.' || c == ':'; }

/// Recursive descent. Every function returns null after it has set the error.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<NodePtr> Run() {
    if (text_.size() > Formula::kMaxLength) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("formula of {} characters; the limit is {}", text_.size(),
                               Formula::kMaxLength),
                   "split it into metrics of their own"};
    }
    NodePtr node = Sum(0);
    if (node) {
      SkipSpace();
      if (at_ < text_.size()) {
        node =
            Fail(at_, text_[at_] == ')' ? "')' without '('"
                                        : fmt::format("expected an operator, found {}", Found()));
      }
    }
    if (!node) return std::move(*error_);
    return node;
  }

 private:
  NodePtr Sum(int depth) {
    NodePtr left = Product(depth);
    while (left) {
      SkipSpace();
      if (!Peek('+') && !Peek('-')) break;
      const Kind kind = text_[at_++] == '+' ? Kind::kAdd : Kind::kSubtract;
      NodePtr right = Product(depth);
      left = right ? Make(kind, {std::move(left), std::move(right)}) : nullptr;
    }
    return left;
  }

  NodePtr Product(int depth) {
    NodePtr left = Factor(depth);
    while (left) {
      SkipSpace();
      if (!Peek('*') && !Peek('/')) break;
      const Kind kind = text_[at_++] == '*' ? Kind::kMultiply : Kind::kDivide;
      NodePtr right = Factor(depth);
      left = right ? Make(kind, {std::move(left), std::move(right)}) : nullptr;
    }
    return left;
  }

  NodePtr Factor(int depth) {
    SkipSpace();
    const std::size_t start = at_;
    if (depth >= Formula::kMaxDepth) {
      return Fail(at_, fmt::format("nested more than {} deep", Formula::kMaxDepth));
    }
    if (at_ == text_.size()) return Fail(at_, "expected a number, a name or '(', found the end");
    const char c = text_[at_];
    NodePtr node;
    if (c == '-' || c == '+') {
      ++at_;
      node = Factor(depth + 1);
      if (node && c == '-') node = Make(Kind::kNegate, {std::move(node)});
    } else if (c == '(') {
      ++at_;
      node = Sum(depth + 1);
      if (node && !Expect(')', start)) return nullptr;
    } else if (IsDigit(c) || c == '.') {
      node = Number();
    } else if (IsNameStart(c)) {
      node = NameOrCall(depth);
    } else {
      return Fail(at_, fmt::format("expected a number, a name or '(', found {}", Found()));
    }
    return node;
  }

  NodePtr Number() {
    double value = 0;
    const char* const first = text_.data() + at_;
    const char* const last = text_.data() + text_.size();
    const auto [end, status] = std::from_chars(first, last, value);
    if (status == std::errc::result_out_of_range ||
        (status == std::errc() && !std::isfinite(value))) {
      return Fail(at_, "number out of range");
    }
    if (status != std::errc()) return Fail(at_, "not a number");
    const std::size_t start = at_;
    at_ += static_cast<std::size_t>(end - first);
    if (at_ < text_.size() && IsNamePart(text_[at_])) return Fail(start, "not a number");
    return Make(Kind::kNumber, {}, value);
  }

  NodePtr NameOrCall(int depth) {
    const std::size_t start = at_;
    while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
    std::string name(text_.substr(start, at_ - start));
    SkipSpace();
    if (!Peek('(')) {
      at_ = start + name.size();
      return Make(Kind::kName, {}, 0, std::move(name));
    }
    if (name != "min" && name != "max") {
      return Fail(start, fmt::format("unknown function '{}'; there are min and max", name));
    }
    const std::size_t open = at_++;
    NodePtr first = Sum(depth + 1);
    if (!first || !Expect(',', open)) return nullptr;
    NodePtr second = Sum(depth + 1);
    if (!second || !Expect(')', open)) return nullptr;
    return Make(name == "min" ? Kind::kMin : Kind::kMax, {std::move(first), std::move(second)});
  }

  NodePtr Make(Kind kind, std::vector<NodePtr> operands, double number = 0, std::string name = {}) {
    if (++nodes_ > Formula::kMaxNodes) {
      return Fail(at_, fmt::format("more than {} terms", Formula::kMaxNodes));
    }
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->number = number;
    node->name = std::move(name);
    node->operands = std::move(operands);
    return node;
  }

  bool Expect(char wanted, std::size_t opened_at) {
    SkipSpace();
    if (Peek(wanted)) {
      ++at_;
      return true;
    }
    Fail(at_, fmt::format("expected '{}' for the '(' at column {}, found {}", wanted, opened_at + 1,
                          Found()));
    return false;
  }

  [[nodiscard]] std::string Found() const {
    if (at_ >= text_.size()) return "the end";
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c < 0x20 || c > 0x7e) return fmt::format("byte 0x{:02x}", static_cast<unsigned>(c));
    return fmt::format("'{}'", static_cast<char>(c));
  }

  NodePtr Fail(std::size_t at, const std::string& what) {
    if (!error_) {
      error_ = Error{ErrorCode::kBadInput, fmt::format("column {}: {}", at + 1, what), ""};
    }
    return nullptr;
  }

  [[nodiscard]] bool Peek(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void SkipSpace() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nodes_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<std::shared_ptr<const Formula::Node>> ParseFormulaText(std::string_view text) {
  return Parser(text).Run();
}

bool IsFormulaName(std::string_view name) {
  if (name.empty() || !IsNameStart(name.front())) return false;
  for (const char c : name) {
    if (!IsNamePart(c)) return false;
  }
  return name != "min" && name != "max";
}

}  // namespace pmubench
