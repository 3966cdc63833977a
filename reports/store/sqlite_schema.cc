#include "reports/store/sqlite_schema.h"

#include <fmt/format.h>

#include <array>

namespace pmubench::store {
namespace {

// "PMUB": what `file` and we know the file by.
constexpr std::int64_t kApplicationId = 0x504d5542;

// A released migration is never edited: a new one follows it. `results.key` is run * 2^32 +
// benchmark, so that a run's rows are appended at the end of the tree, one's history is found
// without an index, and a row costs no second key.
constexpr std::array<const char*, kSqliteSchema> kMigrations = {
    // 1
    R"sql(
CREATE TABLE format(oldest_reader INTEGER NOT NULL);
INSERT INTO format VALUES(1);
CREATE TABLE machines(id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE,
                      document TEXT NOT NULL);
CREATE TABLE configurations(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
                            document TEXT NOT NULL);
CREATE TABLE metrics(id INTEGER PRIMARY KEY, text BLOB NOT NULL UNIQUE);
CREATE TABLE reasons(id INTEGER PRIMARY KEY, text BLOB NOT NULL UNIQUE);
CREATE TABLE layouts(id INTEGER PRIMARY KEY, text BLOB NOT NULL UNIQUE);
CREATE TABLE benchmarks(id INTEGER PRIMARY KEY, text BLOB NOT NULL UNIQUE);
CREATE TABLE runs(id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE,
                  started_ms INTEGER NOT NULL, machine INTEGER NOT NULL REFERENCES machines(id),
                  configuration INTEGER NOT NULL REFERENCES configurations(id),
                  branch TEXT NOT NULL, commit_id TEXT NOT NULL, status TEXT NOT NULL,
                  row_count INTEGER NOT NULL, document TEXT NOT NULL);
CREATE INDEX runs_by_context ON runs(machine, configuration, started_ms);
CREATE TABLE results(key INTEGER PRIMARY KEY, layout INTEGER NOT NULL, data BLOB NOT NULL);
)sql",
    // 2: launch values, in a table of their own, so that a scan of the values does not read them
    // and they can be dropped earlier.
    R"sql(
CREATE TABLE launches(key INTEGER PRIMARY KEY, data BLOB NOT NULL);
)sql",
};

}  // namespace

Result<Schema> ReadSqliteSchema(SqliteDatabase& database) {
  Schema schema;
  auto tables = database.QueryInteger("SELECT count(*) FROM sqlite_master");
  if (!tables) return tables.error();
  auto application = database.QueryInteger("PRAGMA application_id");
  if (!application) return application.error();
  if (*tables == 0 && (*application == 0 || *application == kApplicationId)) {
    schema.empty = true;
    return schema;
  }
  if (*application != kApplicationId) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format("{} is an SQLite database, but not a pmubench history", database.path()),
        "name another file"};
  }
  auto version = database.QueryInteger("PRAGMA user_version");
  if (!version) return version.error();
  schema.version = static_cast<int>(*version);
  auto reader = database.QueryInteger("SELECT oldest_reader FROM format");
  if (!reader) return reader.error();
  schema.oldest_reader = static_cast<int>(*reader);
  return schema;
}

Result<void> MigrateSqlite(SqliteDatabase& database, int from, int to) {
  auto transaction = Transaction::Begin(database, kSqliteBegin);
  if (!transaction) return transaction.error();
  // Another process may have migrated while this one waited for the lock.
  auto now = database.QueryInteger("PRAGMA user_version");
  if (!now) return now.error();
  for (int version = std::max(from, static_cast<int>(*now)); version < to; ++version) {
    auto done = database.Execute(kMigrations[static_cast<std::size_t>(version)]);
    if (!done) return done.error();
  }
  if (*now < to) {
    auto set =
        database.Execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; "
                                     "UPDATE format SET oldest_reader = {}",
                                     kApplicationId, to, kSqliteOldestReader));
    if (!set) return set.error();
  }
  return transaction->Commit();
}

}  // namespace pmubench::store
