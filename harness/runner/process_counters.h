// Counters on every thread of a process, and on those it starts later.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <vector>

#include "counters/counter_set.h"

namespace pmubench {

/// A perf event on a pid counts one thread of it. So there is a set on every thread of `pid` and of
/// the processes that descend from it, and whatever these create from now on inherits it. A thread
/// that is born meanwhile may or may not be inherited, so all are opened anew until no new one was
/// seen. Errors: kNotFound (no such process), kSystem (threads keep coming), as CounterSet::Open.
[[nodiscard]] Result<std::vector<CounterSet>> OpenOnProcess(
    Kernel& kernel, const std::vector<EventEncoding>& events, pid_t pid,
    const CounterOptions& options, const Permissions& permissions);

/// Every thread has a descriptor for each event: while it lives, as many may be open as the system
/// allows. Those that are open then stay; what is launched later has the limit from before.
class ManyOpenFiles {
 public:
  ManyOpenFiles();
  ~ManyOpenFiles();
  ManyOpenFiles(const ManyOpenFiles&) = delete;
  ManyOpenFiles& operator=(const ManyOpenFiles&) = delete;

 private:
  rlimit before_{};
};

}  // namespace pmubench
