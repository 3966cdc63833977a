// Reading a counter by its page: the arithmetic and the sequence lock, on a page in memory.
#include "counters/user_page.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

namespace pmubench {
namespace {

perf_event_mmap_page Page(std::uint32_t index, std::int64_t offset, std::uint16_t width) {
  perf_event_mmap_page page{};
  page.cap_user_rdpmc = 1;
  page.index = index;
  page.offset = offset;
  page.pmc_width = width;
  return page;
}

TEST(SignExtend, EveryWidthAtItsEdges) {
  for (unsigned width = 2; width <= 64; ++width) {
    const std::uint64_t top = 1ULL << (width - 1);
    const std::uint64_t ones = top | (top - 1);
    EXPECT_EQ(SignExtend(0, width), 0) << width;
    EXPECT_EQ(SignExtend(1, width), 1) << width;
    EXPECT_EQ(SignExtend(top - 1, width), static_cast<std::int64_t>(top - 1)) << width;
    EXPECT_EQ(SignExtend(ones, width), -1) << width;
    EXPECT_EQ(SignExtend(top, width), -static_cast<std::int64_t>(top - 1) - 1) << width;
  }
  EXPECT_EQ(SignExtend(1, 1), -1);
}

TEST(SignExtend, BitsAboveTheWidthDoNotMatter) {
  EXPECT_EQ(SignExtend(0xabcd'0000'0000'0005, 48), SignExtend(5, 48));
  EXPECT_EQ(SignExtend(0xffff'ffff'0000'0007, 32), 7);
}

// The kernel's contract: offset = count - (the start value, sign-extended). What the page gives has
// to be the count however far the counter went, across its own wrap and at every width.
TEST(UserPage, GivesTheCountAtEveryWidthAcrossTheCountersWrap) {
  std::mt19937_64 random(1);
  for (unsigned width = 8; width <= 64; ++width) {
    const std::uint64_t mask = width == 64 ? ~0ULL : (1ULL << width) - 1;
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t before = random();                   // counted until the last update
      const std::uint64_t start = 1 + random() % (mask >> 1);  // the counter starts at -start
      const std::uint64_t ran = random() % (mask >> 1);        // less than half a turn since
      const auto offset = static_cast<std::int64_t>(before + start);
      const auto page = Page(3, offset, static_cast<std::uint16_t>(width));
      const UserReading reading = ReadUserPage(page, [&](std::uint32_t number) {
        EXPECT_EQ(number, 2u);
        return (0 - start + ran) & mask;
      });
      ASSERT_EQ(reading.state, UserReadState::kValue);
      ASSERT_EQ(reading.value, before + ran) << "width " << width;
    }
  }
}

TEST(UserPage, IndexZeroReadsNoRegister) {
  const UserReading reading = ReadUserPage(Page(0, 5, 48), [](std::uint32_t) -> std::uint64_t {
    ADD_FAILURE() << "register read";
    return 0;
  });
  EXPECT_EQ(reading.state, UserReadState::kNotOnPmu);
}

TEST(UserPage, WithoutTheCapabilityNothingIsRead) {
  auto page = Page(1, 5, 48);
  page.cap_user_rdpmc = 0;
  const UserReading reading = ReadUserPage(page, [](std::uint32_t) -> std::uint64_t {
    ADD_FAILURE() << "register read";
    return 0;
  });
  EXPECT_EQ(reading.state, UserReadState::kNotOffered);
}

TEST(UserPage, AWidthThatCannotBeIsNotShiftedBy) {
  const auto none = [](std::uint32_t) { return std::uint64_t{1}; };
  EXPECT_EQ(ReadUserPage(Page(1, 0, 0), none).state, UserReadState::kNotOnPmu);
  EXPECT_EQ(ReadUserPage(Page(1, 0, 65), none).state, UserReadState::kNotOffered);
}

TEST(UserPage, WholeMeansThatItRanAllTheTime) {
  const auto zero = [](std::uint32_t) { return std::uint64_t{0}; };
  auto page = Page(1, 0, 48);
  page.time_enabled = page.time_running = 77;
  EXPECT_TRUE(ReadUserPage(page, zero).whole);
  page.time_running = 76;
  EXPECT_FALSE(ReadUserPage(page, zero).whole);
}

TEST(UserPage, AnUpdateWhileReadingIsNotMixedIn) {
  auto page = Page(1, 1000, 48);
  int reads = 0;
  const UserReading reading = ReadUserPage(page, [&](std::uint32_t) -> std::uint64_t {
    if (++reads == 1) {  // The kernel moves 400 counts from the register to the offset.
      page.lock += 2;
      page.offset = 1400;
      return 0;
    }
    return 7;
  });
  EXPECT_EQ(reads, 2);
  EXPECT_EQ(reading.value, 1407u);
}

TEST(UserPage, APageThatIsAlwaysBusyIsGivenUp) {
  auto page = Page(1, 0, 48);
  page.lock = 1;
  const auto zero = [](std::uint32_t) { return std::uint64_t{0}; };
  EXPECT_EQ(ReadUserPage(page, zero).state, UserReadState::kBusy);
}

// A writer that moves counts between register and offset all the time. Any mixture of two states
// would show as another sum.
TEST(UserPage, AWriterNeverShowsAMixtureOfTwoStates) {
  constexpr std::uint64_t kCount = 1'000'000'000;
  auto page = Page(1, kCount, 40);
  std::atomic<std::uint64_t> counter{0};
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    std::mt19937_64 random(2);
    for (std::uint32_t lock = 0; !stop.load(std::memory_order_relaxed); lock += 2) {
      const std::uint64_t moved = random() & 0xffffff;
      // Each store releases the ones before it, so that a reader that sees one sees lock odd.
      __atomic_store_n(&page.lock, lock + 1, __ATOMIC_RELEASE);
      __atomic_store_n(&page.offset, static_cast<std::int64_t>(kCount + moved), __ATOMIC_RELEASE);
      __atomic_store_n(&page.time_enabled, std::uint64_t{lock}, __ATOMIC_RELEASE);
      counter.store((0 - moved) & 0xff'ffff'ffff, std::memory_order_release);
      __atomic_store_n(&page.time_running, std::uint64_t{lock}, __ATOMIC_RELEASE);
      __atomic_store_n(&page.lock, lock + 2, __ATOMIC_RELEASE);
      // A pause like the kernel's, else the reader would hardly find the page at rest.
      for (int i = 0; i < 50; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
    }
  });
  int values = 0;
  for (int i = 0; i < 200'000 && values < 20'000; ++i) {
    const UserReading reading =
        ReadUserPage(page, [&](std::uint32_t) { return counter.load(std::memory_order_acquire); });
    if (reading.state != UserReadState::kValue) {
      std::this_thread::yield();
      continue;
    }
    ++values;
    ASSERT_EQ(reading.value, kCount);
    ASSERT_TRUE(reading.whole);
  }
  stop = true;
  writer.join();
  EXPECT_GT(values, 100);
}

}  // namespace
}  // namespace pmubench
