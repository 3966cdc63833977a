#include "cli/ab_pair.h"

#include <gmock/gmock.h>

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ParseVariants, TakesTwoDifferentWords) {
  const auto words = ParseVariants("none:pac-ret");
  ASSERT_TRUE(words.ok());
  EXPECT_EQ(words->base, "none");
  EXPECT_EQ(words->now, "pac-ret");
  for (const char* wrong : {"", "none", "none:", ":full", "none:none"}) {
    ASSERT_FALSE(ParseVariants(wrong).ok()) << wrong;
    EXPECT_EQ(ParseVariants(wrong).error().code, ErrorCode::kUsage);
  }
}

TEST(PairVariants, PairsNamesThatDifferInTheWord) {
  const auto names =
      PairVariants({"fib/none/8", "fib/full/8", "fib/full/9", "other"}, {"none", "full"});
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(names->base, ElementsAre(Pair("fib/none/8", "fib/none:full/8")));
  EXPECT_THAT(names->now, ElementsAre(Pair("fib/full/8", "fib/none:full/8")));
  EXPECT_TRUE(names->alone.empty());
}

TEST(PairVariants, NamesWhatHasNoPartner) {
  const auto names = PairVariants({"a/none", "a/full", "b/none"}, {"none", "full"});
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(names->alone, ElementsAre("b/none"));
}

TEST(PairVariants, AWordStandsOnItsOwn) {
  const auto names =
      PairVariants({"BM_sort<radix>", "BM_sort<std>", "BM_stdio", "BM_radixio"}, {"std", "radix"});
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(names->base, ElementsAre(Pair("BM_sort<std>", "BM_sort<std:radix>")));
}

TEST(PairVariants, TriesEachPlaceOfTheWord) {
  const auto names = PairVariants({"1/threads:1", "1/threads:2"}, {"1", "2"});
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(names->base, ElementsAre(Pair("1/threads:1", "1/threads:1:2")));
}

TEST(PairVariants, WithoutAPairSaysWhichWordsWouldMakeSome) {
  const auto names = PairVariants({"a/none/1", "a/full/1", "b/1"}, {"none", "standard"});
  ASSERT_FALSE(names.ok());
  EXPECT_EQ(names.error().code, ErrorCode::kUsage);
  EXPECT_THAT(names.error().remedy, HasSubstr("none:full"));
  EXPECT_THAT(PairVariants({"a"}, {"none", "full"}).error().remedy, HasSubstr("filter"));
}

}  // namespace
}  // namespace pmubench
