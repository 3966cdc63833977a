#include "reports/store/sqlite_open.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "reports/store/sqlite_schema.h"
#include "reports/store/sqlite_store.h"

namespace pmubench::store {
namespace {

// Read-write handles keep the WAL; only this sets it, since it changes the file.
Result<void> PrepareForWriting(SqliteDatabase& database) {
  return database.Execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
      "PRAGMA cache_size = -65536");
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path, OpenMode mode) {
  struct stat status {};
  const bool there = stat(path.c_str(), &status) == 0;
  if (!there && mode != OpenMode::kCreate) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no history at {}", path),
                 "`pmubench history import --store FILE RECORD...` makes one"};
  }
  if (there && !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kBadInput, path + " is not a file", "name the history's file"};
  }
  const int flags = mode == OpenMode::kRead    ? SQLITE_OPEN_READONLY
                    : mode == OpenMode::kWrite ? SQLITE_OPEN_READWRITE
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  auto database = SqliteDatabase::Open(path, flags);
  if (!database) return database.error();
  auto schema = ReadSqliteSchema(*database);
  if (!schema) return schema.error();
  if (!schema->ReadableBy(kSqliteSchema)) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} has schema {}, which this pmubench (schema {}) cannot read", path,
                             schema->version, kSqliteSchema),
                 "use the newer pmubench that made it"};
  }
  if (mode != OpenMode::kRead && !schema->WritableBy(kSqliteSchema)) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} has the newer schema {}: it can be read, not written", path,
                             schema->version),
                 "use the newer pmubench that made it"};
  }
  if (mode == OpenMode::kRead) {
    if (schema->empty) {
      return Error{ErrorCode::kBadInput, path + " is an empty database", ""};
    }
    if (auto done = database->Execute("PRAGMA cache_size = -65536"); !done) {
      return done.error();
    }
    return MakeSqliteStore(std::move(*database), schema->version, true);
  }
  if (schema->empty) {
    // 8 KiB pages hold 14 rows of 40 metrics and waste 2 %; 4 KiB pages waste 5 %.
    if (auto sized = database->Execute("PRAGMA page_size = 8192"); !sized) return sized.error();
  }
  if (auto ready = PrepareForWriting(*database); !ready) return ready.error();
  if (schema->version < kSqliteSchema) {
    if (auto done = MigrateSqlite(*database, schema->version); !done) return done.error();
  }
  return MakeSqliteStore(std::move(*database), kSqliteSchema, false);
}

}  // namespace pmubench::store
