// One sampling event with its ring buffer: where branch stacks and addresses come from.
#pragma once

#include <linux/perf_event.h>
#include <sys/types.h>

#include <cstdint>
#include <span>

#include "counters/kernel.h"
#include "platform/event_encoding.h"
#include "platform/permissions.h"
#include "pmubench/result.h"

namespace pmubench {

struct SampleOptions {
  bool branches = true;         ///< a branch stack with each sample: all types, user mode
  std::uint64_t period = 0;     ///< events a sample; a prime does not beat with loops
  std::uint64_t frequency = 0;  ///< samples a second instead, where `period` is 0
  pid_t pid = 0;                ///< 0 the calling thread
  int cpu = -1;                 ///< inherited events can be mapped only per CPU
  bool inherit = true;
  bool enable_on_exec = false;
  bool has_core_pmu = true;      ///< for the message when the kernel refuses
  std::size_t data_pages = 128;  ///< of the ring buffer: a power of two
};

/// Move-only owner of a descriptor and its mapping, opened disabled. User mode only. Records carry
/// IP, TID, TIME, PERIOD and, if asked for, BRANCH_STACK; other records carry the same ids.
/// Not thread-safe.
class SampleEvent {
 public:
  /// Opens and maps. With `output` the records go to that event's buffer instead of one of its own
  /// (same CPU). Errors: kNoPmu, kNotPermitted, kNoSuchEvent (the PMU has no branch stacks).
  static Result<SampleEvent> Open(Kernel& kernel, const EventEncoding& event,
                                  const SampleOptions& options, const Permissions& permissions,
                                  const SampleEvent* output = nullptr);

  SampleEvent(SampleEvent&& other) noexcept;
  SampleEvent& operator=(SampleEvent&& other) noexcept;
  SampleEvent(const SampleEvent&) = delete;
  SampleEvent& operator=(const SampleEvent&) = delete;
  ~SampleEvent();

  bool Enable();
  bool Disable();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::span<const std::uint8_t> data() const;
  /// The kernel's position; what lies before it is visible to this thread.
  [[nodiscard]] std::uint64_t head() const;
  [[nodiscard]] std::uint64_t tail() const { return page_->data_tail; }
  /// Gives the bytes before `position` back to the kernel.
  void SetTail(std::uint64_t position);

  [[nodiscard]] static std::uint64_t SampleType(bool branches);
  [[nodiscard]] static std::uint64_t BranchType();

 private:
  explicit SampleEvent(Kernel& kernel) : kernel_(&kernel) {}
  void Close();

  Kernel* kernel_;
  int descriptor_ = -1;
  perf_event_mmap_page* page_ = nullptr;
  std::size_t mapped_ = 0;
};

}  // namespace pmubench
