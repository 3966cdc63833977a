#include "counters/kernel.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pmubench {
namespace {

class RealKernel final : public Kernel {
 public:
  int Open(perf_event_attr* attr, pid_t pid, int cpu, int group_fd, unsigned long flags) override {
    return static_cast<int>(
        syscall(SYS_perf_event_open, attr, pid, cpu, group_fd, flags | PERF_FLAG_FD_CLOEXEC));
  }
  ssize_t Read(int fd, void* buffer, std::size_t size) override { return read(fd, buffer, size); }
  int Ioctl(int fd, unsigned long request, unsigned long argument) override {
    return ioctl(fd, request, argument);
  }
  void Close(int fd) override { close(fd); }
};

}  // namespace

Kernel& SystemKernel() {
  static RealKernel kernel;
  return kernel;
}

}  // namespace pmubench
