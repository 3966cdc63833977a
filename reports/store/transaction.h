// A transaction of either back end: all of it or nothing.
#pragma once

#include <string>

#include "pmubench/result.h"

namespace pmubench::store {

/// A connection to a database, as far as a transaction needs it.
class SqlConnection {
 public:
  /// One or more statements without parameters.
  virtual Result<void> Execute(const std::string& sql) = 0;

 protected:
  ~SqlConnection() = default;
};

/// BEGIN ... COMMIT; rolls back unless Commit() succeeded. The connection outlives it.
class Transaction {
 public:
  /// `begin` is the back end's statement.
  static Result<Transaction> Begin(SqlConnection& connection, const std::string& begin);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> Commit();

 private:
  explicit Transaction(SqlConnection& connection) : connection_(&connection) {}
  SqlConnection* connection_;
};

}  // namespace pmubench::store
