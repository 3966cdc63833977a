// On recorded histories: the points of other tools, people's annotations, speed.
#include "ci/bench/changepoints_benchmark/recorded_series.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "reports/changepoints/clipped_cusum.h"
#include "reports/changepoints/e_divisive.h"

namespace pmubench::changepoints {
namespace {

using bench::RecordedSeries;

class RecordedHistories : public ::testing::Test {
 protected:
  static std::filesystem::path Folder() {
    return std::filesystem::path(PMUBENCH_SOURCE_DIR) / "../shared/data/history";
  }

  void SetUp() override {
    if (!std::filesystem::is_directory(Folder())) {
      GTEST_SKIP() << "no recorded histories at " << Folder();
    }
    auto read = bench::ReadRecordedSeries(Folder());
    ASSERT_TRUE(read.ok()) << read.error().ToString();
    all_ = std::move(*read);
  }

  const RecordedSeries& Series(const std::string& name) const {
    const auto at = std::find_if(all_.begin(), all_.end(),
                                 [&](const RecordedSeries& s) { return s.name == name; });
    EXPECT_NE(at, all_.end()) << name;
    return *at;
  }

  std::vector<RecordedSeries> all_;
};

std::vector<std::size_t> Indices(const std::vector<ChangePoint>& points) {
  std::vector<std::size_t> indices;
  for (const auto& point : points) indices.push_back(point.index);
  return indices;
}

TEST_F(RecordedHistories, EDivisiveFindsWhatOtavaFinds) {
  int compared = 0;
  for (const RecordedSeries& series : all_) {
    for (const auto& peer : series.peers) {
      EDivisiveOptions options;
      if (peer.detector == "otava(w30,p.01,m.05)") {
        options = {30, 0.01, 0.05};
      } else if (peer.detector == "otava(w50,p.001,m.02)") {
        options = {50, 0.001, 0.02};
      } else if (!peer.detector.starts_with("otava_default")) {
        continue;
      }
      EXPECT_EQ(Indices(EDivisive(series.values, options)), peer.points)
          << series.name << " " << peer.detector;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 15);
}

// The points that Otava's own tests pin.
TEST_F(RecordedHistories, EDivisiveFindsWhatUpstreamPins) {
  std::ifstream file(Folder() / "upstream_pinned.csv");
  std::string line;
  std::getline(file, line);
  int compared = 0;
  while (std::getline(file, line)) {
    std::vector<std::string> fields;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) fields.push_back(cell);
    if (fields.size() != 7 || fields[5] != "indices") continue;
    const EDivisiveOptions options{std::stoul(fields[2]), std::stod(fields[3]),
                                   std::stod(fields[4])};
    std::vector<std::size_t> expected;
    std::istringstream indices(fields[6]);
    for (std::size_t index = 0; indices >> index;) expected.push_back(index);
    EXPECT_EQ(Indices(EDivisive(Series(fields[0]).values, options)), expected) << line;
    ++compared;
  }
  EXPECT_EQ(compared, 8);
}

// The steps 6 values apart included.
TEST_F(RecordedHistories, ClippedCusumFindsEveryStepOfTheMongodbSeries) {
  for (const char* name :
       {"mongodb_small", "mongodb_medium", "mongodb_long_series", "mongodb_robust_series"}) {
    const RecordedSeries& series = Series(name);
    const auto& otava = series.peers.front();
    EXPECT_EQ(Indices(ClippedCusum(series.values)), otava.points) << name;
  }
}

TEST_F(RecordedHistories, ClippedCusumAgreesWithAnnotators) {
  int annotated = 0;
  for (const RecordedSeries& series : all_) {
    if (series.annotators.empty()) continue;
    const auto points = ClippedCusum(series.values);
    EXPECT_GE(bench::AnnotatorF1(series.annotators, points), 0.99) << series.name;
    EXPECT_GE(bench::AnnotatorF1(series.annotators, points) + 1e-9,
              bench::AnnotatorF1(series.annotators, EDivisive(series.values)))
        << series.name;
    ++annotated;
  }
  EXPECT_EQ(annotated, 3);
}

}  // namespace
}  // namespace pmubench::changepoints
