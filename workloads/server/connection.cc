#include "server/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/files.h"

namespace pmubench {
namespace {

Error Refused(const Endpoint& endpoint, int error) {
  return {ErrorCode::kSystem,
          fmt::format("cannot connect to {}: {}", endpoint.text, std::strerror(error)),
          "see that the server runs and listens there"};
}

int ConnectUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  const int error = errno;
  if (fd >= 0) close(fd);
  errno = error;
  return -1;
}

int ConnectTcp(const sockaddr_in& address) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return fd;
  }
  const int error = errno;
  if (fd >= 0) close(fd);
  errno = error;
  return -1;
}

}  // namespace

Result<Connection> Connection::Open(const Endpoint& endpoint) {
  int fd = -1;
  if (!endpoint.text.empty() && endpoint.text.front() == '/') {
    fd = ConnectUnix(endpoint.text);
  } else {
    const auto colon = endpoint.text.rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    const auto port = colon == std::string::npos
                          ? std::nullopt
                          : ParseUnsigned(std::string_view(endpoint.text).substr(colon + 1));
    if (!port || *port > 65535 ||
        inet_pton(AF_INET, endpoint.text.substr(0, colon).c_str(), &address.sin_addr) != 1) {
      return Error{ErrorCode::kUsage, fmt::format("'{}' is no address", endpoint.text),
                   "give /path/of/socket or 127.0.0.1:port"};
    }
    address.sin_port = htons(static_cast<std::uint16_t>(*port));
    fd = ConnectTcp(address);
  }
  if (fd < 0) return Refused(endpoint, errno);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return Connection(fd);
}

Connection::Connection(Connection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Connection::~Connection() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool Answers(const Endpoint& endpoint) { return Connection::Open(endpoint).ok(); }

}  // namespace pmubench
