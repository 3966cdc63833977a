// One turn of the fuzzer of the part `branches`.
#pragma once

#include <cstdint>
#include <span>

namespace pmubench {

/// Aborts where a reader breaks what it promises; the sanitizers see the rest.
void FuzzBranchInput(std::span<const std::uint8_t> input);

}  // namespace pmubench
