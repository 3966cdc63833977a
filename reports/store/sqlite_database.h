// Owners of an SQLite connection and its statements; every failure becomes an Error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pmubench/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pmubench::store {

class SqliteDatabase;

/// A prepared statement. Bind, Step, read columns, Reset.
class SqliteStatement {
 public:
  SqliteStatement() = default;

  void Bind(int index, std::int64_t value);
  void BindText(int index, std::string_view value);  ///< any bytes
  void BindBlob(int index, std::string_view value);

  /// True: there is a row. Resets itself after the last row and on an error.
  Result<bool> Step();
  void Reset();

  [[nodiscard]] std::int64_t Integer(int column) const;
  /// Bytes of a text or blob, valid until the next Step or Reset.
  [[nodiscard]] std::string_view Bytes(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const SqliteDatabase* database_ = nullptr;
};

class SqliteDatabase {
 public:
  /// `flags` are sqlite3_open_v2's.
  static Result<SqliteDatabase> Open(const std::string& path, int flags);

  Result<void> Execute(const std::string& sql);
  Result<SqliteStatement> Prepare(const std::string& sql) const;
  /// The first column of the first row.
  Result<std::int64_t> QueryInteger(const std::string& sql) const;

  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] const std::string& path() const { return path_; }

  /// The connection's last failure in words, with what to do about it.
  [[nodiscard]] Error LastError(const std::string& doing) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

/// BEGIN IMMEDIATE ... COMMIT; rolls back unless Commit() succeeded.
class SqliteTransaction {
 public:
  static Result<SqliteTransaction> Begin(SqliteDatabase& database);
  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();
  Result<void> Commit();

 private:
  explicit SqliteTransaction(SqliteDatabase& database) : database_(&database) {}
  SqliteDatabase* database_;
};

}  // namespace pmubench::store
