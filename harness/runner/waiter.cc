#include "runner/waiter.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace pmubench {
namespace {

using std::chrono::nanoseconds;

timespec ToTimespec(nanoseconds time) {
  return {static_cast<time_t>(time.count() / 1'000'000'000),
          static_cast<long>(time.count() % 1'000'000'000)};
}

}  // namespace

Waiter::Waiter(int signals) { descriptors_.push_back({signals, POLLIN, 0}); }

Waiter::~Waiter() {
  for (std::size_t i = 1; i < descriptors_.size(); ++i) close(descriptors_[i].fd);
}

void Waiter::Add(pid_t pid) {
  const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (descriptor >= 0) descriptors_.push_back({descriptor, POLLIN, 0});
  ++processes_;
}

Waiter::Woken Waiter::Until(std::optional<std::chrono::steady_clock::time_point> when) {
  while (true) {
    timespec left{};
    if (when)
      left = ToTimespec(
          std::max(nanoseconds(0), nanoseconds(*when - std::chrono::steady_clock::now())));
    const int ready =
        ppoll(descriptors_.data(), descriptors_.size(), when ? &left : nullptr, nullptr);
    if (ready == 0) return Woken::kByTime;
    if (ready < 0) continue;  // a signal's handler ran: what it wrote is there now
    for (std::size_t i = descriptors_.size(); i-- > 1;) {
      if (descriptors_[i].revents == 0) continue;
      close(descriptors_[i].fd);
      descriptors_.erase(descriptors_.begin() + static_cast<std::ptrdiff_t>(i));
      --processes_;
    }
    if (processes_ == 0) return Woken::kByEnd;
    if (descriptors_[0].revents != 0) return Woken::kBySignal;
  }
}

}  // namespace pmubench
