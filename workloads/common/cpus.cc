#include "common/cpus.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "platform/cpu_list.h"

namespace pmubench {

std::vector<int> AllowedCpus() {
  // A fixed cpu_set_t ends at CPU 1023, and the kernel refuses a set smaller than its own.
  std::vector<int> cpus;
  for (int count = CPU_SETSIZE; count <= 1 << 16; count *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(count));
    const std::size_t size = CPU_ALLOC_SIZE(count);
    CPU_ZERO_S(size, set);
    const bool done = sched_getaffinity(0, size, set) == 0;
    for (int cpu = 0; done && cpu < count; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), size, set)) cpus.push_back(cpu);
    }
    CPU_FREE(set);
    if (done) break;
  }
  return cpus;
}

Result<void> RunOnCpus(const std::vector<int>& cpus) {
  const int last = cpus.empty() ? 0 : *std::max_element(cpus.begin(), cpus.end());
  const int count = std::max(last + 1, CPU_SETSIZE);
  cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(count));
  const std::size_t size = CPU_ALLOC_SIZE(count);
  CPU_ZERO_S(size, set);
  for (const int cpu : cpus) CPU_SET_S(static_cast<std::size_t>(cpu), size, set);
  const int failed = sched_setaffinity(0, size, set) == 0 ? 0 : errno;
  CPU_FREE(set);
  if (failed != 0) {
    return Error{
        ErrorCode::kSystem,
        fmt::format("cannot run on CPU {}: {}", FormatCpuList(cpus), std::strerror(failed)),
        "give CPUs that are online and in this process's affinity mask (taskset -p $$)"};
  }
  return {};
}

Result<std::vector<int>> CpusForThreads(int threads) {
  std::vector<int> cpus = AllowedCpus();
  if (threads < 1 || static_cast<std::size_t>(threads) > cpus.size()) {
    return Error{ErrorCode::kUsage, fmt::format("{} threads on {} CPUs", threads, cpus.size()),
                 fmt::format("give 1 to {} threads", cpus.size())};
  }
  cpus.resize(static_cast<std::size_t>(threads));
  return cpus;
}

}  // namespace pmubench
