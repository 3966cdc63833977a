#include "reports/changepoints/detect.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "reports/changepoints/csv_series.h"

namespace pmubench::changepoints {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<ChangePoint> At(std::initializer_list<std::size_t> indices) {
  std::vector<ChangePoint> points;
  for (std::size_t index : indices) points.push_back({index, 0, 0, 0, 0});
  return points;
}

std::vector<std::size_t> Indices(const std::vector<ChangePoint>& points) {
  std::vector<std::size_t> indices;
  for (const auto& point : points) indices.push_back(point.index);
  return indices;
}

TEST(Detect, LeavesOutNightsWithoutAValue) {
  std::vector<double> values(60, 10);
  for (std::size_t i = 30; i < 60; ++i) values[i] = 11;
  values[3] = kNan;
  values[40] = std::numeric_limits<double>::infinity();
  const Detection detection = Detect(values);
  EXPECT_EQ(detection.missing, 2u);
  EXPECT_THAT(Indices(detection.points), ElementsAre(30));
  EXPECT_THAT(Detect(std::vector<double>(50, kNan)).points, IsEmpty());
}

TEST(Detect, BothDetectorsVote) {
  std::vector<double> values(80, 100);
  for (std::size_t i = 0; i < 80; ++i) values[i] += static_cast<double>(i % 3 + (i >= 40 ? 9 : 0));
  DetectOptions options;
  options.detectors = {DetectorKind::kClippedCusum, DetectorKind::kEDivisive};
  options.votes = 2;
  const Detection detection = Detect(values, options);
  EXPECT_THAT(Indices(detection.points), ElementsAre(40));
}

TEST(Vote, NeedsEnoughDetectorsNearby) {
  const auto first = At({10, 50, 90});
  const auto second = At({12, 70, 91});
  const auto third = At({11, 71});
  EXPECT_THAT(Indices(Vote({first, second, third}, 2, 5)), ElementsAre(10, 70, 90));
  EXPECT_THAT(Indices(Vote({first, second, third}, 3, 5)), ElementsAre(10));
  EXPECT_THAT(Indices(Vote({first, second, third}, 1, 5)), ElementsAre(10, 50, 70, 90));
  EXPECT_THAT(Vote({first, second}, 2, 0), IsEmpty());
}

TEST(ParseDetector, KnowsTheNames) {
  for (auto kind : {DetectorKind::kClippedCusum, DetectorKind::kEDivisive}) {
    const auto parsed = ParseDetector(DetectorName(kind));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, kind);
  }
  EXPECT_THAT(ParseDetector("pelt").error().remedy, HasSubstr("clipcusum"));
}

TEST(CsvSeries, FindsTheColumn) {
  EXPECT_THAT(ParseCsvSeries("index,value\n0,1.5\n1,2\n", "", "f")->values, ElementsAre(1.5, 2));
  EXPECT_THAT(ParseCsvSeries("i,V1\r\n0,-3e2\r\n", "", "f")->values, ElementsAre(-300));
  EXPECT_THAT(ParseCsvSeries("ns\n4\n5\n", "", "f")->values, ElementsAre(4, 5));
  EXPECT_THAT(ParseCsvSeries("a,b,c\n1,2,3\n", "b", "f")->values, ElementsAre(2));
  EXPECT_THAT(
      ParseCsvSeries("\xef\xbb\xbfname,\"t, \"\"x\"\"\"\n\"a,b\",7", "t, \"x\"", "f")->values,
      ElementsAre(7));
}

TEST(CsvSeries, GapsAreNotANumber) {
  const auto series = ParseCsvSeries("i,value\n0,\n1,NaN\n2,inf\n3,1e999\n4,null\n\n5,1", "", "f");
  ASSERT_TRUE(series.ok());
  ASSERT_THAT(series->values, SizeIs(6));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(std::isnan(series->values[i])) << i;
  EXPECT_EQ(series->values[5], 1);
}

TEST(CsvSeries, SaysWhatIsWrong) {
  EXPECT_THAT(ParseCsvSeries("", "", "f.csv").error().message, HasSubstr("f.csv is empty"));
  EXPECT_THAT(ParseCsvSeries("a,b,c\n1,2,3", "", "f").error().remedy, HasSubstr("a, b, c"));
  EXPECT_THAT(ParseCsvSeries("a,b\n1,2", "z", "f").error().message, HasSubstr("'z'"));
  EXPECT_THAT(ParseCsvSeries("a,b\n1,2\n3", "", "f").error().message, HasSubstr("line 3"));
  EXPECT_THAT(ParseCsvSeries("a,b\n1,x2", "", "f").error().message, HasSubstr("'x2'"));
  EXPECT_FALSE(ParseCsvSeries("a,b\n1,\"2\n3,4\n", "", "f").ok());
}

}  // namespace
}  // namespace pmubench::changepoints
