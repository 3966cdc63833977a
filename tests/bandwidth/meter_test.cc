#include "bandwidth/meter.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

MeterReading At(double seconds, std::vector<RawCount> counts) {
  const auto since_start = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
  return {std::chrono::steady_clock::time_point(since_start), std::move(counts)};
}

const std::vector<Traffic> kTwo = {{Direction::kRead, 64, 0}, {Direction::kWrite, 64, 1}};

TEST(MeterInterval, ScalesByTheTimeOnACounter) {
  const auto interval = Between(At(1, {{100, 1000, 1000, true}, {0, 1000, 500, true}}),
                                At(3, {{300, 3000, 3000, true}, {50, 3000, 1000, true}}), kTwo);
  EXPECT_DOUBLE_EQ(interval.seconds, 2);
  EXPECT_DOUBLE_EQ(*interval.moved.all.read, 200 * 64);
  EXPECT_DOUBLE_EQ(*interval.moved.all.write, 4 * 50 * 64);
  EXPECT_DOUBLE_EQ(*interval.moved.all.total, 400 * 64);
  EXPECT_DOUBLE_EQ(*interval.moved.sockets.at(1).write, 4 * 50 * 64);
  EXPECT_DOUBLE_EQ(interval.lowest_ratio, 0.25);
  EXPECT_EQ(interval.missing, 0U);
}

TEST(MeterInterval, LeavesOutWhatWasNotCounted) {
  const RawCount good{100, 1000, 1000, true};
  const RawCount later{200, 2000, 2000, true};
  for (const RawCount& bad : {RawCount{}, RawCount{50, 2000, 2000, true},
                              RawCount{200, 2000, 1000, true}, RawCount{100, 1000, 1000, true}}) {
    const auto interval = Between(At(0, {good, good}), At(1, {later, bad}), kTwo);
    EXPECT_EQ(interval.missing, 1U);
    EXPECT_DOUBLE_EQ(*interval.moved.all.read, 100 * 64);
    EXPECT_FALSE(interval.moved.all.write.has_value());
    EXPECT_FALSE(interval.moved.all.total.has_value());
  }
}

TEST(MeterInterval, AddsUp) {
  MeterInterval whole;
  for (int i = 0; i < 3; ++i) {
    whole.Add(Between(At(i, {{0, 0, 0, true}, {0, 0, 0, true}}),
                      At(i + 1, {{10, 9, 9, true}, {5, 9, 9, true}}), kTwo));
  }
  EXPECT_DOUBLE_EQ(whole.seconds, 3);
  EXPECT_DOUBLE_EQ(*whole.moved.all.total, 3 * 15 * 64);
}

TEST(RunTotal, JoinsStepsInWhichAGroupHadNoTurn) {
  const auto at = [](double seconds, std::uint64_t first, std::uint64_t second,
                     std::uint64_t second_ran) {
    const auto ns = static_cast<std::uint64_t>(seconds * 1e9);
    return At(seconds, {{first, ns, ns, true}, {second, ns, second_ran, true}});
  };
  const auto second = static_cast<std::uint64_t>(1e9);
  RunTotal total(at(0, 0, 0, 0), kTwo);
  total.Add(at(1, 10, 0, 0));  // the second event waits
  total.Add(at(2, 20, 5, second));
  EXPECT_DOUBLE_EQ(*total.Total().moved.all.write, 64 * 10);
  total.Add(at(2.1, 21, 5, second));  // and again, to the end
  const MeterInterval whole = total.Total();
  EXPECT_EQ(whole.missing, 0U);
  EXPECT_DOUBLE_EQ(whole.seconds, 2.1);
  EXPECT_DOUBLE_EQ(*whole.moved.all.read, 64 * 21);
  EXPECT_NEAR(*whole.moved.all.write, 64 * 5 * 2.1, 1e-6);
}

TEST(RunTotal, ACpuTakenOfflineLosesItsCountersAlone) {
  const auto second = static_cast<std::uint64_t>(1e9);
  RunTotal total(At(0, {{0, 0, 0, true}, {0, 0, 0, true}}), kTwo);
  for (std::uint64_t i = 1; i <= 6; ++i) {
    const std::uint64_t alive = std::min<std::uint64_t>(i, 2);  // then its time stands still
    total.Add(At(static_cast<double>(i), {{10 * i, i * second, i * second, true},
                                          {10 * alive, alive * second, alive * second, true}}));
  }
  const MeterInterval whole = total.Total();
  EXPECT_EQ(whole.missing, 1U);
  EXPECT_DOUBLE_EQ(*whole.moved.all.read, 64 * 60);
}

TEST(RunTotal, NeverCountedIsMissing) {
  RunTotal total(At(0, {{0, 0, 0, true}, {0, 0, 0, true}}), kTwo);
  for (int i = 1; i < 4; ++i) {
    total.Add(At(i, {{10, 9, 9, true}, {0, 9, 0, true}}));
  }
  EXPECT_EQ(total.Total().missing, 1U);
}

/// PMUs with a few counters each; every read finds each event risen by its config.
class UncoreKernel final : public Kernel {
 public:
  std::size_t counters = 4;
  std::uint64_t refused = ~0ULL;  ///< config that does not open
  bool excluded = false;          ///< somebody set an exclude flag
  std::map<int, std::vector<std::uint64_t>> groups;
  std::map<int, std::uint64_t> reads;

