#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

#include "common/cpus.h"
#include "platform/files.h"
#include "server/command.h"
#include "server/figures.h"
#include "server/server_run.h"

namespace pmubench {
namespace {

using testing::HasSubstr;

TEST(Fill, ReplacesWhatIsKnown) {
  const std::string text = "serve {port} {folder}/s {pid} {port}";
  EXPECT_EQ(Fill(text, {"/tmp/x", 4711, 12}), "serve 4711 /tmp/x/s 12 4711");
  EXPECT_EQ(Fill(text, {.port = 1}), "serve 1 {folder}/s {pid} 1");
  EXPECT_EQ(Fill("awk '{print $1}'", {"/tmp/x", 1, 2}), "awk '{print $1}'");
}

TEST(Figure, IsTheFirstGroupOfTheLastMatch) {
  const auto figure = *Figure::Parse("requests: *([0-9]+)");
  EXPECT_EQ(*figure.In("warm up\nrequests: 10\nrequests:   250\nend"), 250);
  const auto named = *Figure::ParseNamed("p99_us=p99=([0-9.e+]+) us");
  EXPECT_EQ(named.name(), "p99_us");
  EXPECT_EQ(*named.In("p99=1.5e+3 us"), 1500);
  EXPECT_EQ(*Figure::Parse("^([0-9]*)$")->In("7\n\nx"), 7) << "an empty line is no number";
}

TEST(Figure, SaysWhatIsWrong) {
  EXPECT_EQ(Figure::Parse("([0-9]+").error().code, ErrorCode::kUsage);
  EXPECT_THAT(Figure::Parse("[0-9]+").error().message, HasSubstr("no group"));
  EXPECT_FALSE(Figure::ParseNamed("=([0-9]+)").ok());
  EXPECT_FALSE(Figure::ParseNamed("([0-9]+)").ok());
  const auto figure = *Figure::Parse("done: (.*)");
  EXPECT_THAT(figure.In("a\nb\n").error().message, HasSubstr("which ends: a | b"));
  EXPECT_THAT(figure.In("done: all").error().message, HasSubstr("'all', which is no number"));
}

TEST(RunCommand, GivesOutputAndExitCode) {
  const auto end = RunCommand({.command = "echo out; echo err >&2; exit 3"});
  ASSERT_TRUE(end.ok()) << end.error().ToString();
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->output, "out\nerr\n");
  EXPECT_EQ(RunCommand({.command = "kill -TERM $$"})->exit_code, 128 + SIGTERM);
  EXPECT_EQ(RunCommand({.command = "head -c 300000 /dev/zero"})->output.size(), 300'000U);
}

TEST(ServerProcess, StaysWhereStandardInputIsClosed) {
  const int kept = dup(STDIN_FILENO);
  close(STDIN_FILENO);
  ServerOptions options;
  options.command = {"sh", "-c", "echo said; exec sleep 1000"};
  options.ready = [](const ServerProcess& server) { return server.LogTail() == "said"; };
  auto server = ServerProcess::Start(options);
  EXPECT_FALSE(server.ok() && server->AwaitEnd(0.3)) << "its guard took our end for come";
  if (kept >= 0) {
    dup2(kept, STDIN_FILENO);
    close(kept);
  }
  EXPECT_TRUE(server.ok()) << server.error().ToString();
}

TEST(RunCommand, EndsWhatIsLeftOfIt) {
  const auto end = RunCommand({.command = "sleep 1000 & echo $!"});
  ASSERT_TRUE(end.ok()) << end.error().ToString();
  const auto left = static_cast<pid_t>(std::stol(end->output));
  // A zombie that init has not taken yet is gone too.
  const auto gone = [left] {
    const auto state = ReadText("/proc/" + std::to_string(left) + "/stat");
    return !state || state->find(") Z") != std::string::npos;
  };
  for (int i = 0; i < 6000 && !gone(); ++i) usleep(10'000);
  EXPECT_TRUE(gone());
}

TEST(RunCommand, StopsWhereItIsToldTo) {
  std::string message;
  for (const double seconds : {0.3, 10.0}) {  // a busy machine may take long to begin
    const auto slow = RunCommand({.command = "echo begun; sleep 1000", .seconds = seconds});
    ASSERT_FALSE(slow.ok());
    message = slow.error().message;
    EXPECT_THAT(message, HasSubstr("longer than"));
    if (message.ends_with("begun")) break;
  }
  EXPECT_THAT(message, HasSubstr(" s; its last output: begun"));
  int looks = 0;
  CommandOptions options;
  options.command = "while true; do echo busy; done";
  options.go_on = [&looks]() -> Result<void> {
    if (++looks < 3) return {};
    return Error{ErrorCode::kSystem, "the server has ended", ""};
  };
  EXPECT_EQ(RunCommand(options).error().message, "the server has ended");
}

TEST(ApartOnCpus, GivesEachAHalf) {
  using Cpus = std::vector<int>;
  EXPECT_EQ(ApartOnCpus({0, 1}), std::pair(Cpus{0}, Cpus{1}));
  EXPECT_EQ(ApartOnCpus({2, 3, 8}), std::pair(Cpus{2}, Cpus{3, 8}));
  EXPECT_EQ(ApartOnCpus({5}), std::pair(Cpus{}, Cpus{})) << "one has to do for both";
}

TEST(CompletePlan, FillsInWhatIsOpen) {
  ServerPlan plan;
  plan.start = "sh {port}";
  plan.load = "true";
  const auto complete = CompletePlan(plan);
  ASSERT_TRUE(complete.ok()) << complete.error().ToString();
  EXPECT_EQ(complete->name, "sh");
  EXPECT_EQ(complete->answers, "127.0.0.1:{port}");
  EXPECT_GT(complete->port, 0);
  EXPECT_THAT(complete->start, testing::EndsWith("/sh {port}"));
}

TEST(CompletePlan, KeepsServerAndLoadApart) {
  const std::vector<int> cpus = AllowedCpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one CPU has to do for both";
  ServerPlan plan;
  plan.start = "sh {port}";
  plan.load = "true";
  plan.server_cpus = {cpus.front()};
  EXPECT_EQ(CompletePlan(plan)->load_cpus, std::vector<int>(cpus.begin() + 1, cpus.end()));
  plan.load_cpus = std::exchange(plan.server_cpus, {});
  EXPECT_EQ(CompletePlan(plan)->server_cpus, std::vector<int>(cpus.begin() + 1, cpus.end()));
}

TEST(ProcessCpuSeconds, HoldsWhatHasEnded) {
  const double before = ProcessCpuSeconds(getpid());
  std::thread([] {
    const double end = ProcessCpuSeconds(getpid()) + 0.05;
    while (ProcessCpuSeconds(getpid()) < end) {
    }
  }).join();
  const double with_thread = ProcessCpuSeconds(getpid());
  EXPECT_GE(with_thread - before, 0.05);
  EXPECT_EQ(std::system("i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done"), 0);
  EXPECT_GT(ProcessCpuSeconds(getpid()) - with_thread, 0.02);
}

TEST(CompletePlan, RefusesWhatIsSaidTwice) {
  ServerPlan plan;
  plan.start = "sh {port}";
  plan.load = "true";
  plan.requests = 10;
  plan.request_count = *Figure::Parse("([0-9]+)");
  EXPECT_THAT(CompletePlan(plan).error().message, HasSubstr("--requests-from"));
  plan.requests.reset();
  plan.ready = "true";
  plan.answers = "127.0.0.1:1";
  EXPECT_THAT(CompletePlan(plan).error().message, HasSubstr("--answers"));
}

}  // namespace
}  // namespace pmubench
