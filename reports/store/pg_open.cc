#include "reports/store/pg_open.h"

#include <fmt/format.h>

#include "reports/store/pg_schema.h"
#include "reports/store/pg_store.h"

namespace pmubench::store {

Result<std::unique_ptr<Store>> OpenPostgresStore(const std::string& location, OpenMode mode) {
  auto connection = PgConnection::Open(location);
  if (!connection) return connection.error();
  auto schema = ReadPgSchema(*connection);
  if (!schema) return schema.error();
  const bool read = mode == OpenMode::kRead;
  if (schema->empty && mode != OpenMode::kCreate) {
    return Error{ErrorCode::kNotFound, connection->Describe() + " holds no history",
                 "`pmubench history import --store ... RECORD...` makes one"};
  }
  const bool readable = schema->ReadableBy(kPgSchema);
  if (!readable || (!read && !schema->WritableBy(kPgSchema))) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format("{} has the newer schema {}, which this pmubench (schema {}) cannot {}",
                    connection->Describe(), schema->version, kPgSchema,
                    readable ? "write" : "read"),
        "use the newer pmubench that made it"};
  }
  if (read) {
    if (auto set = connection->Execute("SET default_transaction_read_only = on"); !set) {
      return set.error();
    }
  } else if (schema->version < kPgSchema) {
    if (auto done = MigratePg(*connection); !done) return done.error();
    schema->version = kPgSchema;
  }
  return MakePgStore(std::move(*connection), schema->version, read);
}

}  // namespace pmubench::store
