// Owners of a PostgreSQL connection and its results; every failure becomes an Error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"
#include "reports/store/run_columns.h"
#include "reports/store/transaction.h"

struct pg_conn;
struct pg_result;

namespace pmubench::store {

/// A parameter: text format for numbers and texts, binary for bytea. nullopt: NULL.
struct PgParameter {
  std::optional<std::string> bytes;
  bool binary = false;

  static PgParameter Text(std::string text) { return {std::move(text), false}; }
  static PgParameter Integer(std::int64_t number) { return {std::to_string(number), false}; }
  static PgParameter Bytes(std::string bytes) { return {std::move(bytes), true}; }
  /// An integer array in text format.
  static PgParameter Integers(std::span<const std::int64_t> numbers);
};

/// Rows in PostgreSQL's binary format.
class PgRows {
 public:
  [[nodiscard]] int size() const;
  [[nodiscard]] bool IsNull(int row, int column) const;
  [[nodiscard]] std::string_view Bytes(int row, int column) const;
  /// An int2, int4 or int8.
  [[nodiscard]] std::int64_t Integer(int row, int column) const;

 private:
  friend class PgConnection;
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

/// One of them. They outlive it.
class PgRow final : public SqlRow {
 public:
  PgRow(const PgRows& rows, int row) : rows_(rows), row_(row) {}
  [[nodiscard]] std::int64_t Integer(int column) const override {
    return rows_.Integer(row_, column);
  }
  [[nodiscard]] std::string_view Bytes(int column) const override {
    return rows_.Bytes(row_, column);
  }

 private:
  const PgRows& rows_;
  int row_;
};

class PgConnection final : public SqlConnection {
 public:
  static Result<PgConnection> Open(const std::string& connection);

  Result<void> Execute(const std::string& sql) override;
  Result<PgRows> Query(const std::string& sql, const std::vector<PgParameter>& parameters = {});
  /// Rows arrive one by one: memory for one only. An error of `each` ends the query.
  Result<void> Stream(const std::string& sql, const std::vector<PgParameter>& parameters,
                      const std::function<Result<void>(const PgRows&)>& each);
  /// COPY ... FROM STDIN (FORMAT binary): `data` with header and trailer.
  Result<void> Copy(const std::string& sql, std::string_view data);

  /// host, database, user: no password.
  [[nodiscard]] std::string Describe() const;
  [[nodiscard]] Error LastError(const std::string& doing) const;

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace pmubench::store
