// What every back end refuses, and how it says so: writing to what is open for reading, data that
// does not fit together, a run that cannot be added.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "reports/store/back_ends.h"
#include "reports/store/pg_connection.h"
#include "reports/store/sqlite_database.h"

namespace pmubench::store {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class Refusals : public BackEndTest {
 protected:
  /// Behind the store's back. `T.` stands before every table.
  void Execute(std::string sql) {
    const std::string schema = sqlite() ? "" : "pmubench.";
    for (std::size_t at; (at = sql.find("T.")) != std::string::npos;) sql.replace(at, 2, schema);
    if (sqlite()) {
      auto database = SqliteDatabase::Open(location_, SQLITE_OPEN_READWRITE);
      ASSERT_TRUE(database.ok());
      const auto done = database->Execute(sql);
      ASSERT_TRUE(done.ok()) << done.error().ToString();
    } else {
      auto connection = PgConnection::Open(location_.substr(std::string("postgres:").size()));
      ASSERT_TRUE(connection.ok());
      const auto done = connection->Execute(sql);
      ASSERT_TRUE(done.ok()) << done.error().ToString();
    }
  }

  void AddNights(unsigned nights) {
    auto store = Open();
    for (unsigned night = 1; night <= nights; ++night) {
      ASSERT_TRUE(store->Add(SampleRun(night)).ok());
    }
  }

  /// What a fresh reader says of night 1.
  Error ReadError() {
    auto run = Open(OpenMode::kRead)->Read(SampleUuid(1));
    return run ? Error{ErrorCode::kSystem, "no error", ""} : run.error();
  }

  /// Bytes as the back end writes them.
  [[nodiscard]] static std::string Bytes(const std::string& hex) {
    return sqlite() ? "x'" + hex + "'" : "'\\x" + hex + "'";
  }
};

INSTANTIATE_TEST_SUITE_P(BackEnds, Refusals, BackEnds(), BackEndName);

TEST_P(Refusals, AReaderWritesNothing) {
  AddNights(1);
  auto reader = Open(OpenMode::kRead);
  const auto runs = reader->Runs({}).value();
  const Error errors[] = {reader->Add(SampleRun(2)).error(), reader->Remove(runs).error(),
                          reader->RemoveLaunches(runs).error()};
  for (const Error& error : errors) {
    EXPECT_EQ(error.code, ErrorCode::kUsage);
    EXPECT_THAT(error.message, HasSubstr(" is open for reading only"));
    EXPECT_EQ(error.remedy, "");
  }
  EXPECT_FALSE(reader->Read(SampleUuid(1))->rows[0].launches.empty());
}

TEST_P(Refusals, ANewerSchemaSendsToTheNewerProgram) {
  AddNights(1);
  Execute(sqlite() ? "PRAGMA user_version = 99" : "UPDATE T.format SET version = 99");
  const Error read_only = Open(OpenMode::kRead)->Add(SampleRun(2)).error();
  EXPECT_EQ(read_only.remedy, "write it with the newer pmubench that made it");
  const Error write = OpenStore(location_, OpenMode::kWrite).error();
  EXPECT_THAT(write.message, HasSubstr("has the newer schema 99"));
  Execute("UPDATE T.format SET oldest_reader = 50");
  const Error read = OpenStore(location_, OpenMode::kRead).error();
  EXPECT_THAT(read.message, HasSubstr("schema 99, which this pmubench (schema 2) cannot read"));
  for (const Error& error : {write, read}) {
    EXPECT_EQ(error.code, ErrorCode::kBadInput);
    EXPECT_EQ(error.remedy, "use the newer pmubench that made it");
  }
}

TEST_P(Refusals, ARunThatIsNotThereIsNamed) {
  AddNights(1);
  const Error error = Open(OpenMode::kRead)->Read(SampleUuid(9)).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("no run " + SampleUuid(9) + " in "));
}

TEST_P(Refusals, LostRowsAreCountedAndTheirRunNamed) {
  AddNights(2);
  Execute(sqlite() ? "DELETE FROM results WHERE key = (SELECT max(key) FROM results)"
                   : "DELETE FROM T.results WHERE (run, benchmark) = "
                     "(SELECT run, benchmark FROM T.results ORDER BY 1 DESC, 2 DESC LIMIT 1)");
  const Error error = Open(OpenMode::kRead)->Check().error();
  EXPECT_EQ(error.code, ErrorCode::kBadInput);
  EXPECT_THAT(error.message,
              EndsWith(" is damaged: run " + SampleUuid(2) + " has 4 of its 5 benchmarks"));
  EXPECT_THAT(error.remedy, HasSubstr("it is left as it is"));
}

TEST_P(Refusals, RowsOfNoRunAreNoticed) {
  AddNights(1);
  Execute("DELETE FROM T.runs");
  EXPECT_THAT(Open(OpenMode::kRead)->Check().error().message, HasSubstr("rows belong to no run"));
}

TEST_P(Refusals, ARowMustNameABenchmark) {
  AddNights(1);
  Execute("DELETE FROM T.benchmarks WHERE text = " + Bytes("62656e63682f303030303032"));
  EXPECT_THAT(ReadError().message, EndsWith(" is damaged: a row names no benchmark"));
}

TEST_P(Refusals, ARowMustNameMetrics) {
  AddNights(1);
  Execute("DELETE FROM T.metrics WHERE id = 1");
  EXPECT_THAT(ReadError().message, EndsWith(" is damaged: a row names no metric"));
}

TEST_P(Refusals, ALayoutIsWhole) {
  AddNights(1);
  Execute("UPDATE T.layouts SET text = " + Bytes("010203"));
  EXPECT_THAT(ReadError().message, EndsWith(" is damaged: a row's layout is cut"));
}

TEST_P(Refusals, ValuesFitTheirMetrics) {
  AddNights(1);
  Execute(sqlite() ? "UPDATE results SET data = x'00'" : "UPDATE T.results SET value = '{1}'");
  EXPECT_THAT(ReadError().message,
              EndsWith(" is damaged: the values of 'bench/000000' do not fit its metrics"));
}

TEST_P(Refusals, LaunchesBelongToABenchmark) {
  AddNights(1);
  Execute("UPDATE T.launches SET data = " + Bytes("01"));
  EXPECT_THAT(ReadError().message, EndsWith(" is damaged: launch values of no benchmark"));
}

TEST_P(Refusals, AFailedAddIsForgottenWhole) {
  AddNights(1);
  Execute(sqlite() ? "CREATE TRIGGER refuse BEFORE INSERT ON runs WHEN NEW.commit_id = 'refused' "
                     "BEGIN SELECT RAISE(ABORT, 'refused'); END"
                   : "ALTER TABLE T.runs ADD CHECK (commit_id <> 'refused'::bytea)");
  auto writer = Open();
  // More names than a run before had: their numbers are rolled back, and given again to others.
  store::Run run = SampleRun(2, {9, 6, true});
  run.info.commit = "refused";
  EXPECT_EQ(writer->Add(run).error().code, ErrorCode::kSystem);
  run.info.commit = "taken";
  std::swap(run.rows[5].benchmark, run.rows[8].benchmark);
  ASSERT_EQ(writer->Add(run).value(), AddOutcome::kAdded);
  auto reader = Open(OpenMode::kRead);
  EXPECT_TRUE(reader->Check().ok());
  const auto read = reader->Read(SampleUuid(2));
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(read->rows[8].values[0].value, run.rows[5].values[0].value);
  EXPECT_EQ(reader->Runs({})->size(), 2U);
}

}  // namespace
}  // namespace pmubench::store
