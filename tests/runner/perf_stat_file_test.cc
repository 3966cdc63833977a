// Recordings of perf stat: small ones made up here, and a real machine's where it is at hand.
#include "runner/perf_stat_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include "catalogue/load.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

TEST(PerfStatFileTest, SumsCpusAndSplitsIntervals) {
  const auto recording = ReadPerfStat(
      "     1.000\tCPU0\t100\t\tcycles:D\t500\t50.00\t\t\n"
      "     1.000\tCPU1\t300\t\tcycles:D\t1000\t100.00\t\t\n"
      "     2.500\tCPU0\t<not counted>\t\tcycles:D\t0\t0.00\t\t\n"
      "     2.500\tCPU1\t7\t\tr01d1\t10\t100.00\t\t\n",
      "x");
  ASSERT_TRUE(recording.ok()) << recording.error().ToString();
  ASSERT_EQ(recording->intervals.size(), 2u);
  EXPECT_EQ(recording->cpus, 2);
  const EventCount& cycles = recording->intervals[0].events.at("cycles");
  // Enabled 1000 on each CPU, running 500 and 1000: scaled again it is the sum of what perf says.
  EXPECT_DOUBLE_EQ(cycles.count * cycles.time_enabled_ns / cycles.time_running_ns, 400);
  EXPECT_DOUBLE_EQ(cycles.time_enabled_ns, 2000);
  EXPECT_NEAR(recording->intervals[1].length_ns, 1.5e9, 1);
  EXPECT_THAT(recording->not_counted, ::testing::ElementsAre("cycles"));
  const auto measurements = MeasurementsOf(*recording, *LoadCatalogue("ice-lake-sp"));
  EXPECT_TRUE(measurements[0].events.contains("CPU_CLK_UNHALTED.THREAD"));
  EXPECT_TRUE(measurements[1].events.contains("MEM_LOAD_RETIRED.L1_HIT"));
}

TEST(PerfStatFileTest, ReadsTotalsAndOtherSeparators) {
  const auto total = ReadPerfStat("12345;;instructions:u;999;100.00;1.2;insn\n", "x");
  ASSERT_TRUE(total.ok()) << total.error().ToString();
  EXPECT_EQ(total->cpus, 0);
  EXPECT_DOUBLE_EQ(total->intervals[0].events.at("instructions").count, 12345);
  EXPECT_TRUE(ReadPerfStat("# started on\n\n1.0,5,,cs,10,100.00,,\n", "x").ok());
  const auto terms = ReadPerfStat("1.0,5,,cpu/event=0xc0,umask=0x0/,10,100.00,,\n", "x");
  ASSERT_TRUE(terms.ok()) << terms.error().ToString();
  EXPECT_TRUE(terms->intervals[0].events.contains("cpu/event=0xc0,umask=0x0/"));
  const auto sockets =
      ReadPerfStat("S0;4;1000;;cycles;10;100.00\nS1;4;500;;cycles;10;100.00\n", "x");
  ASSERT_TRUE(sockets.ok()) << sockets.error().ToString();
  EXPECT_EQ(sockets->cpus, 2);
  EXPECT_DOUBLE_EQ(sockets->intervals[0].events.at("cycles").count, 1500);
}

TEST(PerfStatFileTest, RefusesWhatIsNoRecording) {
  EXPECT_THAT(ReadPerfStat("", "x").error().message, HasSubstr("no line is output of perf"));
  EXPECT_THAT(ReadPerfStat("\n7,,cs,10,100.00,,\nhello world\n", "x").error().message,
              HasSubstr("x:3"));
  for (const char* text : {"1,2,3\n", "nan,,cycles,1,100\n", "1,,cycles,1,-5\n", "1,,,1,100\n"}) {
    EXPECT_EQ(ReadPerfStat(text, "x").error().code, ErrorCode::kBadInput) << text;
  }
}

