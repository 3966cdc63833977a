// What a report draws of memory: gauges of what is attainable, bandwidth over size.
#include "reports/pages/memory_section.h"

#include <gmock/gmock.h>

#include "reports/pages/pages.h"
#include "reports/pages/sample_report.h"
#include "reports/pages/size_curves.h"
#include "reports/pages/size_plot.h"

namespace pmubench::pages {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

BenchmarkReport Benchmark(const std::string& name, const std::map<std::string, double>& metrics) {
  BenchmarkReport benchmark;
  benchmark.name = name;
  for (const auto& [metric, value] : metrics) {
    MetricLine line;
    line.name = metric;
    line.unit = metric.ends_with("_bandwidth") ? "GB/s" : "";
    line.value = value;
    benchmark.metrics.push_back(line);
  }
  return benchmark;
}

Report ReportOf(std::vector<BenchmarkReport> benchmarks) {
  Report report;
  report.benchmarks = std::move(benchmarks);
  return report;
}

std::size_t CountIn(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(MemoryGauge, SaysWhatIsUsedOfWhat) {
  const auto benchmark = Benchmark("b", {{"memory_bandwidth", 10}, {"attainable_bandwidth", 40}});
  const std::string gauge = MemoryGauge(benchmark, "Memory bandwidth");
  EXPECT_THAT(gauge, HasSubstr("Memory bandwidth: 10.00 GB/s, 25.0 % of 40.00 GB/s attainable"));
  EXPECT_THAT(gauge, HasSubstr("width=25.0"));
  EXPECT_THAT(gauge, Not(HasSubstr("bandwidth check")));
}

TEST(MemoryGauge, ReadsAreHeldAgainstThePeakOfReads) {
  const auto benchmark =
      Benchmark("b", {{"memory_read_bandwidth", 9}, {"attainable_bandwidth", 12}});
  EXPECT_THAT(MemoryGauge(benchmark, "b"), HasSubstr("75.0 % of 12.00 GB/s"));
}

TEST(MemoryGauge, MoreThanThePeakKeepsItsNumberAndSaysWhatToDo) {
  const auto benchmark = Benchmark("b", {{"memory_bandwidth", 50}, {"attainable_bandwidth", 40}});
  const std::string gauge = MemoryGauge(benchmark, "b");
  EXPECT_THAT(gauge, HasSubstr("125.0 % of"));
  EXPECT_THAT(gauge, HasSubstr("pmubench bandwidth check"));
}

TEST(MemoryGauge, NoneWithoutBoth) {
  EXPECT_EQ(MemoryGauge(Benchmark("b", {{"memory_bandwidth", 10}}), "b"), "");
  EXPECT_EQ(MemoryGauge(Benchmark("b", {{"attainable_bandwidth", 10}}), "b"), "");
  auto missing = Benchmark("b", {{"memory_bandwidth", 10}, {"attainable_bandwidth", 40}});
  missing.metrics.front().value = std::nullopt;
  EXPECT_EQ(MemoryGauge(missing, "b"), "");
}

TEST(MemorySection, NearestToThePeakFirst) {
  std::vector<BenchmarkReport> benchmarks;
  for (int i = 0; i < 12; ++i) {
    benchmarks.push_back(
        Benchmark("bench" + std::to_string(i),
                  {{"memory_bandwidth", static_cast<double>(i)}, {"attainable_bandwidth", 40}}));
  }
  const std::string page = HtmlPage(ReportOf(std::move(benchmarks)));
  EXPECT_LT(page.find("bench11: 11.00 GB/s, 27.5 %"), page.find("bench10: 10.00 GB/s, 25.0 %"));
  EXPECT_EQ(CountIn(page, "attainable</figcaption>"), 8U);
  EXPECT_THAT(page, HasSubstr("4 benchmarks that used less are not drawn"));
  EXPECT_THAT(HtmlPage(ReportOf({Benchmark("b", {{"real_time", 1}})})),
              Not(HasSubstr("Memory bandwidth")));
}

TEST(SizeCurves, OneOfTheStreamSweepWithItsKnee) {
  const auto curves = SizeCurvesOf(SizesReport());
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_EQ(curves[0].name, "stream/sizes/read/avx2/linear");
  EXPECT_EQ(curves[0].points.size(), 16U);
  EXPECT_DOUBLE_EQ(curves[0].points.front().bytes, 16 << 10);
  EXPECT_DOUBLE_EQ(*curves[0].holds, 32 << 20);
  EXPECT_DOUBLE_EQ(*curves[0].beyond, 48 << 20);
}

TEST(SizeCurves, KernelsAreCurvesOfTheirOwnAndRestIsNone) {
  std::vector<BenchmarkReport> benchmarks = {Benchmark("other/16", {{"bytes_per_second", 1e9}})};
  // More kernels than sizes: the size's part is still the one that changes the size.
  for (const char* kernel : {"add", "copy", "read", "scale"}) {
    for (const int size : {4096, 1024, 2048}) {
      benchmarks.push_back(
          Benchmark(std::string(kernel) + "/" + std::to_string(size) + "/threads:1",
                    {{"working_set_bytes", size}, {"bytes_per_second", 1e9 * size}}));
    }
  }
  benchmarks.push_back(
      Benchmark("few/1", {{"working_set_bytes", 1024}, {"bytes_per_second", 1e9}}));
  const auto curves = SizeCurvesOf(ReportOf(std::move(benchmarks)));
  std::vector<std::string> names;
  for (const SizeCurve& curve : curves) {
    names.push_back(curve.name);
    EXPECT_EQ(curve.points.size(), 3U);
    EXPECT_LT(curve.points[0].bytes, curve.points[1].bytes);
    EXPECT_FALSE(curve.holds.has_value());
  }
  EXPECT_THAT(names,
              ElementsAre("add/threads:1", "copy/threads:1", "read/threads:1", "scale/threads:1"));
  EXPECT_THAT(SizeCurvesOf(SampleReport(20, 3)), IsEmpty());
}

TEST(SizePlot, HasUnitsWordsAndTheKnee) {
  const auto curves = SizeCurvesOf(SizesReport());
  const std::string plot = SizePlot(curves, "sizes0");
  for (const char* part : {"role=img", "aria-describedby=\"sizes0\"", "<desc id=\"sizes0\">",
                           ">GB/s<", ">16 KiB<", "the last cache ends between 32 MiB and 48 MiB",
                           "class=band", "90.00 GB/s at 16 KiB", "22.00 GB/s at 512 MiB"}) {
    EXPECT_THAT(plot, HasSubstr(part));
  }
  EXPECT_EQ(CountIn(plot, "<circle"), 16U);
  EXPECT_EQ(CountIn(plot, "<path class=line"), 1U);
  EXPECT_THAT(HtmlPage(SizesReport()), HasSubstr(plot));
}

TEST(SizePlot, PointsLieOnAnAxisOfPowersOfTwo) {
  SizeCurve curve{"c", {{1024, 1e9}, {2048, 2e9}, {8192, 4e9}}, {}, {}};
  const std::string plot = SizePlot({&curve, 1}, "p");
  // The area is 406 wide from 46 on and 174 high up to 22: thirds are octaves, quarters GB/s.
  EXPECT_THAT(plot, HasSubstr("d=\"M46.0 152.5L181.3 109.0L452.0 22.0\""));
  EXPECT_THAT(plot, HasSubstr("no end of the last cache was measured"));
  EXPECT_THAT(plot, Not(HasSubstr("class=band")));
}

TEST(SizePlot, SurvivesOneSizeAndNames) {
  SizeCurve curve{"<b>&", {{1024, 1e9}, {1024, 1e9}, {1024, 1e9}}, {}, {}};
  const std::string plot = SizePlot({&curve, 1}, "p");
  EXPECT_THAT(plot, Not(HasSubstr("nan")));
  EXPECT_THAT(plot, Not(HasSubstr("<b>")));
  EXPECT_EQ(SizePlot({}, "p"), "");
}

TEST(SizePlot, SizesAndSteps) {
  EXPECT_EQ(FormatSize(24 << 10), "24 KiB");
  EXPECT_EQ(FormatSize(1536 << 10), "1.5 MiB");
  EXPECT_EQ(FormatSize(512), "512 B");
  EXPECT_THAT(RoundSteps(4), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(RoundSteps(90), ElementsAre(0, 20, 40, 60, 80, 100));
  for (const double highest : {0.013, 0.7, 1.0, 9.9, 10.1, 51.0, 333.0, 1999.0}) {
    const auto steps = RoundSteps(highest);
    EXPECT_GE(steps.back(), highest);
    EXPECT_GE(steps.size(), 3U) << highest;
    EXPECT_LE(steps.size(), 6U) << highest;
  }
}

}  // namespace
}  // namespace pmubench::pages
