#include "bandwidth/perf_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "bandwidth/event_name.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kEvent = "arm_dmc620_1/clkdiv2_rdwr,mask=1,match=0/";

class AnySeparator : public ::testing::TestWithParam<std::string> {};

TEST_P(AnySeparator, IsFoundOut) {
  const std::string& x = GetParam();
  const auto text =
      ParsePerfText(fmt::format("# started on some day\n\n"
                                "     1.001{0}123{0}{0}{1}{0}1001275440{0}99.50{0}{0}\n"
                                "     2.002{0}<not counted>{0}{0}{1}{0}0{0}0.00{0}{0}\n",
                                x, kEvent));
  ASSERT_TRUE(text.ok()) << text.error().ToString();
  EXPECT_EQ(text->separator, x);
  ASSERT_EQ(text->rows.size(), 2U);
  EXPECT_EQ(text->rows[0].event, kEvent);
  EXPECT_EQ(text->rows[0].time, 1.001);
  EXPECT_EQ(text->rows[0].count, 123);
  EXPECT_EQ(text->rows[0].percent, 99.5);
  EXPECT_FALSE(text->rows[1].count.has_value());
  EXPECT_EQ(text->rows[1].why_not, "<not counted>");
  EXPECT_EQ(text->bad_lines, 0U);
}

TEST_P(AnySeparator, IsFoundOutWithoutTimesToo) {
  const std::string& x = GetParam();
  const auto text =
      ParsePerfText(fmt::format("77{0}{0}{1}{0}3042257720{0}8.28{0}{0}\n", x, kEvent));
  ASSERT_TRUE(text.ok()) << text.error().ToString();
  EXPECT_FALSE(text->rows[0].time.has_value());
  EXPECT_EQ(text->rows[0].count, 77);
  EXPECT_EQ(text->rows[0].event, kEvent);
}

INSTANTIATE_TEST_SUITE_P(Separators, AnySeparator,
                         ::testing::Values("|", ";", ",", "\t", "::", "!", "#", "@@"));

TEST(PerfText, ReadsColumnsOfPlaces) {
  const auto text = ParsePerfText(
      "1.0|CPU16|5|MiB|uncore_imc/cas_count_read/|9|100.00||\n"
      "1.0|S1|1|6|MiB|uncore_imc/cas_count_read/|9|100.00||\n"
      "CPU0|7||cycles|9|100.00||\n");
  ASSERT_TRUE(text.ok());
  ASSERT_EQ(text->rows.size(), 3U);
  EXPECT_EQ(text->rows[0].place, "CPU16");
  EXPECT_EQ(text->rows[0].unit, "MiB");
  EXPECT_EQ(text->rows[1].place, "S1");
  EXPECT_EQ(text->rows[1].count, 6);
  EXPECT_EQ(text->rows[2].place, "CPU0");
}

TEST(PerfText, TakesACounterThatWentBackwardsAsNotCounted) {
  const auto text = ParsePerfText(
      "1.0|-5||a/b/|9|100.00||\n"
      "1.0|18446744073709551000||a/b/|9|100.00||\n");
  ASSERT_TRUE(text.ok());
  for (const PerfRow& row : text->rows) {
    EXPECT_FALSE(row.count.has_value());
    EXPECT_THAT(row.why_not, HasSubstr("backwards"));
  }
}

TEST(PerfText, SeesALineThatIsCutAnywhere) {
  const std::string good = "1.001|10||a/b,c=1/|1001275440|100.00||\n";
  const std::string line = "2.002|20||a/b,c=1/|1001275440|100.00";
  for (std::size_t length = 1; length < line.size(); ++length) {
    const auto text = ParsePerfText(good + line.substr(0, length));
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(text->rows.size(), 1U) << line.substr(0, length);
    EXPECT_TRUE(text->last_line_cut) << line.substr(0, length);
    EXPECT_EQ(text->first_bad, 2U);
  }
}

TEST(PerfText, RefusesOtherFiles) {
  for (const char* text :
       {"", "hello\nworld\n", "# only a comment\n", "{\"a\": 1}\n", "1,2,3,4,5\n"}) {
    const auto parsed = ParsePerfText(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(parsed.error().remedy, HasSubstr("perf stat"));
  }
}

TEST(EventNames, AreTakenApart) {
  const EventName name = ParseEventName("arm_cmn_1/watchpoint_up,nodeid=0x8,wp_grp=0/");
  EXPECT_EQ(name.pmu, "arm_cmn_1");
  EXPECT_TRUE(name.has("watchpoint_up"));
  EXPECT_EQ(name.number("nodeid"), 8U);
  EXPECT_EQ(name.number("wp_grp"), 0U);
  EXPECT_EQ(name.number("port"), std::nullopt);
  EXPECT_EQ(TrailingNumber(name.pmu), 1);
  EXPECT_EQ(TrailingNumber("arm_cmn"), std::nullopt);
  EXPECT_TRUE(ParseEventName("cycles:D").has("cycles"));
}

}  // namespace
}  // namespace pmubench
