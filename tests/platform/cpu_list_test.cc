#include "platform/cpu_list.h"

#include <gmock/gmock.h>

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CpuListTest, Parses) {
  EXPECT_THAT(*ParseCpuList("0-3,8"), ElementsAre(0, 1, 2, 3, 8));
  EXPECT_THAT(*ParseCpuList("8,0-2,1\n"), ElementsAre(0, 1, 2, 8));
  EXPECT_THAT(*ParseCpuList(""), IsEmpty());
  EXPECT_THAT(*ParseCpuList("0-9:2/4"), ElementsAre(0, 1, 4, 5, 8, 9));
}

TEST(CpuListTest, RefusesNonsense) {
  for (const char* text :
       {"a", "3-1", "1,", "1-", "-1", "0-99999999999", "0-3:0/2", "0-3:2", "1;2"}) {
    EXPECT_FALSE(ParseCpuList(text)) << text;
  }
}

TEST(CpuListTest, FormatsTheShortestList) {
  EXPECT_EQ(FormatCpuList({}), "");
  EXPECT_EQ(FormatCpuList({5}), "5");
  EXPECT_EQ(FormatCpuList({0, 1, 2, 8, 10, 11}), "0-2,8,10-11");
}

}  // namespace
}  // namespace pmubench
