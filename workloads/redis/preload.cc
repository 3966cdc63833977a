// Fills the key space over one connection, many requests at a time.
#include <poll.h>

#include <algorithm>

#include "redis/load.h"
#include "redis/session.h"

namespace pmubench::redis {
namespace {

constexpr int kAtOnce = 1000;

/// Sends `count` requests and reads as many replies; any error reply ends it.
Result<void> Exchange(const Connection& connection, const std::string& requests, int count) {
  std::size_t sent = 0;
  bool at_start = true;  // of a reply's line
  char first = 0;
  std::string line;
  char buffer[16 << 10];
  while (count > 0) {
    pollfd wait{connection.descriptor(), POLLIN, 0};
    if (sent < requests.size()) wait.events |= POLLOUT;
    if (poll(&wait, 1, 10'000) <= 0) {
      return Error{ErrorCode::kSystem, "the server does not answer while keys are loaded", ""};
    }
    if ((wait.revents & POLLOUT) != 0) {
      const ssize_t n = send(connection.descriptor(), requests.data() + sent,
                             requests.size() - sent, MSG_NOSIGNAL);
      if (n > 0) sent += static_cast<std::size_t>(n);
    }
    if ((wait.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    const ssize_t n = recv(connection.descriptor(), buffer, sizeof buffer, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
      return Error{ErrorCode::kSystem, "the server went away while keys were loaded", ""};
    }
    for (ssize_t i = 0; i < n; ++i) {  // every reply here is one line
      if (at_start) first = buffer[i];
      at_start = buffer[i] == '\n';
      if (!at_start) line += buffer[i];
      if (!at_start) continue;
      if (first == '-') return Error{ErrorCode::kSystem, "the server refused: " + line, ""};
      line.clear();
      --count;
    }
  }
  return {};
}

}  // namespace

Result<void> Preload(const Endpoint& endpoint, const Protocol& protocol, bool containers) {
  const auto connection = Connection::Open(endpoint);
  if (!connection) return connection.error();
  for (std::uint32_t key = 0; key < protocol.keys();) {
    std::string requests;
    int count = 0;
    for (const std::uint32_t end = std::min<std::uint32_t>(protocol.keys(), key + kAtOnce);
         key < end; ++key) {
      count += protocol.WritePreload(key, containers, requests);
    }
    if (const auto done = Exchange(*connection, requests, count); !done) return done;
  }
  return {};
}

}  // namespace pmubench::redis
