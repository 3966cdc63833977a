// The rows of a history in SQLite: a packed blob for each benchmark of a run.
#pragma once

#include <memory>

#include "reports/store/sqlite_database.h"
#include "reports/store/store.h"

namespace pmubench::store {

/// Of a database that holds a history of schema `version`.
[[nodiscard]] std::unique_ptr<Store> MakeSqliteStore(SqliteDatabase database, int version,
                                                     bool read_only);

}  // namespace pmubench::store
