// The rows of a history in PostgreSQL: arrays, copied in and streamed out.
#pragma once

#include <memory>

#include "reports/store/pg_connection.h"
#include "reports/store/store.h"

namespace pmubench::store {

/// Of a database that holds a history of schema `version`.
[[nodiscard]] std::unique_ptr<Store> MakePgStore(PgConnection connection, int version,
                                                 bool read_only);

}  // namespace pmubench::store
