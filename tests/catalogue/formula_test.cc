#include "catalogue/formula.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Value Evaluate(const std::string& text, const std::map<std::string, double>& counts = {}) {
  auto formula = Formula::Parse(text);
  EXPECT_TRUE(formula.ok()) << text << ": " << formula.error().message;
  return formula->Evaluate([&counts](std::string_view name) -> Value {
    const auto it = counts.find(std::string(name));
    if (it == counts.end()) return {std::nullopt, "the PMU has no such event"};
    return {it->second, ""};
  });
}

double Number(const std::string& text, const std::map<std::string, double>& counts = {}) {
  const Value value = Evaluate(text, counts);
  EXPECT_TRUE(value.number) << text << ": " << value.reason;
  return value.number.value_or(-12345);
}

std::string ErrorOf(const std::string& text) {
  const auto formula = Formula::Parse(text);
  EXPECT_FALSE(formula.ok()) << text;
  return formula.ok() ? "" : formula.error().message;
}

TEST(FormulaTest, ComputesWithTheUsualPrecedence) {
  EXPECT_EQ(Number("1 + 2 * 3"), 7);
  EXPECT_EQ(Number("(1 + 2) * 3"), 9);
  EXPECT_EQ(Number("8 - 3 - 2"), 3);
  EXPECT_EQ(Number("8 - (3 - 2)"), 7);
  EXPECT_EQ(Number("24 / 4 / 2"), 3);
  EXPECT_EQ(Number("-2 * -3"), 6);
  EXPECT_EQ(Number("2 - -3"), 5);
  EXPECT_EQ(Number("1e3 + .5"), 1000.5);
  EXPECT_EQ(Number("min(3, 2) + max(3, 2) * 10"), 32);
  EXPECT_EQ(Number("a.b:c / _x1", {{"a.b:c", 6}, {"_x1", 4}}), 1.5);
}

TEST(FormulaTest, ListsNamesOnceInOrder) {
  EXPECT_THAT(Formula::Parse("B / A + B * min(C, 2)")->names(), ElementsAre("B", "A", "C"));
}

TEST(FormulaTest, MissingCountNamesTheEvent) {
  const Value value = Evaluate("A / B", {{"A", 1}});
  EXPECT_FALSE(value.number);
  EXPECT_EQ(value.reason, "B: the PMU has no such event");
}

TEST(FormulaTest, DivisionByZeroNamesTheDivisor) {
  EXPECT_EQ(Evaluate("A / B", {{"A", 1}, {"B", 0}}).reason, "B is 0");
  EXPECT_EQ(Evaluate("A / (B - C * 2)", {{"A", 1}, {"B", 4}, {"C", 2}}).reason, "B - C * 2 is 0");
  EXPECT_EQ(Evaluate("A / -B", {{"A", 0}, {"B", 0}}).reason, "-B is 0");
}

TEST(FormulaTest, NeverGivesNanOrInfinity) {
  const Value value = Evaluate("A * A", {{"A", 1e200}});
  EXPECT_FALSE(value.number);
  EXPECT_THAT(value.reason, HasSubstr("A * A is out of range"));
}

TEST(FormulaTest, ErrorsNameTheColumn) {
  EXPECT_EQ(ErrorOf("A / "), "column 5: expected a number, a name or '(', found the end");
  EXPECT_EQ(ErrorOf("A $ B"), "column 3: expected an operator, found '$'");
  EXPECT_EQ(ErrorOf("(A"), "column 3: expected ')' for the '(' at column 1, found the end");
  EXPECT_EQ(ErrorOf("A)"), "column 2: ')' without '('");
  EXPECT_EQ(ErrorOf("sqrt(A)"), "column 1: unknown function 'sqrt'; there are min and max");
  EXPECT_EQ(ErrorOf("min(A)"), "column 6: expected ',' for the '(' at column 4, found ')'");
  EXPECT_EQ(ErrorOf(""), "column 1: expected a number, a name or '(', found the end");
  EXPECT_EQ(ErrorOf("2x"), "column 1: not a number");
  EXPECT_EQ(ErrorOf("1e999"), "column 1: number out of range");
  EXPECT_EQ(ErrorOf("."), "column 1: not a number");
  EXPECT_EQ(ErrorOf("A / \xff"), "column 5: expected a number, a name or '(', found byte 0xff");
}

TEST(FormulaTest, RefusesWhatIsTooLargeOrTooDeep) {
  EXPECT_THAT(ErrorOf(std::string(60'000, '(')), HasSubstr("column 65: nested more than 64 deep"));
  EXPECT_THAT(ErrorOf(std::string(60'000, '-')), HasSubstr("nested more than 64 deep"));
  EXPECT_THAT(ErrorOf(std::string(100'000, '(')), HasSubstr("formula of 100000 characters"));
  std::string deep_calls;
  for (int i = 0; i < 5000; ++i) deep_calls += "min(";
  EXPECT_THAT(ErrorOf(deep_calls), HasSubstr("nested more than 64 deep"));
  std::string sum = "A";
  for (int i = 0; i < 5000; ++i) sum += "+A";
  EXPECT_THAT(ErrorOf(sum), HasSubstr("more than 1024 terms"));
}

TEST(FormulaTest, ExpandsNamesAndWritesTheResult) {
  const Formula inner = *Formula::Parse("A - B");
  const Formula outer = *Formula::Parse("x / x * (1 - x) - x");
  const auto expanded =
      outer.Expand([&inner](std::string_view name) { return name == "x" ? &inner : nullptr; });
  ASSERT_TRUE(expanded.ok());
  EXPECT_EQ(expanded->text(), "(A - B) / (A - B) * (1 - (A - B)) - (A - B)");
  EXPECT_THAT(expanded->names(), ElementsAre("A", "B"));
  EXPECT_EQ(Formula::Parse(expanded->text())->text(), expanded->text());
}

TEST(FormulaTest, ExpansionIsLimited) {
  std::string sum = "A";
  for (int i = 0; i < 400; ++i) sum += "+A";
  const Formula wide = *Formula::Parse(sum);
  const Formula outer = *Formula::Parse("x * x * x");
  const auto expanded =
      outer.Expand([&wide](std::string_view name) { return name == "x" ? &wide : nullptr; });
  ASSERT_FALSE(expanded.ok());
  EXPECT_THAT(expanded.error().message, HasSubstr("the limit is 1024"));
}

}  // namespace
}  // namespace pmubench
