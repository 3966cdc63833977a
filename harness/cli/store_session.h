// A history that may be away for a while: a server that is restarted, a network that comes back.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "reports/store/store.h"

namespace pmubench {

class StoreSession {
 public:
  /// `patience_seconds`: how long a server may be away, all calls together.
  StoreSession(std::string location, double patience_seconds)
      : location_(std::move(location)), patience_(patience_seconds) {}

  /// Does the work; where that fails and the history is on a server, connects anew and does it
  /// again. So `work` must be one that may be repeated: each of its parts in one transaction, and
  /// adding what is there already is none. Gives the last error once patience is over, or where a
  /// fresh connection says the same three times.
  [[nodiscard]] Result<void> Do(const std::function<Result<void>(store::Store&)>& work);

  /// How often a connection was lost and made anew.
  [[nodiscard]] int reconnects() const { return reconnects_; }

 private:
  [[nodiscard]] Result<void> Try(const std::function<Result<void>(store::Store&)>& work);

  std::string location_;
  double patience_;
  std::unique_ptr<store::Store> store_;
  int reconnects_ = 0;
};

}  // namespace pmubench
