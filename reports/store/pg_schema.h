// The tables of a history in PostgreSQL: the same as in SQLite, with array rows and a partition a
// month.
#pragma once

#include <cstdint>
#include <string>

#include "pmubench/result.h"
#include "reports/store/pg_connection.h"
#include "reports/store/schema.h"

namespace pmubench::store {

inline constexpr int kPgSchema = 2;
inline constexpr int kPgOldestReader = 1;

Result<Schema> ReadPgSchema(PgConnection& connection);

/// Runs what is missing, in one transaction, under a lock that all writers share.
Result<void> MigratePg(PgConnection& connection);

/// Begins a transaction and holds other writers off until it ends.
Result<Transaction> BeginPgWriting(PgConnection& connection);

/// Makes the partition of the month, unless it is there. Times outside 1990..2099, which only a
/// broken clock gives, go to the default partition.
Result<void> EnsurePgMonth(PgConnection& connection, std::int64_t started_ms);

}  // namespace pmubench::store
