#include "counters/user_read.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "counters/counter_register.h"

namespace pmubench {
namespace {

std::size_t PageSize() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

/// The event as it has to be opened to be readable in user space; as it is where nothing helps.
EventEncoding AskForAccess(Kernel& kernel, const EventEncoding& event,
                           const CounterOptions& options, const Permissions& permissions) {
  for (const std::uint64_t bits : kUserAccessConfig1) {
    EventEncoding asking = event;
    asking.config1 |= bits;
    if (CounterGroup::Open(kernel, {asking}, CounterTarget::CallingThread(), options,
                           permissions)) {
      return asking;
    }
  }
  return event;
}

Error AccessOff(const EventEncoding& event, const Permissions& permissions) {
  if (permissions.user_access_arm == 0) {
    return {ErrorCode::kNotPermitted,
            fmt::format("{}: kernel.perf_user_access is 0: counters are read by the kernel",
                        event.name),
            "sysctl -w kernel.perf_user_access=1"};
  }
  if (permissions.rdpmc_x86 == 0) {
    return {ErrorCode::kNotPermitted, fmt::format("{}: rdpmc is switched off", event.name),
            "echo 1 > /sys/bus/event_source/devices/cpu/rdpmc"};
  }
  return {ErrorCode::kNotCounting,
          fmt::format("{}: the kernel offers no read of it in user space", event.name), ""};
}

}  // namespace

Result<UserPage> UserPage::Map(Kernel& kernel, int descriptor) {
  void* page = kernel.Map(descriptor, PageSize());
  if (page == MAP_FAILED) {
    return Error{ErrorCode::kSystem,
                 fmt::format("the event's page cannot be mapped: {}", std::strerror(errno)),
                 errno == EPERM ? "sysctl -w kernel.perf_event_mlock_kb=1024" : ""};
  }
  return UserPage(kernel, static_cast<perf_event_mmap_page*>(page));
}

UserPage::UserPage(UserPage&& other) noexcept
    : kernel_(other.kernel_), page_(std::exchange(other.page_, nullptr)) {}

UserPage& UserPage::operator=(UserPage&& other) noexcept {
  std::swap(kernel_, other.kernel_);
  std::swap(page_, other.page_);
  return *this;
}

UserPage::~UserPage() {
  if (page_ != nullptr) kernel_->Unmap(page_, PageSize());
}

Result<UserReadGroup> UserReadGroup::Open(Kernel& kernel, const std::vector<EventEncoding>& events,
                                          const CounterOptions& options,
                                          const Permissions& permissions) {
  std::vector<EventEncoding> asking;
  for (const EventEncoding& event : events) {
    // A second copy of an event competes for its dedicated counter, so it stays as it is.
    const bool copy = std::find(events.begin(), events.begin() + asking.size(), event) !=
                      events.begin() + asking.size();
    EventEncoding as = copy ? event : AskForAccess(kernel, event, options, permissions);
    if (copy) as.config1 |= kUserAccessConfig1.size() > 1 ? kUserAccessConfig1[1] : 0;
    asking.push_back(std::move(as));
  }
  auto group =
      CounterGroup::Open(kernel, asking, CounterTarget::CallingThread(), options, permissions);
  if (!group && asking != events) {
    group =
        CounterGroup::Open(kernel, events, CounterTarget::CallingThread(), options, permissions);
  }
  if (!group) return group.error();
  UserReadGroup result(std::move(*group), permissions);
  for (std::size_t i = 0; i < result.size(); ++i) {
    auto page = UserPage::Map(kernel, result.group_.descriptor(i));
    if (!page) {
      result.unmapped_.push_back(page.error());
      break;
    }
    result.pages_.push_back(std::move(*page));
  }
  return result;
}

UserReadGroup& UserReadGroup::operator=(UserReadGroup&& other) noexcept {
  if (this != &other) {
    pages_.clear();  // Before the descriptors, which the assignment of group_ closes.
    group_ = std::move(other.group_);
    pages_ = std::move(other.pages_);
    unmapped_ = std::move(other.unmapped_);
    permissions_ = std::move(other.permissions_);
    thread_ = other.thread_;
  }
  return *this;
}

bool UserReadGroup::ReadRegisters(UserGroupReading& reading) const {
  if (pages_.size() != group_.size() || std::this_thread::get_id() != thread_) return false;
  reading.by_registers = true;
  reading.whole = true;
  SynchronizeCounters();
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    const UserReading one = ReadUserPage(*pages_[i], ReadCounterRegister);
    if (one.state != UserReadState::kValue) return false;
    reading.values[i] = one.value;
    reading.whole &= one.whole;
  }
  return true;
}

bool UserReadGroup::Read(UserGroupReading& reading) const {
  if (ReadRegisters(reading)) return true;
  GroupReading by_kernel;
  if (!group_.ReadRaw(by_kernel)) return false;
  for (std::size_t i = 0; i < group_.size(); ++i) reading.values[i] = by_kernel.members[i].value;
  reading.by_registers = false;
  reading.whole = by_kernel.time_running == by_kernel.time_enabled;
  return true;
}

Result<void> UserReadGroup::Explain(std::size_t i) const {
  const EventEncoding& event = group_.events()[i];
  if (i >= pages_.size()) {
    Error error = unmapped_.front();
    error.message = event.name + ": " + error.message;
    return error;
  }
  if (std::this_thread::get_id() != thread_) {
    return Error{ErrorCode::kUsage,
                 fmt::format("{}: counts another thread, whose CPU has the register", event.name),
                 "read it in the thread that opened it"};
  }
  switch (ReadUserPage(*pages_[i], ReadCounterRegister).state) {
    case UserReadState::kValue:
      return {};
    case UserReadState::kNotOffered:
      return AccessOff(event, permissions_);
    case UserReadState::kNotOnPmu:
      if (permissions_.user_access_arm == 0) return AccessOff(event, permissions_);
      return Error{ErrorCode::kScheduledOut,
                   fmt::format("{}: has no counter now (disabled, multiplexed, or counters are "
                               "held)",
                               event.name),
                   "`pmubench probe` says how many counters are free"};
    case UserReadState::kBusy:
      break;
  }
  return Error{
      ErrorCode::kSystem,
      fmt::format("{}: the page changed at every of {} attempts", event.name, kUserReadAttempts),
      ""};
}

}  // namespace pmubench
