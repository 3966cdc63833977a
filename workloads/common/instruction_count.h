// How many instructions of user space a piece of code takes: by the PMU, or without one by
// stepping.
#pragma once

#include <cstdint>
#include <functional>

#include "pmubench/result.h"

namespace pmubench {

/// Runs the code once and gives its instructions, with a few of the caller's own: the same number
/// each time, so that a difference of two counts is free of them.
using InstructionCount = std::function<Result<std::uint64_t>(const std::function<void()>& run)>;

/// By the PMU's retired instructions, on the calling thread. Errors: as CounterGroup::Open().
[[nodiscard]] Result<InstructionCount> CountByPmu();

/// In a child process that the kernel stops after every instruction (ptrace), some 100,000 a
/// second; a repeated string instruction counts once a round. What `run` changes stays in the
/// child. The count's errors: kSystem where this process may not trace its children.
[[nodiscard]] InstructionCount CountBySteps();

/// How a call is counted, and how many calls make a difference: stepping is exact, and slow; what
/// the PMU counts an interrupt may add to.
struct CallCount {
  InstructionCount count;
  int calls = 1;
};

/// Instructions of one call, from so many more: what stands around them goes out. `run` makes the
/// number of calls that it is given; the first time is not counted, for what is done once (static
/// data, linking).
[[nodiscard]] Result<std::int64_t> CountOneCall(const CallCount& method,
                                                const std::function<void(int calls)>& run);

}  // namespace pmubench
