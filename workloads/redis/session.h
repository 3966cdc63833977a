// One connection's requests in flight, and the bytes that have arrived.
#pragma once

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "redis/requests.h"
#include "server/connection.h"

namespace pmubench::redis {

[[nodiscard]] inline std::uint64_t NowNs() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

struct Pending {
  Request request;
  std::uint64_t intended = 0;
  std::uint64_t sent = 0;
};

class Session {
 public:
  Session(Connection connection, const Protocol& protocol)
      : connection_(std::move(connection)), protocol_(&protocol), in_(64 << 10) {}

  [[nodiscard]] int descriptor() const { return connection_.descriptor(); }
  [[nodiscard]] std::size_t in_flight() const { return pending_.size() - first_; }
  [[nodiscard]] bool unsent() const { return sent_ < out_.size(); }

  void Queue(const Request& request, std::uint64_t intended, std::uint64_t now) {
    protocol_->Write(request, out_);
    pending_.push_back({request, intended, now});
  }

  /// Writes as much as the socket takes.
  Result<void> Flush() {
    while (sent_ < out_.size()) {
      const ssize_t n = send(descriptor(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) return {};
      if (n < 0) return Gone(std::strerror(errno));
      sent_ += static_cast<std::size_t>(n);
    }
    out_.clear();
    sent_ = 0;
    return {};
  }

  /// Reads what is there and calls `answered(pending, now)` for every whole reply.
  template <class Answered>
  Result<void> Receive(const Answered& answered) {
    const ssize_t n = recv(descriptor(), in_.data() + filled_, in_.size() - filled_, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (n <= 0) return Gone(n == 0 ? "it closed the connection" : std::strerror(errno));
    filled_ += static_cast<std::size_t>(n);
    const std::uint64_t now = NowNs();
    std::size_t at = 0;
    while (first_ < pending_.size() && at < filled_) {
      std::size_t length = 0;
      const auto match =
          protocol_->Check(pending_[first_].request, in_.data() + at, filled_ - at, length);
      if (match == Protocol::Match::kPartial) break;
      if (match == Protocol::Match::kWrong) return Wrong(at);
      at += length;
      answered(pending_[first_++], now);
    }
    if (first_ == pending_.size()) {
      if (at < filled_) return Wrong(at);  // a reply that nobody asked for
      pending_.clear();
      first_ = 0;
    } else if (first_ > 1024) {
      pending_.erase(pending_.begin(), pending_.begin() + static_cast<long>(first_));
      first_ = 0;
    }
    std::memmove(in_.data(), in_.data() + at, filled_ - at);
    filled_ -= at;
    if (filled_ == in_.size()) in_.resize(2 * in_.size());
    return {};
  }

  bool waits_for_room = false;  ///< epoll was told to say when the socket takes more

 private:
  static Error Gone(const char* why) {
    return {ErrorCode::kSystem, std::string("the server went away (") + why + ")", ""};
  }
  [[nodiscard]] Error Wrong(std::size_t at) const {
    std::string seen;
    for (std::size_t i = at; i < filled_ && seen.size() < 60; ++i) {
      if (in_[i] == '\r') break;
      seen += in_[i] >= ' ' && in_[i] <= '~' ? in_[i] : '?';
    }
    return {ErrorCode::kSystem, "a wrong reply, \"" + seen + "\",",
            "see that the key space was preloaded with the same number of keys and value size"};
  }

  Connection connection_;
  const Protocol* protocol_;
  std::string out_;
  std::size_t sent_ = 0;
  std::vector<Pending> pending_;
  std::size_t first_ = 0;
  std::vector<char> in_;
  std::size_t filled_ = 0;
};

}  // namespace pmubench::redis
