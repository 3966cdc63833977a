#include "counters/kernel.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

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
  void* Map(int fd, std::size_t size) override {
    return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  void Unmap(void* address, std::size_t size) override { munmap(address, size); }
};

}  // namespace

void* Kernel::Map(int /*fd*/, std::size_t /*size*/) {
  errno = ENODEV;
  return MAP_FAILED;
}

void Kernel::Unmap(void* /*address*/, std::size_t /*size*/) {}

Kernel& SystemKernel() {
  static RealKernel kernel;
  return kernel;
}

}  // namespace pmubench
