#include "runner/exact_filter.h"

#include <gtest/gtest.h>

#include <regex>

namespace pmubench {
namespace {

TEST(ExactFilter, MatchesTheNamedAlone) {
  const std::regex filter(ExactFilter({"a/1", "b<int>(2)*", "c.d"}));
  EXPECT_TRUE(std::regex_search("a/1", filter));
  EXPECT_TRUE(std::regex_search("b<int>(2)*", filter));
  EXPECT_FALSE(std::regex_search("a/10", filter));
  EXPECT_FALSE(std::regex_search("cxd", filter));
  const std::regex bytes(
      ExactFilter({"a\xef\xbf\xbd"
                   "b"}));
  EXPECT_TRUE(
      std::regex_search("a\xff"
                        "b",
                        bytes))
      << "what a record cannot hold";
  EXPECT_TRUE(
      std::regex_search("a\xef\xbf\xbd"
                        "b",
                        bytes));
  EXPECT_FALSE(std::regex_search("ab", bytes));
  EXPECT_EQ(ExactFilter({}), "");
}

}  // namespace
}  // namespace pmubench
