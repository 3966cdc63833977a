// Where a server listens, and sockets to it.
#pragma once

#include <string>

#include "pmubench/result.h"

namespace pmubench {

/// A unix socket's path ("/..."), or "address:port" with an IPv4 address.
struct Endpoint {
  std::string text;
};

/// Move-only owner of a connected, non-blocking socket (TCP_NODELAY).
class Connection {
 public:
  /// Errors: kUsage (no such form of address), kSystem (refused).
  static Result<Connection> Open(const Endpoint& endpoint);

  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection();

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  explicit Connection(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// Whether something accepts connections there.
[[nodiscard]] bool Answers(const Endpoint& endpoint);

}  // namespace pmubench
