// Recordings of real machines: the tool's figures against exact arithmetic done apart from it.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "bandwidth/replay.h"
#include "bandwidth/sources.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

fs::path DataFolder() { return fs::path(PMUBENCH_SOURCE_DIR) / "../shared/data"; }

/// Whole-number sums over lines "time|count||event|...", done without the code under test.
struct Exact {
  std::int64_t read = 0;
  std::int64_t write = 0;
  std::int64_t total = 0;
  long double seconds = 0;
};

Exact SumFiles(const std::vector<fs::path>& files) {
  Exact sum;
  for (const fs::path& path : files) {
    std::ifstream file(path);
    long double last = 0;
    for (std::string line; std::getline(file, line);) {
      const auto bar = line.find('|');
      last = std::stold(line);
      const std::int64_t count = std::stoll(line.substr(bar + 1));
      const auto has = [&](const char* word) { return line.find(word) != std::string::npos; };
      if (has("match=0")) sum.read += count * 64;
      if (has("match=1")) sum.write += count * 64;
      if (has("watchpoint_up")) sum.read += count * 32;
      if (has("watchpoint_down")) sum.write += count * 32;
      if (has("hnf_mc_reqs")) sum.total += count * 64;
      if (has("hnf_mc_retries")) sum.total -= count * 64;
      if (has("hnf_cache_miss")) sum.read += count * 64;
    }
    sum.seconds += last;
  }
  return sum;
}

void ExpectExact(const std::optional<double>& rate, std::int64_t bytes, long double seconds) {
  if (bytes == 0) return;
  ASSERT_TRUE(rate.has_value());
  const long double exact = static_cast<long double>(bytes) / seconds;
  EXPECT_LT(std::fabs((*rate - exact) / exact), 1e-9L);
}

class SpecRecordings : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(SpecRecordings, AverageAsExactArithmetic) {
  const auto [folder, name] = GetParam();
  if (!fs::exists(DataFolder())) GTEST_SKIP() << "no recordings at " << DataFolder();
  std::map<std::string, std::vector<fs::path>> benchmarks;
  for (const auto& entry : fs::directory_iterator(DataFolder() / "altra/spec" / folder)) {
    const std::string file = entry.path().filename().string();
    benchmarks[file.substr(0, file.find("_iter"))].push_back(entry.path());
  }
  ASSERT_FALSE(benchmarks.empty());
  for (const auto& [benchmark, files] : benchmarks) {
    SCOPED_TRACE(benchmark);
    std::vector<Recording> recordings;
    for (const fs::path& file : files) {
      auto text = ReadPerfFile(file);
      ASSERT_TRUE(text.ok()) << text.error().ToString();
      recordings.push_back({file.string(), *std::move(text)});
    }
    const auto source = SourceOfRecordings(recordings);
    ASSERT_TRUE(source.ok());
    EXPECT_EQ(source->info.name, name);
    const auto run = EvaluateRecordings(recordings, *source);
    ASSERT_TRUE(run.ok()) << run.error().ToString();
    const Exact exact = SumFiles(files);
    EXPECT_NEAR(run->seconds, static_cast<double>(exact.seconds), 1e-9 * run->seconds);
    const Rates rates = run->OverTime();
    ExpectExact(rates.read, exact.read, exact.seconds);
    ExpectExact(rates.write, exact.write, exact.seconds);
    ExpectExact(rates.total, exact.total + (exact.write != 0 ? exact.read + exact.write : 0),
                exact.seconds);
    EXPECT_EQ(run->moved.sockets.size(), 2U);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, SpecRecordings,
                         ::testing::Values(std::pair{"mc", "dmc620"},
                                           std::pair{"watchpoint", "cmn"},
                                           std::pair{"mr", "cmn-hnf"},
                                           std::pair{"llc", "llc-misses"}));

TEST(IceLakeRecording, GivesItsToolsOwnFigures) {
  const fs::path file = DataFolder() / "icelake/perf_result";
  if (!fs::exists(file)) GTEST_SKIP() << "no recordings at " << DataFolder();
  auto text = ReadPerfFile(file);
  ASSERT_TRUE(text.ok()) << text.error().ToString();
  const auto run = EvaluateRecordings({{"icelake", *std::move(text)}}, ImcSource());
  ASSERT_TRUE(run.ok()) << run.error().ToString();
  EXPECT_TRUE(run->has_clock);
  // The tool that recorded it averages the rates of its intervals.
  EXPECT_NEAR(*run->OverIntervals().read, 318'749'210, 1);
  EXPECT_NEAR(*run->OverIntervals().write, 289'931'587, 1);
  // Each second weighing the same gives 0.1 % and 0.3 % more.
  EXPECT_GT(*run->OverTime().read, *run->OverIntervals().read);
  EXPECT_EQ(run->moved.sockets.size(), 2U);
}

}  // namespace
}  // namespace pmubench
