// What happens around Google Benchmark's own start, stop, pause and resume of a loop's timer.
// The zero-edit way (link-time wrapping), the preloaded library and Counted() all call these.
#pragma once

#include <benchmark/benchmark.h>

#include "runner/gbench/session.h"

namespace pmubench::gbench {

/// Whether the loop will not run: SkipWithError was called (SkipWithMessage since 1.8.0).
template <typename State>
[[nodiscard]] bool WasSkipped(const State& state) {
  if constexpr (requires { state.skipped(); }) {
    return state.skipped();
  } else {
    return state.error_occurred();
  }
}

template <typename Real>
void StartKeepRunning(benchmark::State* state, Real real) {
  Session* session = ActiveSession();
  if (session != nullptr) session->Arm(*state);
  real(state);
  if (session != nullptr && !WasSkipped(*state)) Session::Start();
}

template <typename Real>
void FinishKeepRunning(benchmark::State* state, Real real) {
  Session* session = ActiveSession();
  if (session != nullptr) Session::Stop();
  real(state);
  if (session != nullptr && !WasSkipped(*state)) session->Publish(*state);
}

template <typename Real>
void PauseTiming(benchmark::State* state, Real real) {
  if (ActiveSession() != nullptr) Session::Stop();
  real(state);
}

template <typename Real>
void ResumeTiming(benchmark::State* state, Real real) {
  real(state);
  if (ActiveSession() != nullptr) Session::Start();
}

}  // namespace pmubench::gbench
