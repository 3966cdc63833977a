// Turns of groups on a kernel whose time stands still unless the test moves it.
#include "counters/rotation.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <map>

namespace pmubench {
namespace {

/// Every enabled event counts its own code a tick; time is 100 ns a tick.
class ClockKernel final : public Kernel {
 public:
  void Tick(int ticks) {
    for (auto& [fd, event] : events_) {
      if (events_.at(event.leader).enabled) event.ticks += static_cast<std::uint64_t>(ticks);
    }
  }

  int Open(perf_event_attr* attr, pid_t pid, int, int group_fd, unsigned long) override {
    if (pid == gone) return errno = ESRCH, -1;
    const int fd = next_++;
    events_[fd] = {group_fd < 0 ? fd : group_fd, attr->config, false, 0};
    if (attr->type == PERF_TYPE_SOFTWARE && attr->exclude_kernel == 0) ++kernel_software;
    return fd;
  }
  ssize_t Read(int fd, void* buffer, std::size_t) override {
    const std::uint64_t time = events_.at(fd).ticks * 100;
    std::vector<std::uint64_t> words{0, time, time};
    for (const auto& [other, event] : events_) {
      if (event.leader != fd) continue;
      ++words[0];
      words.push_back(event.ticks * event.code);
      words.push_back(static_cast<std::uint64_t>(other));
    }
    std::memcpy(buffer, words.data(), words.size() * sizeof words[0]);
    return static_cast<ssize_t>(words.size() * sizeof words[0]);
  }
  int Ioctl(int fd, unsigned long request, unsigned long argument) override {
    if (request == PERF_EVENT_IOC_ID) {
      *reinterpret_cast<std::uint64_t*>(argument) = static_cast<std::uint64_t>(fd);
    }
    if (request == PERF_EVENT_IOC_ENABLE) events_.at(fd).enabled = true;
    if (request == PERF_EVENT_IOC_DISABLE) events_.at(fd).enabled = false;
    return 0;
  }
  void Close(int fd) override { events_.erase(fd); }

  [[nodiscard]] int EnabledGroups() const {
    int enabled = 0;
    for (const auto& [fd, event] : events_) enabled += event.leader == fd && event.enabled ? 1 : 0;
    return enabled;
  }
  [[nodiscard]] std::size_t open_events() const { return events_.size(); }

  pid_t gone = -2;
  int kernel_software = 0;

 private:
  struct Event {
    int leader;
    std::uint64_t code;
    bool enabled;
    std::uint64_t ticks;
  };
  std::map<int, Event> events_;
  int next_ = 3;
};

EventEncoding Hardware(const std::string& name, std::uint64_t code) {
  return {name, "core", PERF_TYPE_RAW, code, 0, 0};
}

class RotationTest : public ::testing::Test {
 protected:
  // Code 1 stands for the dedicated event: it is in both groups.
  const std::vector<std::vector<EventEncoding>> groups_{{Hardware("CYCLES", 1), Hardware("A", 10)},
                                                        {Hardware("CYCLES", 1), Hardware("B", 20)}};
  const std::vector<EventEncoding> software_{
      {"FAULTS", "software", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0, 0}};
  ClockKernel kernel_;

