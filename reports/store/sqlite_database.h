// Owners of an SQLite connection and its statements; every failure becomes an Error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pmubench/result.h"
#include "reports/store/run_columns.h"
#include "reports/store/transaction.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pmubench::store {

class SqliteDatabase;

/// A prepared statement. Bind, Step, read columns, Reset.
class SqliteStatement final : public SqlRow {
 public:
  SqliteStatement() = default;

  void Bind(int index, std::int64_t value);
  void BindText(int index, std::string_view value);  ///< any bytes
  void BindBlob(int index, std::string_view value);

  /// True: there is a row. Resets itself after the last row and on an error.
  Result<bool> Step();
  void Reset();

  [[nodiscard]] std::int64_t Integer(int column) const override;
  /// Bytes of a text or blob, valid until the next Step or Reset.
  [[nodiscard]] std::string_view Bytes(int column) const override;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const SqliteDatabase* database_ = nullptr;
};

class SqliteDatabase final : public SqlConnection {
 public:
  /// `flags` are sqlite3_open_v2's.
  static Result<SqliteDatabase> Open(const std::string& path, int flags);

  Result<void> Execute(const std::string& sql) override;
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

/// For Transaction: takes the writers' lock at once, not at the first change.
inline constexpr const char* kSqliteBegin = "BEGIN IMMEDIATE";

}  // namespace pmubench::store
