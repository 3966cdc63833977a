#include "redis/load.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <vector>

#include "redis/session.h"

namespace pmubench::redis {
namespace {

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Sends on all connections and takes replies, one thread, level-triggered epoll.
class Loader {
 public:
  explicit Loader(const LoadOptions& options)
      : options_(options),
        protocol_(options.keys, options.value_size),
        choice_(protocol_.keys(), options.distribution, options.seed) {
    for (const Mix::Part& part : options.mix.parts) weights_ += part.weight;
  }
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;
  ~Loader() {
    if (epoll_ >= 0) close(epoll_);
  }

  Result<void> Connect() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    sessions_.reserve(static_cast<std::size_t>(options_.connections));
    for (int i = 0; i < options_.connections; ++i) {
      auto connection = Connection::Open(options_.endpoint);
      if (!connection) return connection.error();
      sessions_.emplace_back(*std::move(connection), protocol_);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u32 = static_cast<std::uint32_t>(i);
      if (epoll_ctl(epoll_, EPOLL_CTL_ADD, sessions_.back().descriptor(), &event) != 0) {
        return Error{ErrorCode::kSystem, fmt::format("epoll: {}", std::strerror(errno)),
                     "raise the number of open files (ulimit -n)"};
      }
    }
    return {};
  }

  Result<LoadResult> Run() {
    const double cpu = CpuSeconds();
    start_ = NowNs();
    deadline_ = start_ + static_cast<std::uint64_t>(options_.max_seconds * 1e9);
    const auto done = options_.rate > 0 ? OpenLoop() : ClosedLoop();
    if (!done) return done.error();
    result_.requests = result_.latency.count();
    result_.seconds = static_cast<double>(NowNs() - start_) * 1e-9;
    result_.client_cpu_seconds = CpuSeconds() - cpu;
    return std::move(result_);
  }

 private:
  Request NextRequest() {
    Command command = options_.mix.parts.front().command;
    if (options_.mix.parts.size() > 1) {
      auto at = static_cast<int>(choice_.Below(static_cast<std::uint64_t>(weights_)));
      for (const Mix::Part& part : options_.mix.parts) {
        command = part.command;
        if ((at -= part.weight) < 0) break;
      }
    }
    return {command, static_cast<std::uint32_t>(choice_.Next())};
  }

  Error Add(const Error& error) const {
    return {error.code,
            fmt::format("{} after {} of {} replies", error.message, result_.latency.count(),
                        options_.requests),
            error.remedy};
  }

  /// Waits for replies and takes them. `timeout` in ms, as epoll's.
  template <class Finished>
  Result<void> Take(int timeout, const Finished& finished) {
    epoll_event events[128];
    const int ready = epoll_wait(epoll_, events, 128, timeout);
    for (int i = 0; i < ready; ++i) {
      Session& session = sessions_[events[i].data.u32];
      const auto taken = session.Receive([&](const Pending& pending, std::uint64_t now) {
        result_.latency.Add(now - pending.intended);
        result_.from_send.Add(now - pending.sent);
      });
      if (!taken) return Add(taken.error());
      finished(session);
      if ((events[i].events & EPOLLOUT) != 0 || session.unsent()) {
        if (const auto flushed = Flush(session, events[i].data.u32); !flushed) return flushed;
      }
    }
    return {};
  }

  /// Writes what is queued; where the socket is full, epoll says when it is not.
  Result<void> Flush(Session& session, std::uint32_t index) {
    const bool waited = session.unsent() && session.waits_for_room;
    const auto flushed = session.Flush();
    if (!flushed) return Add(flushed.error());
    if (session.unsent() != waited) {
      epoll_event event{};
      event.events = session.unsent() ? EPOLLIN | EPOLLOUT : EPOLLIN;
      event.data.u32 = index;
      epoll_ctl(epoll_, EPOLL_CTL_MOD, session.descriptor(), &event);
      session.waits_for_room = session.unsent();
    }
    return {};
  }

  Result<void> ClosedLoop() {
    std::uint64_t issued = 0;
    const auto refill = [&](Session& session) {
      if (session.in_flight() != 0 || NowPassed()) return;
      const std::uint64_t now = NowNs();
      for (int i = 0; i < options_.pipeline && issued < options_.requests; ++i, ++issued) {
        session.Queue(NextRequest(), now, now);
      }
    };
    for (std::uint32_t i = 0; i < sessions_.size(); ++i) {
      refill(sessions_[i]);
      if (const auto flushed = Flush(sessions_[i], i); !flushed) return flushed;
    }
    while (InFlight(issued)) {
      if (const auto taken = Take(1000, refill); !taken) return taken;
      if (const auto stuck = CheckStuck(); !stuck) return stuck;
    }
    return {};
  }

  Result<void> OpenLoop() {
    const double gap = 1e9 / options_.rate;
    std::uint64_t issued = 0;
    while (issued < options_.requests || InFlight(issued)) {
      const std::uint64_t now = NowNs();
      if (NowPassed()) {
        if (!InFlight(issued)) break;
      } else {
        while (issued < options_.requests) {
          const auto intended =
              start_ + static_cast<std::uint64_t>(static_cast<double>(issued) * gap);
          if (intended > now) break;
          const auto index = static_cast<std::uint32_t>(issued++ % sessions_.size());
          sessions_[index].Queue(NextRequest(), intended, now);
          result_.lateness.Add(now - intended);
          if (const auto flushed = Flush(sessions_[index], index); !flushed) return flushed;
        }
      }
      if (const auto taken = Take(0, [](Session&) {}); !taken) return taken;
      if (const auto stuck = CheckStuck(); !stuck) return stuck;
    }
    return {};
  }

  [[nodiscard]] bool InFlight(std::uint64_t issued) const {
    return result_.latency.count() < issued;
  }
  [[nodiscard]] bool NowPassed() const { return NowNs() > deadline_; }

  /// A server that is stopped for good must not hang us: ten seconds beyond the time allowed.
  [[nodiscard]] Result<void> CheckStuck() const {
    if (NowNs() < deadline_ + 10'000'000'000U) return {};
    return Add({ErrorCode::kSystem, "the server does not answer any more", ""});
  }

  const LoadOptions& options_;
  Protocol protocol_;
  KeyChoice choice_;
  int weights_ = 0;
  int epoll_ = -1;
  std::vector<Session> sessions_;
  std::uint64_t start_ = 0;
  std::uint64_t deadline_ = 0;
  LoadResult result_;
};

}  // namespace

Result<LoadResult> RunLoad(const LoadOptions& options) {
  if (options.connections < 1 || options.pipeline < 1 || options.keys < 1 || options.rate < 0) {
    return Error{ErrorCode::kUsage, "connections, pipeline and keys must be at least 1", ""};
  }
  Loader loader(options);
  if (const auto connected = loader.Connect(); !connected) return connected.error();
  return loader.Run();
}

bool UsesContainers(const Mix& mix) {
  for (const Mix::Part& part : mix.parts) {
    if (part.command != Command::kGet && part.command != Command::kSet &&
        part.command != Command::kMget) {
      return true;
    }
  }
  return false;
}

}  // namespace pmubench::redis
