// What differs between Google Benchmark's versions, in one place.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

namespace pmubench::gbench {

/// Whether a row is of a benchmark that called SkipWithError. `error_occurred` became `skipped`
/// in 1.8.0, which also knows skipping without an error.
template <typename Run>
[[nodiscard]] bool HasError(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred;
  } else {
    // internal::SkippedWithError, which 1.7.1 does not name.
    return run.skipped == static_cast<decltype(run.skipped)>(2);
  }
}

/// Whether a row has no measurement at all.
template <typename Run>
[[nodiscard]] bool IsSkipped(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred;
  } else {
    return run.skipped != decltype(run.skipped){};
  }
}

template <typename Run>
[[nodiscard]] std::string SkipMessage(const Run& run) {
  if constexpr (requires { run.error_message; }) {
    return run.error_message;
  } else {
    return run.skip_message;
  }
}

}  // namespace pmubench::gbench
