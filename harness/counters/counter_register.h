// Reads of hardware counters by instructions of user space: one folder an architecture, each with
// the same names.
//   kUserReadInstruction   what it is called in messages; "" where the architecture has none
//   kUserAccessConfig1     bits of perf_event_attr.config1 to ask for access with, best first
//   SynchronizeCounters()  waits until what stands before it is counted
//   ReadCounterRegister()  counter `number`, which is `index` - 1 of perf_event_mmap_page
// A read faults (SIGSEGV, SIGILL) where the kernel gives no access: only a mapped event's page
// says that it does.
#pragma once

#if defined(__x86_64__)
#include "counters/x86_64/counter_register.h"
#elif defined(__aarch64__)
#include "counters/arm64/counter_register.h"
#else
#include "counters/generic/counter_register.h"
#endif