std::string ReadAll(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The second row of a CSV file by the names of its first.
std::map<std::string, double> ReadRow(const std::filesystem::path& file) {
  std::istringstream in(ReadAll(file));
  std::string names;
  std::string values;
  std::getline(in, names);
  std::getline(in, values);
  std::istringstream name_in(names);
  std::istringstream value_in(values);
  std::map<std::string, double> row;
  std::string name;
  std::string value;
  while (std::getline(name_in, name, ',') && std::getline(value_in, value, ',')) {
    row[name] = std::stod(value);
  }
  return row;
}

class IceLakeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder =
        std::filesystem::path(PMUBENCH_SOURCE_DIR) / ".." / "shared" / "data" / "icelake";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recording at " << folder;
    recording_ = *ReadPerfStat(ReadAll(folder / "perf_result"), "perf_result");
    theirs_ = ReadRow(folder / "aggregated_metrics.csv");
    catalogue_ = *LoadCatalogue("ice-lake-sp");
    measurements_ = MeasurementsOf(recording_, catalogue_);
  }

  MetricValue Ours(const char* name) {
    return EvaluateMetric(*catalogue_.FindMetric(name), measurements_, {});
  }

  PerfStatRecording recording_;
  std::map<std::string, double> theirs_;
  Catalogue catalogue_;
  std::vector<Measurement> measurements_;
};

TEST_F(IceLakeTest, ItsCountsAreTheSumsOfTheRecording) {
  EXPECT_EQ(recording_.intervals.size(), 10u);
  EXPECT_EQ(recording_.cpus, 64);
  const std::map<std::string, std::string> kCounts = {
      {"CYCLES", "cycles"},         {"INSTRUCTIONS", "instructions"}, {"BRANCH MISSES", "r00c5"},
      {"L1 CACHE MISSES", "r08d1"}, {"L2 CACHE HITS", "r02d1"},       {"ITLB WALKS", "r0e85"}};
  for (const auto& [theirs, name] : kCounts) {
    double sum = 0;
    for (const PerfStatInterval& interval : recording_.intervals) {
      const EventCount& event = interval.events.at(name);
      sum += event.count * event.time_enabled_ns / event.time_running_ns;
    }
    EXPECT_NEAR(sum, theirs_.at(theirs), 1e-9 * sum) << name;
  }
}

// The recording's own tool averages the ratios of its intervals; ours is the ratio of the sums, and
// the mean over intervals beside it is the same as theirs.
TEST_F(IceLakeTest, MeansOverIntervalsEqualItsAggregatedMetrics) {
  const std::map<std::string, const char*> kMetrics = {{"CPI", "cpi"},
                                                       {"L1 CACHE MISS RATE", "l1d_miss_ratio"},
                                                       {"L2 CACHE MISS RATE", "l2_miss_ratio"},
                                                       {"BRANCH MPKI", "branch_mpki"},
                                                       {"BRANCH MISS RATE", "branch_miss_ratio"},
                                                       {"ITLB MPKI", "itlb_mpki"},
                                                       {"DTLB MPKI", "dtlb_mpki"}};
  for (const auto& [theirs, name] : kMetrics) {
    const MetricValue value = Ours(name);
    ASSERT_TRUE(value.mean && value.value.number) << name << ": " << value.value.reason;
    EXPECT_EQ(value.measurements, 10) << name;
    EXPECT_NEAR(*value.mean, theirs_.at(theirs), 1e-9 * theirs_.at(theirs)) << name;
  }
}

TEST_F(IceLakeTest, TheValueIsTheRatioOfSums) {
  const double ratio = theirs_.at("CYCLES") / theirs_.at("INSTRUCTIONS");
  EXPECT_NEAR(*Ours("cpi").value.number, ratio, 1e-9);
  // The two differ where intervals differ: a busy interval weighs more in the ratio of sums.
  EXPECT_GT(std::abs(ratio - theirs_.at("CPI")), 0.01);
}

TEST_F(IceLakeTest, SamplingRatiosShowTheTwoGroups) {
  EXPECT_NEAR(*Ours("branch_mpki").sampling_ratio, 0.5, 0.01);
  EXPECT_NEAR(*Ours("cpi").sampling_ratio, 1, 1e-9);
}

TEST_F(IceLakeTest, WhatItDoesNotHoldHasNoValueAndAReason) {
  const MetricValue loads = Ours("loads_pki");
  EXPECT_FALSE(loads.value.number);
  EXPECT_THAT(loads.value.reason, HasSubstr("MEM_INST_RETIRED.ALL_LOADS was not counted"));
  EXPECT_THAT(Ours("frequency").value.reason, HasSubstr("does not tell CPU time"));
}

}  // namespace
}  // namespace pmubench