  Rotation Make(Switching switching) {
    RotationOptions options;
    options.switching = switching;
    return Rotation(kernel_, groups_, software_, options, Permissions{});
  }
};

TEST_F(RotationTest, OneGroupCountsAtATimeAndTheDedicatedEventAllTheTime) {
  Rotation rotation = Make(Switching::kByUs);
  ASSERT_TRUE(rotation.AddTarget(CounterTarget::Thread(100)).ok());
  EXPECT_EQ(kernel_.EnabledGroups(), 0) << "nothing counts before Start";
  kernel_.Tick(50);
  ASSERT_TRUE(rotation.Start().ok());
  std::uint64_t cycles = 0, faults = 0, time = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(kernel_.EnabledGroups(), 2) << "the turn's group and the software events";
    kernel_.Tick(7);
    const std::size_t group = i % 2;
    auto turns = i < 3 ? rotation.Switch(1 - group) : rotation.Stop();
    ASSERT_TRUE(turns.ok()) << turns.error().ToString();
    ASSERT_EQ(turns->size(), 1u);
    const TargetTurn& turn = turns->front();
    EXPECT_TRUE(turn.groups[1 - group].counts.empty());
    EXPECT_EQ(turn.groups[group].counts, (std::vector<std::uint64_t>{7, group == 0 ? 70u : 140u}));
    EXPECT_EQ(turn.groups[group].time_running_ns, 700u);
    cycles += turn.groups[group].counts[0];
    faults += turn.always[0];
    time += turn.time_ns;
  }
  EXPECT_EQ(cycles, 28u);
  EXPECT_EQ(faults, 28u * PERF_COUNT_SW_PAGE_FAULTS);
  EXPECT_EQ(time, 2800u);
  EXPECT_EQ(kernel_.EnabledGroups(), 0);
}

TEST_F(RotationTest, TheKernelsRotationHasAllGroupsEnabled) {
  Rotation rotation = Make(Switching::kByKernel);
  ASSERT_TRUE(rotation.AddTarget(CounterTarget::Thread(100)).ok());
  ASSERT_TRUE(rotation.Start().ok());
  EXPECT_EQ(kernel_.EnabledGroups(), 3);
  kernel_.Tick(5);
  auto turns = rotation.Switch(0);
  ASSERT_TRUE(turns.ok());
  EXPECT_EQ(turns->front().groups[0].counts[1], 50u);
  EXPECT_EQ(turns->front().groups[1].counts[1], 100u);
}

TEST_F(RotationTest, ALateTargetJoinsTheRunningTurn) {
  Rotation rotation = Make(Switching::kByUs);
  ASSERT_TRUE(rotation.AddTarget(CounterTarget::Thread(100)).ok());
  ASSERT_TRUE(rotation.Start().ok());
  kernel_.Tick(1);
  ASSERT_TRUE(rotation.Switch(1).ok());
  kernel_.Tick(3);
  auto late = rotation.AddTarget(CounterTarget::Thread(101));
  ASSERT_TRUE(late.ok());
  EXPECT_EQ(*late, 1u);
  kernel_.Tick(4);
  auto turns = rotation.Switch(0);
  ASSERT_TRUE(turns.ok());
  EXPECT_EQ((*turns)[0].groups[1].counts[1], 140u);
  EXPECT_EQ((*turns)[1].groups[1].counts[1], 80u);
  const TargetTurn sum = SumOf(*turns);
  EXPECT_EQ(sum.groups[1].counts[1], 220u);
  EXPECT_EQ(sum.time_ns, 1100u);
  EXPECT_TRUE(sum.groups[0].counts.empty());
}

TEST_F(RotationTest, ARetiredTargetGivesItsDescriptorsBack) {
  Rotation rotation = Make(Switching::kByUs);
  ASSERT_TRUE(rotation.AddTarget(CounterTarget::Thread(100)).ok());
  const std::size_t of_one = kernel_.open_events();
  ASSERT_TRUE(rotation.AddTarget(CounterTarget::Thread(101)).ok());
  ASSERT_TRUE(rotation.Start().ok());
  rotation.Retire(0);
  EXPECT_EQ(kernel_.open_events(), of_one);
  kernel_.Tick(2);
  auto turns = rotation.Stop();
  ASSERT_TRUE(turns.ok());
  EXPECT_TRUE((*turns)[0].groups.empty());
  EXPECT_EQ((*turns)[1].groups[0].counts[1], 20u);
}

TEST_F(RotationTest, AThreadThatHasEndedIsNotFound) {
  Rotation rotation = Make(Switching::kByUs);
  kernel_.gone = 100;
  auto added = rotation.AddTarget(CounterTarget::Thread(100));
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(kernel_.open_events(), 0u);
}

TEST_F(RotationTest, SoftwareEventsAloneNeedNoGroup) {
  RotationOptions options;
  options.software_kernel = true;
  Rotation rotation(kernel_, {}, software_, options, Permissions{});
  ASSERT_TRUE(rotation.AddTarget(CounterTarget::Thread(100)).ok());
  EXPECT_EQ(kernel_.kernel_software, 2) << "the time base and the page faults";
  ASSERT_TRUE(rotation.Start().ok());
  kernel_.Tick(9);
  auto turns = rotation.Stop();
  ASSERT_TRUE(turns.ok());
  EXPECT_EQ(turns->front().always[0], 9u * PERF_COUNT_SW_PAGE_FAULTS);
}

}  // namespace
}  // namespace pmubench
