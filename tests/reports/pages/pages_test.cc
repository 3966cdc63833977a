#include "reports/pages/pages.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "reports/pages/assets.h"
#include "reports/pages/html_data.h"
#include "reports/pages/sample_report.h"
#include "reports/pages/text_format.h"
#include "reports/store/json_text.h"

namespace pmubench::pages {
namespace {

using testing::HasSubstr;
using testing::Not;

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = store::Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

TEST(TextFormat, ScalesValues) {
  EXPECT_EQ(FormatValue(1234.4, "ns"), "1.234 us");
  EXPECT_EQ(FormatValue(0.5, "ns"), "0.5000 ns");
  EXPECT_EQ(FormatValue(3.2e9, "B/s"), "3.200 GB/s");
  EXPECT_EQ(FormatValue(0, ""), "0");
  EXPECT_EQ(FormatChange(0.031), "+3.1 %");
  EXPECT_EQ(FormatChange(-0.0012), "-0.1 %");
  EXPECT_EQ(FormatChange(10.1), "x11.1");
  EXPECT_EQ(FormatChange(0.0000001), "0 %");
}

TEST(TextFormat, AShareBelowOneNeverReadsAsAll) {
  EXPECT_EQ(FormatShare(1), "100 %");
  EXPECT_THAT(FormatShare(0.9999), Not(HasSubstr("100")));
}

TEST(TextFormat, ShowsBytesThatAreNoText) {
  EXPECT_EQ(Printable("a\xff\n\xc3\xa9"), "a\\xff\\x0a\xc3\xa9");
  EXPECT_EQ(Printable("x\xe2\x80\xae"), "x\\xe2\\x80\\xae") << "a mark that turns text around";
  EXPECT_EQ(EscapeHtml("<a b=\"c\">'&"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
  EXPECT_THAT(EscapeMarkdown("a|b*`<"), Not(testing::ContainsRegex("[|*`<]")));
}

TEST(Report, OrdersRegressionsFirst) {
  const Report report = SampleReport(120, 10);
  const auto order = Order(report);
  ASSERT_EQ(order.size(), report.benchmarks.size());
  EXPECT_EQ(report.benchmarks[order[0]].verdict, Verdict::kRegression);
  EXPECT_EQ(report.benchmarks[order[1]].verdict, Verdict::kRegression);
  EXPECT_EQ(report.benchmarks[order.back()].verdict, Verdict::kUnchanged);
  EXPECT_THAT(Summary(report), HasSubstr("2 regressions"));
  EXPECT_EQ(MainMetric(report.benchmarks[7])->name, "real_time");
}

TEST(Pages, EveryPageEscapesNames) {
  const Report report = SampleReport(20, 30);
  for (const std::string& page :
       {HtmlPage(report), MarkdownPage(report), JUnitPage(report), JsonPage(report),
        OpenMetricsPage(report), ConsolePage(report, false)}) {
    EXPECT_TRUE(IsUtf8(page));
  }
  for (const std::string& page : {HtmlPage(report), MarkdownPage(report), JUnitPage(report)}) {
    EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(page, Not(HasSubstr("<main>\"")));
  }
}

TEST(Html, IsOneFileWithoutTheNetwork) {
  const std::string page = HtmlPage(SampleReport(20, 30));
  // Addresses in uPlot's licence and comments load nothing; these would.
  EXPECT_FALSE(std::regex_search(page, std::regex("(src|href)=[\"']?(https?:)?//")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("<svg class=history"));
  if (ReportAssets().uplot_script.empty()) {
    EXPECT_THAT(page, HasSubstr("built without npm"));
  } else {
    EXPECT_THAT(page, HasSubstr("MIT"));
  }
}

TEST(Html, DataIsJsonAndEndsNoElement) {
  const Report report = SampleReport(20, 30);
  const std::string data = ReportData(report, Order(report));
  EXPECT_THAT(data, Not(HasSubstr("<")));
  const auto json = nlohmann::json::parse(data);
  EXPECT_EQ(json["benchmarks"].size(), 20U);
  EXPECT_EQ(json["runs"].size(), 30U);
}

TEST(Html, PackedSeriesKeepsFourDigitsOfItsRange) {
  std::vector<double> values;
  for (int i = 0; i < 365; ++i) values.push_back(100 + std::sin(i) * 20);
  values[9] = NAN;
  const PackedSeries packed = PackSeries(values);
  ASSERT_EQ(packed.text.size(), 2 * values.size());
  EXPECT_EQ(packed.text.substr(18, 2), "~~");
  const auto json = nlohmann::json::parse(ReportData(SampleReport(1, 2), {0}));
  const std::string digits = json["digits"];
  const double base = static_cast<double>(digits.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 9) continue;
    const double step = static_cast<double>(digits.find(packed.text[2 * i])) * base +
                        static_cast<double>(digits.find(packed.text[2 * i + 1]));
    const double back = packed.low + (packed.high - packed.low) * step / (base * base - 1);
    EXPECT_NEAR(back, values[i], (packed.high - packed.low) * 1e-4);
  }
}

TEST(Html, AYearOfTwoThousandBenchmarksStaysSmall) {
  EXPECT_LT(HtmlPage(SampleReport(2000, 365)).size(), 10'000'000U);
}

TEST(Markdown, FoldsWhatNeedsNoLookAndFitsAComment) {
  const std::string page = MarkdownPage(SampleReport(2000, 60));
  EXPECT_LT(page.size(), 65'536U);
  const std::size_t worse = page.find("#### Regressions");
  const std::size_t folded = page.find("<details><summary>Unchanged");
  ASSERT_NE(worse, std::string::npos);
  ASSERT_NE(folded, std::string::npos);
  EXPECT_LT(worse, folded);
  EXPECT_THAT(page, HasSubstr("▁"));
}

TEST(JUnit, FailsRegressionsAlone) {
  const std::string page = JUnitPage(SampleReport(120, 5));
  EXPECT_THAT(page, HasSubstr("tests=\"120\" failures=\"2\" errors=\"1\" skipped=\"2\""));
  EXPECT_THAT(page, HasSubstr("<failure message=\"real_time +12 %"));
}

TEST(OpenMetrics, FollowsTheTextFormat) {
  const std::string page = OpenMetricsPage(SampleReport(6, 5));
  EXPECT_TRUE(page.ends_with("# EOF\n"));
  const std::regex line(
      R"re((# (TYPE|HELP) [a-zA-Z_:][\w:]* .*|[a-zA-Z_:][\w:]*\{([a-zA-Z_]\w*="([^"\\]|\\.)*",?)*\} -?[0-9.e+-]+|# EOF))re");
  std::istringstream lines(page);
  for (std::string one; std::getline(lines, one);) {
    EXPECT_TRUE(std::regex_match(one, line)) << one;
  }
}

TEST(Json, HasItsSchemaAndNoNaN) {
  const auto json = nlohmann::json::parse(JsonPage(SampleReport(10, 5)));
  EXPECT_EQ(json["schema"]["name"], "pmubench.report");
  EXPECT_EQ(json["summary"]["regression"], 1);
  EXPECT_EQ(json["benchmarks"].size(), 10U);
}

TEST(Console, ShowsRegressionsFirst) {
  const std::string page = ConsolePage(SampleReport(20, 5), false);
  EXPECT_LT(page.find("suite/parse_7/"), page.find("suite/parse_0/"));
  EXPECT_THAT(page, Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace pmubench::pages
