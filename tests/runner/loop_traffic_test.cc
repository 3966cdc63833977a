#include "runner/loop_traffic.h"

#include <gmock/gmock.h>

namespace pmubench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

MeterInterval Second(double ratio) {
  MeterInterval interval;
  interval.seconds = 1;
  interval.lowest_ratio = ratio;
  interval.moved.all.read = 6e9;
  interval.moved.all.write = 2e9;
  interval.moved.Complete();
  return interval;
}

MetricValue Evaluate(const char* name, Gives gives, const MeterInterval& interval,
                     const std::map<std::string, std::string>& missing = {},
                     const Attainable& attainable = {{12e9, 8e9, 16e9}, "now"}) {
  SourceInfo source;
  source.gives = gives;
  Measurement measurement;
  measurement.events = MemoryEvents(interval, {1e9, 0.5e9, 1.5e9}, attainable);
  measurement.quantities["iterations"] = {1000, ""};
  for (const CatalogueMetric& metric : MemoryMetrics(source)) {
    if (metric.name == name) return EvaluateMetric(metric, {measurement}, missing);
  }
  ADD_FAILURE() << name;
  return {};
}

TEST(MemoryMetrics, BytesAnIterationAndBandwidth) {
  for (const double ratio : {1.0, 0.5}) {
    const auto read = Evaluate("memory_read", Gives::kReadsAndWrites, Second(ratio));
    EXPECT_DOUBLE_EQ(*read.value.number, 6e6);
    EXPECT_DOUBLE_EQ(*read.sampling_ratio, ratio);
    const auto write = Evaluate("memory_write_bandwidth", Gives::kReadsAndWrites, Second(ratio));
    EXPECT_DOUBLE_EQ(*write.value.number, 2);
    EXPECT_EQ(write.unit, "GB/s");
    const auto idle = Evaluate("memory_idle", Gives::kReadsAndWrites, Second(ratio));
    EXPECT_DOUBLE_EQ(*idle.value.number, 1.5e6);
  }
  for (const Gives gives : {Gives::kTotal, Gives::kReadsAndWrites}) {
    EXPECT_DOUBLE_EQ(*Evaluate("memory_bandwidth", gives, Second(1)).value.number, 8);
  }
}

TEST(MemoryMetrics, NoneThatTheSourceCannotTell) {
  SourceInfo source;
  const auto names = [&](Gives gives) {
    std::vector<std::string> all;
    source.gives = gives;
    for (const CatalogueMetric& metric : MemoryMetrics(source)) all.push_back(metric.name);
    return all;
  };
  EXPECT_THAT(names(Gives::kTotal), Not(Contains("memory_read")));
  EXPECT_THAT(names(Gives::kReads), Not(Contains("memory_write")));
  EXPECT_THAT(names(Gives::kReads), Contains("memory_read"));
  EXPECT_THAT(names(Gives::kReads), Not(Contains("memory_bandwidth")));
}

TEST(MemoryEvents, NothingWhereACounterHadNoTurn) {
  MeterInterval interval = Second(1);
  interval.missing = 1;
  EXPECT_THAT(MemoryEvents(interval, {}, {}), IsEmpty());
  EXPECT_THAT(MemoryEvents(MeterInterval(), {}, {}), IsEmpty());
  const auto value =
      Evaluate("memory_read", Gives::kReadsAndWrites, interval, {{kMemoryRead, "too short"}});
  EXPECT_FALSE(value.value.number.has_value());
  EXPECT_EQ(value.value.reason, "MEMORY_READ_BYTES: too short");
}

TEST(MemoryMetrics, ShareOfWhatIsAttainable) {
  for (const double ratio : {1.0, 0.5}) {
    const auto peak = Evaluate("attainable_bandwidth", Gives::kReadsAndWrites, Second(ratio));
    EXPECT_DOUBLE_EQ(*peak.value.number, 16);
    EXPECT_EQ(peak.unit, "GB/s");
    const auto share = Evaluate(kBandwidthPercentage, Gives::kReadsAndWrites, Second(ratio));
    EXPECT_DOUBLE_EQ(*share.value.number, 50);
    EXPECT_DOUBLE_EQ(*share.sampling_ratio, ratio);
  }
}

TEST(MemoryMetrics, ASourceOfReadsIsHeldAgainstThePeakOfReads) {
  MeterInterval reads = Second(1);
  reads.moved.all.write = reads.moved.all.total = std::nullopt;
  EXPECT_DOUBLE_EQ(*Evaluate("attainable_bandwidth", Gives::kReads, reads).value.number, 12);
  EXPECT_DOUBLE_EQ(*Evaluate(kBandwidthPercentage, Gives::kReads, reads).value.number, 50);
}

TEST(MemoryMetrics, MoreThanThePeakKeepsItsNumber) {
  const Attainable low{{{}, {}, 4e9}, ""};
  const auto share = Evaluate(kBandwidthPercentage, Gives::kTotal, Second(1), {}, low);
  EXPECT_DOUBLE_EQ(*share.value.number, 200);
}

TEST(MemoryMetrics, WithoutAPeakThereIsAReasonAndARemedy) {
  SourceInfo source;
  source.name = "cmn";
  const std::string why = WhyNoPeak(source, {});
  EXPECT_THAT(why, HasSubstr("pmubench bandwidth check --source cmn"));
  for (const char* name : {"attainable_bandwidth", kBandwidthPercentage}) {
    const auto value =
        Evaluate(name, Gives::kReadsAndWrites, Second(1), {{kMemoryAttainable, why}}, {});
    EXPECT_FALSE(value.value.number.has_value());
    EXPECT_THAT(value.value.reason, HasSubstr(why));
  }
  EXPECT_TRUE(Evaluate("memory_bandwidth", Gives::kTotal, Second(1), {}, {}).value.number);
  EXPECT_EQ(WhyNoPeak(source, {{1, 1, 2}, ""}), "");
  EXPECT_NE(WhyNoPeak(source, {{1, {}, {}}, ""}), "") << "reads are no peak of a total";
  source.gives = Gives::kReads;
  EXPECT_EQ(WhyNoPeak(source, {{1, {}, {}}, ""}), "");
}

TEST(LoopTraffic, UnknownSourcesAreWrongUse) {
  const auto traffic = LoopTraffic::Open("no-such-source", 0);
  ASSERT_FALSE(traffic.ok());
  EXPECT_EQ(traffic.error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace pmubench
