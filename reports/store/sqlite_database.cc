#include "reports/store/sqlite_database.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace pmubench::store {

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::Bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
}

void SqliteStatement::BindText(int index, std::string_view value) {
  sqlite3_bind_text64(statement_.get(), index, value.data() == nullptr ? "" : value.data(),
                      value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void SqliteStatement::BindBlob(int index, std::string_view value) {
  // A null pointer would bind NULL.
  sqlite3_bind_blob64(statement_.get(), index, value.data() == nullptr ? "" : value.data(),
                      value.size(), SQLITE_TRANSIENT);
}

Result<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  Error error = database_->LastError("use");
  sqlite3_reset(statement_.get());
  return error;
}

void SqliteStatement::Reset() { sqlite3_reset(statement_.get()); }

std::int64_t SqliteStatement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view SqliteStatement::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<SqliteDatabase> SqliteDatabase::Open(const std::string& path, int flags) {
  SqliteDatabase database;
  database.path_ = path;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  database.database_.reset(raw);
  if (code != SQLITE_OK) return database.LastError("open");
  sqlite3_extended_result_codes(raw, 1);
  // Another writer holds the file for the length of one import.
  sqlite3_busy_timeout(raw, 60'000);
  return database;
}

Result<void> SqliteDatabase::Execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError("use");
  }
  return {};
}

Result<SqliteStatement> SqliteDatabase::Prepare(const std::string& sql) const {
  SqliteStatement statement;
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
    return LastError("use");
  }
  statement.statement_.reset(raw);
  statement.database_ = this;
  return statement;
}

Result<std::int64_t> SqliteDatabase::QueryInteger(const std::string& sql) const {
  auto statement = Prepare(sql);
  if (!statement) return statement.error();
  auto row = statement->Step();
  if (!row) return row.error();
  if (!*row) return std::int64_t{0};
  return statement->Integer(0);
}

std::int64_t SqliteDatabase::last_insert_id() const {
  return sqlite3_last_insert_rowid(database_.get());
}

Error SqliteDatabase::LastError(const std::string& doing) const {
  const int code = database_ ? sqlite3_errcode(database_.get()) : SQLITE_NOMEM;
  const std::string said =
      database_ ? sqlite3_errmsg(database_.get()) : std::string("out of memory");
  const std::string message = fmt::format("cannot {} the history {}: {}", doing, path_, said);
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kBadInput, message,
              "it is left as it is; restore a copy, or rescue what can be read with "
              "`sqlite3 FILE .recover`"};
    case SQLITE_FULL:
      return {ErrorCode::kSystem, message,
              "the disk is full: nothing was added; free space and import again"};
    case SQLITE_IOERR:
      return {ErrorCode::kSystem, message, "nothing was added; look at the disk"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kSystem, message,
              "give yourself the right to write the file and its folder"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kSystem, message,
              "another process has been writing for a minute; try again when it is done"};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kNotFound, message, "check the path and the rights of its folder"};
    default:
      return {ErrorCode::kSystem, message, ""};
  }
}

}  // namespace pmubench::store
