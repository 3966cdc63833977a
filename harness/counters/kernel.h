// The few system calls that counting takes, behind an interface that a test can replace.
#pragma once

#include <linux/perf_event.h>
#include <sys/types.h>

#include <cstddef>

namespace pmubench {

/// System calls on perf_event descriptors, with the kernel's own conventions: -1 and errno.
/// Implementations are thread-safe.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// perf_event_open(2) with PERF_FLAG_FD_CLOEXEC added to `flags`.
  virtual int Open(perf_event_attr* attr, pid_t pid, int cpu, int group_fd,
                   unsigned long flags) = 0;
  virtual ssize_t Read(int fd, void* buffer, std::size_t size) = 0;
  virtual int Ioctl(int fd, unsigned long request, unsigned long argument) = 0;
  virtual void Close(int fd) = 0;
  /// mmap(2) of an event's buffer, shared, readable and writable; MAP_FAILED where a kernel of a
  /// test has none.
  virtual void* Map(int fd, std::size_t size);
  virtual void Unmap(void* address, std::size_t size);
};

/// The kernel this program runs on. Stateless.
[[nodiscard]] Kernel& SystemKernel();

}  // namespace pmubench
