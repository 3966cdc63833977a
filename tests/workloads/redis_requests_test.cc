#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "common/histogram.h"
#include "redis/key_choice.h"
#include "redis/requests.h"

namespace pmubench::redis {
namespace {

std::string Written(const Protocol& protocol, Command command, std::uint32_t key) {
  std::string out;
  protocol.Write({command, key}, out);
  return out;
}

TEST(RedisProtocol, WritesRespRequests) {
  const Protocol protocol(1000, 20);
  EXPECT_EQ(Written(protocol, Command::kGet, 42), "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000042\r\n");
  EXPECT_EQ(Written(protocol, Command::kSet, 7),
            "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000007\r\n$20\r\nkey:000000000007xxxx\r\n");
  EXPECT_EQ(Written(protocol, Command::kZscore, 999),
            "*3\r\n$6\r\nZSCORE\r\n$5\r\nboard\r\n$16\r\nkey:000000000999\r\n");
  EXPECT_THAT(Written(protocol, Command::kMget, 1), testing::StartsWith("*11\r\n$4\r\nMGET\r\n"));
}

struct Exchange {
  Command command;
  std::string reply;
};

std::vector<Exchange> Replies() {
  const std::string value = "$20\r\nkey:000000000007xxxx\r\n";
  std::string ten = "*10\r\n";
  for (int i = 0; i < 10; ++i) ten += value;
  return {{Command::kGet, value},     {Command::kHget, value},          {Command::kSet, "+OK\r\n"},
          {Command::kLrange, ten},    {Command::kLpush, ":123\r\n"},    {Command::kHset, ":0\r\n"},
          {Command::kZadd, ":0\r\n"}, {Command::kZscore, "$1\r\n7\r\n"}};
}

TEST(RedisProtocol, TakesAReplyHoweverItIsCut) {
  const Protocol protocol(1000, 20);
  for (const Exchange& exchange : Replies()) {
    const std::string bytes = exchange.reply + "$5\r\nafter";
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      std::size_t length = 0;
      const auto match = protocol.Check({exchange.command, 7}, bytes.data(), size, length);
      if (size < exchange.reply.size()) {
        EXPECT_EQ(match, Protocol::Match::kPartial) << exchange.reply << " cut at " << size;
      } else {
        EXPECT_EQ(match, Protocol::Match::kWhole) << exchange.reply << " cut at " << size;
        EXPECT_EQ(length, exchange.reply.size());
      }
    }
  }
}

TEST(RedisProtocol, SeesEveryByteThatIsWrong) {
  const Protocol protocol(1000, 20);
  for (const Exchange& exchange : Replies()) {
    if (exchange.command == Command::kLpush) continue;  // any length of the list is right
    for (std::size_t i = 0; i < exchange.reply.size(); ++i) {
      std::string bytes = exchange.reply;
      bytes[i] = static_cast<char>(bytes[i] ^ 1);
      std::size_t length = 0;
      EXPECT_EQ(protocol.Check({exchange.command, 7}, bytes.data(), bytes.size(), length),
                Protocol::Match::kWrong)
          << bytes;
    }
  }
  std::size_t length = 0;
  for (const std::string reply : {"$-1\r\n", "-ERR no\r\n", ":0\r\n", ":x\r\n", "+OK\r\n"}) {
    EXPECT_EQ(protocol.Check({Command::kLpush, 7}, reply.data(), reply.size(), length),
              Protocol::Match::kWrong)
        << reply;
  }
}

TEST(RedisProtocol, NamesTheMixesThereAre) {
  EXPECT_TRUE(FindMix("zset").ok());
  EXPECT_THAT(FindMix("gte").error().remedy, testing::HasSubstr("get, set, mixed"));
}

TEST(KeyChoice, IsTheSameForASeedAndStaysInside) {
  for (const Distribution distribution : {Distribution::kUniform, Distribution::kZipf}) {
    KeyChoice one(1000, distribution, 5);
    KeyChoice same(1000, distribution, 5);
    for (int i = 0; i < 10'000; ++i) {
      const auto key = one.Next();
      ASSERT_EQ(key, same.Next());
      ASSERT_LT(key, 1000U);
    }
  }
}

double ShareOfHottest(Distribution distribution) {
  KeyChoice choice(10'000, distribution, 1);
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 100'000; ++i) ++counts[choice.Next()];
  int hottest = 0;
  for (const auto& [key, count] : counts) hottest = std::max(hottest, count);
  return hottest / 1e5;
}

TEST(KeyChoice, ZipfHasHotKeys) {
  // The first rank's share is 1 / sum of i^-0.99 over 10,000 ranks, 0.0985.
  EXPECT_NEAR(ShareOfHottest(Distribution::kZipf), 0.0985, 0.01);
  EXPECT_LT(ShareOfHottest(Distribution::kUniform), 0.001);
  KeyChoice single(1, Distribution::kZipf, 1);
  EXPECT_EQ(single.Next(), 0U);
}

TEST(Histogram, QuantilesAreWithinABucketAndNeverBelow) {
  Histogram histogram;
  EXPECT_EQ(histogram.Quantile(0.5), 0U);
  for (std::uint64_t i = 1; i <= 100'000; ++i) histogram.Add(i * 1000);
  for (const double quantile : {0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const double exact = quantile * 1e8;
    const auto found = static_cast<double>(histogram.Quantile(quantile));
    EXPECT_GE(found, exact - 1);
    EXPECT_LE(found, exact * (1 + 1.0 / 64) + 1);
  }
  EXPECT_EQ(histogram.largest(), 100'000'000U);
  EXPECT_EQ(histogram.Quantile(1), 100'000'000U);
  EXPECT_DOUBLE_EQ(histogram.mean(), 50'000'500);
}

TEST(Histogram, HoldsTheExtremesAndMerges) {
  Histogram one;
  one.Add(0);
  one.Add(63);
  one.Add(64);
  Histogram other;
  other.Add(~std::uint64_t{0});
  one.Merge(other);
  EXPECT_EQ(one.count(), 4U);
  EXPECT_EQ(one.Quantile(0.25), 0U);
  EXPECT_EQ(one.Quantile(0.5), 63U);
  EXPECT_EQ(one.Quantile(1), ~std::uint64_t{0});
}

}  // namespace
}  // namespace pmubench::redis
