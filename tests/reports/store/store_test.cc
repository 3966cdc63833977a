// What every back end must do, on a file and on a real server.
#include "reports/store/store.h"

#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <functional>
#include <thread>

#include "reports/history/nightly.h"
#include "reports/pages/assemble.h"
#include "reports/pages/night_verdict.h"
#include "reports/pages/pages.h"
#include "reports/store/back_ends.h"
#include "reports/store/bundle.h"
#include "reports/store/sample_runs.h"
#include "test_folder.h"

namespace pmubench::store {
namespace {

using StoreTest = BackEndTest;
INSTANTIATE_TEST_SUITE_P(BackEnds, StoreTest, BackEnds(), BackEndName);

TEST_P(StoreTest, GivesBackWhatWasAdded) {
  auto store = Open();
  const store::Run run = SampleRun(7);
  ASSERT_EQ(store->Add(run).value(), AddOutcome::kAdded);
  const auto read = store->Read(run.info.uuid);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  // A bundle holds everything a run is, and two equal runs have equal bundles.
  EXPECT_TRUE(FormatBundle(*read) == FormatBundle(run));
}

TEST_P(StoreTest, CountsARunOnce) {
  auto store = Open();
  ASSERT_EQ(store->Add(SampleRun(7)).value(), AddOutcome::kAdded);
  ASSERT_EQ(store->Add(SampleRun(7)).value(), AddOutcome::kAlreadyThere);
  EXPECT_EQ(store->Runs({})->size(), 1U);
  EXPECT_TRUE(store->Check().ok());
}

TEST_P(StoreTest, OrdersRunsByTimeThenUuid) {
  auto store = Open();
  // The clock went backwards between the first and the second import.
  for (const unsigned night : {9U, 2U, 5U}) ASSERT_TRUE(store->Add(SampleRun(night)).ok());
  store::Run twin = SampleRun(5);
  twin.info.uuid = SampleUuid(4);
  ASSERT_TRUE(store->Add(twin).ok());
  const auto runs = store->Runs({});
  ASSERT_TRUE(runs.ok());
  std::vector<std::string> uuids;
  for (const RunInfo& info : *runs) uuids.push_back(info.uuid);
  EXPECT_THAT(uuids,
              testing::ElementsAre(SampleUuid(2), SampleUuid(4), SampleUuid(5), SampleUuid(9)));
}

TEST_P(StoreTest, SelectsRuns) {
  auto store = Open();
  for (unsigned night = 1; night <= 6; ++night) {
    store::Run run = SampleRun(night);
    if (night % 2 == 0) run.info.branch = "feature";
    if (night == 6) run.info.machine = "fedcba9876543210";
    ASSERT_TRUE(store->Add(run).ok());
  }
  RunFilter filter;
  filter.branch = "feature";
  EXPECT_EQ(store->Runs(filter)->size(), 3U);
  filter.machine = "0123456789abcdef";
  EXPECT_EQ(store->Runs(filter)->size(), 2U);
  filter.newest = 1;
  ASSERT_EQ(store->Runs(filter)->size(), 1U);
  EXPECT_EQ(store->Runs(filter)->front().commit, "c4");
  RunFilter times;
  times.since_ms = SampleRun(2).info.started_ms;
  times.before_ms = SampleRun(5).info.started_ms;
  EXPECT_EQ(store->Runs(times)->size(), 3U);
}

TEST_P(StoreTest, ListsAndReadsWhatIsKnownOfARun) {
  auto store = Open();
  const RunInfo given = SampleRun(3).info;
  ASSERT_TRUE(store->Add(SampleRun(3)).ok());
  const auto runs = store->Runs({});
  ASSERT_EQ(runs->size(), 1U);
  const auto read = store->Read(given.uuid);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(read->info.id, runs->front().id);
  for (const RunInfo& info : {runs->front(), read->info}) {
    EXPECT_EQ(info.uuid, given.uuid);
    EXPECT_EQ(info.started_ms, given.started_ms);
    EXPECT_EQ(info.machine, given.machine);
    EXPECT_EQ(info.configuration, given.configuration);
    EXPECT_EQ(info.branch, given.branch);
    EXPECT_EQ(info.commit, given.commit);
    EXPECT_EQ(info.status, given.status);
    EXPECT_EQ(info.rows, given.rows);
  }
}

TEST_P(StoreTest, KeepsNamesOfAnyBytes) {
  auto store = Open();
  store::Run run = SampleRun(1, {3, 2, false});
  run.rows[0].benchmark = std::string("zero\0byte", 9);
  run.rows[1].benchmark = "not\xff\xfeutf8'; DROP TABLE runs; --";
  run.rows[2].benchmark = "";
  run.info.branch = "b\xc3\x28\n";
  ASSERT_TRUE(store->Add(run).ok());
  const auto read = store->Read(run.info.uuid);
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  std::vector<std::string> names;
  for (const Row& row : read->rows) names.push_back(row.benchmark);
  EXPECT_THAT(names, testing::UnorderedElementsAre(run.rows[0].benchmark, run.rows[1].benchmark,
                                                   run.rows[2].benchmark));
  EXPECT_EQ(read->info.branch, run.info.branch);
}

TEST_P(StoreTest, ScansOneBenchmarkInOrder) {
  auto store = Open();
  for (unsigned night = 1; night <= 4; ++night) {
    ASSERT_TRUE(store->Add(SampleRun(night)).ok());
  }
  // A benchmark may be added, removed and renamed from night to night.
  store::Run without = SampleRun(5);
  without.rows.erase(without.rows.begin() + 2);
  ASSERT_TRUE(store->Add(without).ok());
  const auto runs = store->Runs({});
  std::vector<std::size_t> seen;
  std::vector<double> values;
  ASSERT_TRUE(store
                  ->ScanBenchmark(*runs, "bench/000002",
                                  [&](const RowView& row) {
                                    seen.push_back(row.run);
                                    values.push_back(row.values[0].value);
                                    EXPECT_EQ(store->MetricOf(row.metric_ids[0]).name, "real_time");
                                  })
                  .ok());
  EXPECT_THAT(seen, testing::ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(values[3], SampleRun(4).rows[2].values[0].value);
  seen.clear();
  ASSERT_TRUE(
      store->ScanBenchmark(*runs, "nothing", [&](const RowView&) { seen.push_back(1); }).ok());
  EXPECT_TRUE(seen.empty());
}

TEST_P(StoreTest, SaysWhyAValueIsMissing) {
  auto store = Open();
  ASSERT_TRUE(store->Add(SampleRun(1)).ok());
  const auto read = store->Read(SampleUuid(1));
  const Value& missing = read->rows[0].values[1];
  ASSERT_FALSE(missing.measured());
  ASSERT_GT(missing.reason, 0);
  EXPECT_EQ(read->reasons[missing.reason - 1U], "no such event");
}

TEST_P(StoreTest, StoresNoInfinity) {
  auto store = Open();
  store::Run run = SampleRun(1);
  run.rows[0].values[0].value = std::numeric_limits<double>::infinity();
  ASSERT_TRUE(store->Add(run).ok());
  EXPECT_FALSE(store->Read(SampleUuid(1))->rows[0].values[0].measured());
}

TEST_P(StoreTest, RemovesRunsAndLaunches) {
  auto store = Open();
  for (unsigned night = 1; night <= 3; ++night) {
    ASSERT_TRUE(store->Add(SampleRun(night)).ok());
  }
  const auto runs = store->Runs({});
  ASSERT_TRUE(store->RemoveLaunches(std::span(*runs).first(2)).ok());
  EXPECT_TRUE(store->Read(SampleUuid(1))->rows[0].launches.empty());
  EXPECT_FALSE(store->Read(SampleUuid(3))->rows[0].launches.empty());
  ASSERT_TRUE(store->Remove(std::span(*runs).first(1)).ok());
  ASSERT_TRUE(store->Compact().ok());
  EXPECT_EQ(store->Runs({})->size(), 2U);
  EXPECT_EQ(store->Read(SampleUuid(1)).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store->Check().ok());
}

TEST_P(StoreTest, TakesTimesOfBrokenClocks) {
  auto store = Open();
  unsigned night = 1;
  for (const std::int64_t started : {0LL, -5'000'000'000'000LL, 99'999'999'999'999LL}) {
    store::Run run = SampleRun(night++);
    run.info.started_ms = started;
    const auto added = store->Add(run);
    EXPECT_TRUE(added.ok()) << added.error().ToString();
  }
  EXPECT_EQ(store->Runs({})->size(), 3U);
  EXPECT_TRUE(store->Check().ok());
}

TEST_P(StoreTest, ReadingCreatesNothing) {
  EXPECT_EQ(OpenStore(location_, OpenMode::kRead).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(OpenStore(location_, OpenMode::kWrite).error().code, ErrorCode::kNotFound);
  Open();
  auto reader = Open(OpenMode::kRead);
  EXPECT_TRUE(reader->read_only());
  EXPECT_FALSE(reader->Add(SampleRun(1)).ok());
  EXPECT_TRUE(reader->Runs({})->empty());
}

TEST_P(StoreTest, TwoWritersLoseNothing) {
  Open();
  constexpr unsigned kEach = 12;
  const auto write = [&](unsigned first) {
    auto store = OpenStore(location_, OpenMode::kWrite);
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    for (unsigned i = 0; i < kEach; ++i) {
      // Every second run is the other writer's too.
      const auto added = (*store)->Add(SampleRun(i % 2 == 0 ? i : first + i, {50, 10, true}));
      ASSERT_TRUE(added.ok()) << added.error().ToString();
    }
  };
  std::thread other([&] { write(1000); });
  write(2000);
  other.join();
  auto store = Open(OpenMode::kRead);
  EXPECT_EQ(store->Runs({})->size(), kEach / 2 + 2 * (kEach / 2));
  EXPECT_TRUE(store->Check().ok());
}

TEST(StoreTransfer, BothBackEndsHoldTheSame) {
  std::string reason;
  PostgresServer* server = Server(reason);
  if (server == nullptr) GTEST_SKIP() << reason;
  TestFolder folder;
  auto file = OpenStore(folder / "a.db", OpenMode::kCreate);
  auto database = OpenStore(server->NewDatabase(), OpenMode::kCreate);
  for (unsigned night = 1; night <= 5; ++night) {
    ASSERT_TRUE((*file)->Add(SampleRun(night)).ok());
    ASSERT_TRUE((*database)->Add((*file)->Read(SampleUuid(night)).value()).ok());
  }
  for (unsigned night = 1; night <= 5; ++night) {
    EXPECT_TRUE(FormatBundle((*file)->Read(SampleUuid(night)).value()) ==
                FormatBundle((*database)->Read(SampleUuid(night)).value()));
  }
}

std::string PagesOf(Store& store) {
  auto table = history::ReadSeries(store, store.Runs({}).value());
  EXPECT_TRUE(table.ok());
  pages::Report report = pages::ReportOfRun(store.Read(table->runs.back().uuid).value());
  pages::AddNight(*table, history::AnalyzeNight(*table), {}, report);
  pages::SettleEnvironment(report, false);
  return pages::JsonPage(report) + pages::HtmlPage(report);
}

TEST(StoreTransfer, BothBackEndsGiveTheSameReport) {
  std::string reason;
  PostgresServer* server = Server(reason);
  if (server == nullptr) GTEST_SKIP() << reason;
  TestFolder folder;
  auto file = OpenStore(folder / "a.db", OpenMode::kCreate);
  auto database = OpenStore(server->NewDatabase(), OpenMode::kCreate);
  for (unsigned night = 1; night <= 30; ++night) {
    store::Run run = SampleRun(night);
    if (night > 24) run.rows[1].values[0].value *= 1.1;
    ASSERT_TRUE((*file)->Add(run).ok());
    ASSERT_TRUE((*database)->Add(run).ok());
  }
  const std::string report = PagesOf(**file);
  EXPECT_THAT(report, testing::HasSubstr("real_time stepped"));
  EXPECT_TRUE(report == PagesOf(**database));
}

TEST(PostgreSql, ANewerSchemaIsReadNeverWritten) {
  std::string reason;
  PostgresServer* server = Server(reason);
  if (server == nullptr) GTEST_SKIP() << reason;
  const std::string location = server->NewDatabase();
  ASSERT_TRUE(OpenStore(location, OpenMode::kCreate).value()->Add(SampleRun(1)).ok());
  const auto execute = [&](const char* statement) {
    PGconn* connection = PQconnectdb(location.substr(std::string("postgres:").size()).c_str());
    PGresult* result = PQexec(connection, statement);
    EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
  };
  execute("UPDATE pmubench.format SET version = 99");
  auto reader = OpenStore(location, OpenMode::kRead);
  ASSERT_TRUE(reader.ok()) << reader.error().ToString();
  EXPECT_EQ((*reader)->Runs({})->size(), 1U);
  EXPECT_EQ(OpenStore(location, OpenMode::kWrite).error().code, ErrorCode::kBadInput);
  execute("UPDATE pmubench.format SET oldest_reader = 50");
  EXPECT_EQ(OpenStore(location, OpenMode::kRead).error().code, ErrorCode::kBadInput);
}

}  // namespace
}  // namespace pmubench::store
