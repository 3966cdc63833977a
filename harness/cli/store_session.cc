#include "cli/store_session.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace pmubench {
namespace {

constexpr auto kPause = std::chrono::milliseconds(500);
constexpr int kSameErrors = 3;

bool IsServer(const std::string& location) { return location.starts_with("postgres"); }

}  // namespace

Result<void> StoreSession::Try(const std::function<Result<void>(store::Store&)>& work) {
  if (!store_) {
    auto opened = store::OpenStore(location_, store::OpenMode::kCreate);
    if (!opened) return opened.error();
    store_ = std::move(*opened);
  }
  return work(*store_);
}

Result<void> StoreSession::Do(const std::function<Result<void>(store::Store&)>& work) {
  std::string last;
  int same = 0;
  while (true) {
    const bool fresh = store_ == nullptr;
    auto done = Try(work);
    if (done || !IsServer(location_) || done.error().code == ErrorCode::kBadInput) return done;
    // A server that cannot be reached may come back; one that answers and refuses will not.
    const bool answered = store_ != nullptr;
    same = fresh && answered && done.error().message == last ? same + 1 : 1;
    last = done.error().message;
    store_.reset();
    patience_ -= std::chrono::duration<double>(kPause).count();
    if (patience_ < 0 || same >= kSameErrors) return done;
    ++reconnects_;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace pmubench
