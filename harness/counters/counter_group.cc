#include "counters/counter_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "counters/event_attr.h"
#include "counters/open_error.h"

namespace pmubench {
namespace {

perf_event_attr MakeAttr(const EventEncoding& event, const CounterTarget& target,
                         const CounterOptions& options, bool leader) {
  perf_event_attr attr = AttrOf(event);
  attr.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED |
                     PERF_FORMAT_TOTAL_TIME_RUNNING;
  // Only the leader is opened disabled: enabling it starts the siblings with it.
  attr.disabled = leader ? 1 : 0;
  // arm_pmu leaves a leader that is off out of its check whether a group fits, and so accepts one
  // event too many, unless the leader waits for exec. On exec this thread's descriptors are closed.
  const bool own_thread = target.pid == 0 && !target.inherit && !target.cgroup;
  attr.enable_on_exec = leader && (options.enable_on_exec || own_thread) ? 1 : 0;
  attr.pinned = leader && options.pinned ? 1 : 0;
  attr.inherit = target.inherit ? 1 : 0;
  attr.exclude_kernel = options.exclude_kernel ? 1 : 0;
  attr.exclude_hv = options.no_excludes ? 0 : 1;
  return attr;
}

}  // namespace

Result<CounterGroup> CounterGroup::Open(Kernel& kernel, const std::vector<EventEncoding>& events,
                                        const CounterTarget& target, const CounterOptions& options,
                                        const Permissions& permissions) {
  if (events.empty()) return Error{ErrorCode::kUsage, "a group needs at least one event", ""};
  if (events.size() > kMaxGroupEvents) {
    return Error{ErrorCode::kGroupTooLarge,
                 fmt::format("{} events in one group, and no PMU has more than {} counters",
                             events.size(), kMaxGroupEvents),
                 "ask for fewer events at a time"};
  }
  for (const EventEncoding& event : events) {
    if (event.type != events[0].type) {
      return Error{ErrorCode::kUsage,
                   fmt::format("{} ({}) and {} ({}) are of different PMUs and cannot share a group",
                               events[0].name, events[0].pmu, event.name, event.pmu),
                   "open one group for each PMU"};
    }
  }
  CounterGroup group(kernel);
  group.events_ = events;
  for (const EventEncoding& event : events) {
    const bool leader = group.descriptors_.empty();
    perf_event_attr attr = MakeAttr(event, target, options, leader);
    const int descriptor =
        kernel.Open(&attr, target.pid, target.cpu, leader ? -1 : group.descriptors_[0],
                    target.cgroup ? PERF_FLAG_PID_CGROUP : 0);
    if (descriptor < 0) {
      OpenRequest request;
      request.pid = target.pid;
      request.cpu = target.cpu;
      request.group_member = !leader;
      request.group_size = static_cast<int>(group.descriptors_.size()) + 1;
      request.exclude_kernel = options.exclude_kernel;
      return ExplainOpenError(errno, event, permissions, request);
    }
    group.descriptors_.push_back(descriptor);
    std::uint64_t id = 0;
    if (kernel.Ioctl(descriptor, PERF_EVENT_IOC_ID, reinterpret_cast<unsigned long>(&id)) != 0) {
      return Error{
          ErrorCode::kSystem,
          fmt::format("{}: the kernel gives no event id: {}", event.name, std::strerror(errno)),
          "Linux 3.12 or newer is needed"};
    }
    group.ids_.push_back(id);
  }
  return group;
}

CounterGroup::CounterGroup(CounterGroup&& other) noexcept
    : kernel_(other.kernel_),
      events_(std::move(other.events_)),
      descriptors_(std::exchange(other.descriptors_, {})),
      ids_(std::move(other.ids_)),
      last_read_(other.last_read_) {}

CounterGroup& CounterGroup::operator=(CounterGroup&& other) noexcept {
  if (this != &other) {
    Close();
    kernel_ = other.kernel_;
    events_ = std::move(other.events_);
    descriptors_ = std::exchange(other.descriptors_, {});
    ids_ = std::move(other.ids_);
    last_read_ = other.last_read_;
  }
  return *this;
}

CounterGroup::~CounterGroup() { Close(); }

void CounterGroup::Close() {
  // Siblings first: closing the leader would turn each of them into a group of its own.
  for (std::size_t i = descriptors_.size(); i-- > 0;) kernel_->Close(descriptors_[i]);
  descriptors_.clear();
}

Result<void> CounterGroup::Control(unsigned long request, const char* what) {
  if (kernel_->Ioctl(descriptors_[0], request, PERF_IOC_FLAG_GROUP) == 0) return {};
  return Error{
      ErrorCode::kSystem,
      fmt::format("cannot {} the group of {}: {}", what, events_[0].name, std::strerror(errno)),
      ""};
}

Result<void> CounterGroup::Enable() { return Control(PERF_EVENT_IOC_ENABLE, "enable"); }
Result<void> CounterGroup::Disable() { return Control(PERF_EVENT_IOC_DISABLE, "disable"); }
Result<void> CounterGroup::Reset() { return Control(PERF_EVENT_IOC_RESET, "reset"); }

Result<GroupReading> CounterGroup::Read() const {
  GroupReading reading;
  if (!ReadRaw(reading)) return Explain();
  if (auto same = CheckIds(reading); !same) return same.error();
  return reading;
}

Error CounterGroup::Explain() const {
  // perf_event_open(2): reading a pinned event in error state gives end of file.
  if (last_read_ == 0) {
    return Error{ErrorCode::kScheduledOut,
                 fmt::format("the pinned group of {} ({} events) lost its counters",
                             events_[0].name, events_.size()),
                 "another user of the PMU holds counters: `pmubench probe` says how many are free"};
  }
  return Error{ErrorCode::kSystem,
               fmt::format("cannot read the group of {}: {}", events_[0].name,
                           last_read_ < 0 ? std::strerror(errno) : "short read"),
               ""};
}

Result<void> CounterGroup::CheckIds(const GroupReading& reading) const {
  bool same = reading.size == ids_.size();
  for (std::size_t i = 0; same && i < ids_.size(); ++i) same = reading.members[i].id == ids_[i];
  if (same) return {};
  return Error{ErrorCode::kSystem,
               fmt::format("the kernel gave other events than the {} that were opened with {}",
                           ids_.size(), events_[0].name),
               ""};
}

}  // namespace pmubench
