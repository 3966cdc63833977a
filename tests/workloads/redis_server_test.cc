#include "redis/redis_server.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "platform/files.h"
#include "redis/load.h"
#include "runner/workloads.h"

namespace pmubench::redis {
namespace {

using testing::HasSubstr;

#define NEEDS_REDIS()                          \
  if (FindProgram("redis-server", "").empty()) \
  GTEST_SKIP() << "redis-server is not installed (apt-get install redis-server)"

constexpr std::uint32_t kKeys = 2000;

RedisServer StartFilled() {
  auto server = StartRedis({});
  EXPECT_TRUE(server.ok()) << server.error().ToString();
  EXPECT_TRUE(Preload(server->endpoint, Protocol(kKeys, 32), true).ok());
  return *std::move(server);
}

LoadOptions SmallLoad(const RedisServer& server) {
  LoadOptions load;
  load.endpoint = server.endpoint;
  load.keys = kKeys;
  load.connections = 10;
  load.requests = 5000;
  load.max_seconds = 20;
  return load;
}

/// Returns once a load that begins meanwhile has taken some CPU time of the server: some 10 us a
/// request. An idle server takes 1.6 ms a second.
void AwaitWork(const RedisServer& server, double seconds) {
  const double begin = ProcessCpuSeconds(server.process.pid());
  while (ProcessCpuSeconds(server.process.pid()) < begin + seconds) usleep(1000);
}

TEST(RedisVersion, IsReadAndCompared) {
  EXPECT_EQ(ParseRedisVersion("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc"), "7.0.15");
  EXPECT_EQ(ParseRedisVersion("hello"), "");
  EXPECT_TRUE(RecentEnough("6.0.16"));
  EXPECT_TRUE(RecentEnough("10.1"));
  EXPECT_FALSE(RecentEnough("5.0.14"));
  EXPECT_FALSE(RecentEnough(""));
}

TEST(RedisServerStart, NamesThePackageWhereItIsMissing) {
  RedisOptions options;
  options.program = "no-such-redis-server";
  const auto server = StartRedis(options);
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(server.error().ToString(), HasSubstr("apt-get install redis-server"));
}

TEST(RedisServerStart, SaysThatThePortIsTaken) {
  NEEDS_REDIS();
  RedisOptions options;
  options.port = *FreePort();
  const auto first = StartRedis(options);
  ASSERT_TRUE(first.ok()) << first.error().ToString();
  const auto second = StartRedis(options);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

TEST(RedisServerStart, StopsByItsOwnPidAndCleansUp) {
  NEEDS_REDIS();
  pid_t pid = 0;
  std::filesystem::path folder;
  {
    const RedisServer server = StartFilled();
    pid = server.process.pid();
    folder = server.process.folder();
    EXPECT_EQ(kill(pid, 0), 0);
    EXPECT_TRUE(std::filesystem::exists(folder));
  }
  EXPECT_NE(kill(pid, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(RedisServerStart, EndsWithACrashOfOurs) {
  NEEDS_REDIS();
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t us = fork();
  if (us == 0) {
    auto server = StartRedis({});
    const pid_t pid = server.ok() ? server->process.pid() : 0;
    (void)!write(pipe_ends[1], &pid, sizeof pid);
    kill(getpid(), SIGKILL);
  }
  pid_t server = 0;
  ASSERT_EQ(read(pipe_ends[0], &server, sizeof server), static_cast<ssize_t>(sizeof server));
  ASSERT_GT(server, 0);
  waitpid(us, nullptr, 0);
  bool gone = false;
  for (int i = 0; i < 6000 && !gone; ++i) {
    // A zombie that nobody has taken yet is gone for this purpose.
    const auto state = ReadText("/proc/" + std::to_string(server) + "/stat");
    gone = !state || state->find(") Z") != std::string::npos;
    if (!gone) usleep(10'000);
  }
  EXPECT_TRUE(gone);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST(RedisLoad, ChecksEveryReplyOfEveryMix) {
  NEEDS_REDIS();
  const RedisServer server = StartFilled();
  for (const Mix& mix : Mixes()) {
    for (const int pipeline : {1, 16}) {
      LoadOptions load = SmallLoad(server);
      load.mix = mix;
      load.requests = 1000;
      load.pipeline = pipeline;
      load.distribution = pipeline == 1 ? Distribution::kUniform : Distribution::kZipf;
      const auto result = RunLoad(load);
      ASSERT_TRUE(result.ok()) << mix.name << ": " << result.error().ToString();
      EXPECT_EQ(result->requests, load.requests) << mix.name;
      EXPECT_EQ(result->latency.count(), load.requests);
      EXPECT_GT(result->client_cpu_seconds, 0);
    }
  }
}

TEST(RedisLoad, WorksOverTcp) {
  NEEDS_REDIS();
  RedisOptions options;
  options.port = *FreePort();
  const auto server = StartRedis(options);
  ASSERT_TRUE(server.ok()) << server.error().ToString();
  ASSERT_TRUE(Preload(server->endpoint, Protocol(kKeys, 32), false).ok());
  EXPECT_TRUE(RunLoad(SmallLoad(*server)).ok());
}

TEST(RedisLoad, FindsAWrongReply) {
  NEEDS_REDIS();
  const RedisServer server = StartFilled();
  LoadOptions load = SmallLoad(server);
  load.keys = 2 * kKeys;  // half of them are not there
  const auto absent = RunLoad(load);
  ASSERT_FALSE(absent.ok());
  EXPECT_THAT(absent.error().message, HasSubstr("\"$-1\""));
  load.keys = kKeys;
  load.value_size = 33;
  EXPECT_THAT(RunLoad(load).error().message, HasSubstr("\"$32\""));
}

TEST(RedisLoad, SaysHowFarItCameWhenTheServerIsKilled) {
  NEEDS_REDIS();
  RedisServer server = StartFilled();
  LoadOptions load = SmallLoad(server);
  load.requests = 100'000'000;
  std::thread killer([&] {
    AwaitWork(server, 0.02);
    kill(server.process.pid(), SIGKILL);
  });
  const auto result = RunLoad(load);
  killer.join();
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message,
              testing::AllOf(HasSubstr("went away"), HasSubstr("of 100000000 replies")));
  EXPECT_TRUE(server.process.AwaitEnd(60));
}

TEST(RedisLoad, EndsInTime) {
  NEEDS_REDIS();
  const RedisServer server = StartFilled();
  LoadOptions load = SmallLoad(server);
  load.requests = 1'000'000'000;
  load.max_seconds = 0.3;
  const auto closed = RunLoad(load);
  ASSERT_TRUE(closed.ok()) << closed.error().ToString();
  EXPECT_LT(closed->requests, load.requests);
  load.rate = 1000;
  const auto open = RunLoad(load);
  ASSERT_TRUE(open.ok()) << open.error().ToString();
  // Never more than were due; on a busy machine fewer were sent.
  EXPECT_LE(open->requests, 301U);
  EXPECT_GT(open->requests, 0U);
}

/// Stops the server for 200 ms, once, while a load runs.
template <class Load>
auto WithAStall(const RedisServer& server, const Load& load) {
  std::thread staller([&] {
    AwaitWork(server, 0.004);
    kill(server.process.pid(), SIGSTOP);
    usleep(200'000);
    kill(server.process.pid(), SIGCONT);
  });
  auto result = load();
  staller.join();
  return result;
}

TEST(RedisLoad, OpenLoopShowsAStallThatClosedLoopHides) {
  NEEDS_REDIS();
  const RedisServer server = StartFilled();
  LoadOptions load = SmallLoad(server);
  load.requests = 1'000'000'000;
  load.max_seconds = 1;
  const auto closed = WithAStall(server, [&] { return RunLoad(load); });
  load.rate = 2000;
  const auto open = WithAStall(server, [&] { return RunLoad(load); });
  ASSERT_TRUE(closed.ok() && open.ok());
  // A fifth of the second was stalled: a tenth of the requests had to wait for over half of it.
  EXPECT_GT(open->latency.Quantile(0.92), 60'000'000U);
  // Ten of very many requests saw it in the closed loop.
  EXPECT_LT(closed->latency.Quantile(0.92), open->latency.Quantile(0.92) / 2);
  EXPECT_GT(closed->latency.largest(), 150'000'000U);
}

}  // namespace
}  // namespace pmubench::redis