  int Open(perf_event_attr* attr, pid_t pid, int cpu, int leader, unsigned long) override {
    excluded |= attr->exclude_hv != 0 || attr->exclude_kernel != 0 || attr->exclude_user != 0;
    if (pid != -1 || cpu < 0 || attr->config == refused) return errno = EINVAL, -1;
    if (leader >= 0 && groups[leader].size() >= counters) return errno = EINVAL, -1;
    const int descriptor = next_++;
    groups[leader < 0 ? descriptor : leader].push_back(attr->config);
    leaders_[descriptor] = leader < 0 ? descriptor : leader;
    ids_[leaders_[descriptor]].push_back(descriptor);
    return descriptor;
  }
  ssize_t Read(int descriptor, void* buffer, std::size_t) override {
    const auto& configs = groups[descriptor];
    const std::uint64_t times = ++reads[descriptor];
    std::vector<std::uint64_t> words = {configs.size(), times * 100, times * 100};
    for (std::size_t i = 0; i < configs.size(); ++i) {
      words.push_back(configs[i] * times);
      words.push_back(static_cast<std::uint64_t>(ids_[descriptor][i]));
    }
    std::memcpy(buffer, words.data(), words.size() * sizeof words[0]);
    return static_cast<ssize_t>(words.size() * sizeof words[0]);
  }
  int Ioctl(int descriptor, unsigned long request, unsigned long argument) override {
    if (request == PERF_EVENT_IOC_ID) {
      *reinterpret_cast<std::uint64_t*>(argument) = static_cast<std::uint64_t>(descriptor);
    }
    return 0;
  }
  void Close(int descriptor) override {
    const auto own = leaders_.find(descriptor);
    if (own == leaders_.end() || own->second != descriptor) return;
    groups.erase(descriptor);
    ids_.erase(descriptor);
  }

 private:
  std::map<int, int> leaders_;
  std::map<int, std::vector<int>> ids_;
  int next_ = 10;
};

SourceFinding Counters(int count, bool groups = true) {
  SourceFinding finding;
  for (int i = 0; i < count; ++i) {
    MemoryCounter counter;
    counter.event.name = "event";
    counter.event.type = 70;
    counter.event.config = static_cast<std::uint64_t>(i) + 1;
    counter.traffic = {i % 2 == 0 ? Direction::kRead : Direction::kWrite, 64, 0};
    counter.groups = groups;
    finding.counters.push_back(counter);
  }
  return finding;
}

double TotalOfTwoReads(const BandwidthMeter& meter) {
  const auto begin = meter.Read();
  const auto interval = Between(begin, meter.Read(), meter.traffic());
  EXPECT_EQ(interval.missing, 0U);
  return interval.moved.all.total.value_or(0) / 64;
}

TEST(BandwidthMeter, CountsTogetherWhatFits) {
  UncoreKernel kernel;
  const auto meter = BandwidthMeter::Open(kernel, Counters(6), {});
  ASSERT_TRUE(meter.ok());
  EXPECT_FALSE(kernel.excluded);
  EXPECT_THAT(kernel.groups, SizeIs(2));  // 6 do not fit 4 counters: 3 and 3
  EXPECT_DOUBLE_EQ(TotalOfTwoReads(*meter), 21);
  EXPECT_THAT(meter->warnings(), IsEmpty());
  EXPECT_GT(meter->longest_wait(), std::chrono::seconds(10));
}

TEST(BandwidthMeter, OpensSinglyWhereGroupsAreRefused) {
  UncoreKernel kernel;
  auto finding = Counters(4, false);
  finding.counters[0].counter_bits = 32;
  const auto meter = BandwidthMeter::Open(kernel, finding, {});
  ASSERT_TRUE(meter.ok());
  EXPECT_THAT(kernel.groups, SizeIs(4));
  EXPECT_LE(meter->longest_wait(), std::chrono::seconds(2));
}

TEST(BandwidthMeter, MeasuresTheRestWhenOneIsRefused) {
  UncoreKernel kernel;
  kernel.refused = 3;
  const auto meter = BandwidthMeter::Open(kernel, Counters(6), {});
  ASSERT_TRUE(meter.ok());
  EXPECT_EQ(meter->left_out(), 1U);
  ASSERT_THAT(meter->warnings(), SizeIs(1));
  EXPECT_THAT(meter->warnings()[0], HasSubstr("incomplete"));
  EXPECT_DOUBLE_EQ(TotalOfTwoReads(*meter), 21 - 3);
  UncoreKernel nothing;
  nothing.refused = 1;
  EXPECT_FALSE(BandwidthMeter::Open(nothing, Counters(1), {}).ok());
}

TEST(BandwidthMeter, ReadsFilesToo) {
  const testing::FakeRoot root;
  root.Write("mbm_total_bytes", "1000");
  SourceFinding finding;
  finding.files.push_back({root.path() / "mbm_total_bytes", {Direction::kTotal, 1, 0}});
  UncoreKernel kernel;
  const auto meter = BandwidthMeter::Open(kernel, finding, {});
  ASSERT_TRUE(meter.ok());
  const auto begin = meter->Read();
  root.Write("mbm_total_bytes", "5000");
  EXPECT_EQ(Between(begin, meter->Read(), meter->traffic()).moved.all.total, 4000);
  root.Write("mbm_total_bytes", "Unavailable");
  EXPECT_EQ(Between(begin, meter->Read(), meter->traffic()).missing, 1U);
}

}  // namespace
}  // namespace pmubench
