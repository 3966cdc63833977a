// The tables of a history in SQLite, and how an older one becomes today's.
#pragma once

#include "pmubench/result.h"
#include "reports/store/schema.h"
#include "reports/store/sqlite_database.h"

namespace pmubench::store {

inline constexpr int kSqliteSchema = 2;
/// The oldest schema whose reader reads today's too: a change that only adds leaves it.
inline constexpr int kSqliteOldestReader = 1;

/// kBadInput where the file is no history of ours.
Result<Schema> ReadSqliteSchema(SqliteDatabase& database);

/// Runs the migrations after `from` up to `to`, in one transaction. 0 is an empty database.
Result<void> MigrateSqlite(SqliteDatabase& database, int from, int to = kSqliteSchema);

}  // namespace pmubench::store
