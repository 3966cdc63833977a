#include "reports/store/transaction.h"

#include <utility>

namespace pmubench::store {

Result<Transaction> Transaction::Begin(SqlConnection& connection, const std::string& begin) {
  if (auto begun = connection.Execute(begin); !begun) return begun.error();
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  // Some errors have rolled back already; a second ROLLBACK is then a harmless error.
  if (connection_ != nullptr) (void)connection_->Execute("ROLLBACK");
}

Result<void> Transaction::Commit() {
  auto done = connection_->Execute("COMMIT");
  if (!done) return done.error();
  connection_ = nullptr;
  return {};
}

}  // namespace pmubench::store
