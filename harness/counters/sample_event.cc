#include "counters/sample_event.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "counters/event_attr.h"
#include "counters/open_error.h"

namespace pmubench {
namespace {

Error ExplainMapError(int error, std::size_t bytes) {
  if (error == EPERM) {
    return {
        ErrorCode::kNotPermitted,
        fmt::format("a ring buffer of {} KiB is more than may be locked in memory", bytes / 1024),
        "raise it: sysctl kernel.perf_event_mlock_kb=16384, or run with CAP_IPC_LOCK"};
  }
  return {ErrorCode::kSystem,
          fmt::format("the event's ring buffer cannot be mapped: {}", std::strerror(error)), ""};
}

}  // namespace

std::uint64_t SampleEvent::SampleType(bool branches) {
  return PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD |
         (branches ? std::uint64_t{PERF_SAMPLE_BRANCH_STACK} : 0);
}

// ANY and nothing else: ranges between branches are only known where no branch is filtered out, and
// BRS and BRBE refuse most other bits.
std::uint64_t SampleEvent::BranchType() { return PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_ANY; }

Result<SampleEvent> SampleEvent::Open(Kernel& kernel, const EventEncoding& event,
                                      const SampleOptions& options, const Permissions& permissions,
                                      const SampleEvent* output) {
  perf_event_attr attr = AttrOf(event);
  attr.sample_type = SampleType(options.branches);
  if (options.branches) attr.branch_sample_type = BranchType();
  if (options.period != 0) {
    attr.sample_period = options.period;
  } else {
    attr.freq = 1;
    attr.sample_freq = options.frequency;
  }
  attr.disabled = 1;
  attr.enable_on_exec = options.enable_on_exec ? 1 : 0;
  attr.inherit = options.inherit ? 1 : 0;
  attr.exclude_kernel = 1;
  attr.exclude_hv = 1;
  attr.sample_id_all = 1;
  if (output == nullptr) attr.watermark = 1;
  attr.mmap = attr.mmap2 = attr.comm = attr.comm_exec = attr.task = 1;
  const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  attr.wakeup_watermark = static_cast<std::uint32_t>(options.data_pages * page / 4);

  SampleEvent result(kernel);
  result.descriptor_ = kernel.Open(&attr, options.pid, options.cpu, -1, 0);
  if (result.descriptor_ < 0) {
    const int error = errno;
    if (options.branches && error == EOPNOTSUPP) {
      return Error{ErrorCode::kNoSuchEvent,
                   fmt::format("{} has no branch stacks on this machine", event.pmu),
                   "record with --source software, which needs no PMU"};
    }
    OpenRequest request;
    request.pid = options.pid;
    request.cpu = options.cpu;
    request.sampling = true;
    request.has_core_pmu = options.has_core_pmu;
    return ExplainOpenError(error, event, permissions, request);
  }
  if (output != nullptr) {
    if (kernel.Ioctl(result.descriptor_, PERF_EVENT_IOC_SET_OUTPUT,
                     static_cast<unsigned long>(output->descriptor_)) != 0) {
      return ExplainMapError(errno, 0);
    }
    return result;
  }
  const std::size_t bytes = (options.data_pages + 1) * page;
  void* const address = kernel.Map(result.descriptor_, bytes);
  if (address == MAP_FAILED) return ExplainMapError(errno, bytes);
  result.page_ = static_cast<perf_event_mmap_page*>(address);
  result.mapped_ = bytes;
  return result;
}

SampleEvent::SampleEvent(SampleEvent&& other) noexcept
    : kernel_(other.kernel_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      page_(std::exchange(other.page_, nullptr)),
      mapped_(other.mapped_) {}

SampleEvent& SampleEvent::operator=(SampleEvent&& other) noexcept {
  if (this != &other) {
    Close();
    kernel_ = other.kernel_;
    descriptor_ = std::exchange(other.descriptor_, -1);
    page_ = std::exchange(other.page_, nullptr);
    mapped_ = other.mapped_;
  }
  return *this;
}

SampleEvent::~SampleEvent() { Close(); }

void SampleEvent::Close() {
  if (page_ != nullptr) kernel_->Unmap(page_, mapped_);
  if (descriptor_ >= 0) kernel_->Close(descriptor_);
  page_ = nullptr;
  descriptor_ = -1;
}

bool SampleEvent::Enable() { return kernel_->Ioctl(descriptor_, PERF_EVENT_IOC_ENABLE, 0) == 0; }
bool SampleEvent::Disable() { return kernel_->Ioctl(descriptor_, PERF_EVENT_IOC_DISABLE, 0) == 0; }

std::span<const std::uint8_t> SampleEvent::data() const {
  // Kernels before 4.1 leave data_offset and data_size 0.
  const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::uint64_t offset = page_->data_offset != 0 ? page_->data_offset : page;
  const std::uint64_t size = page_->data_size != 0 ? page_->data_size : mapped_ - page;
  return {reinterpret_cast<const std::uint8_t*>(page_) + offset, size};
}

std::uint64_t SampleEvent::head() const {
  return __atomic_load_n(&page_->data_head, __ATOMIC_ACQUIRE);
}

void SampleEvent::SetTail(std::uint64_t position) {
  __atomic_store_n(&page_->data_tail, position, __ATOMIC_RELEASE);
}

}  // namespace pmubench
