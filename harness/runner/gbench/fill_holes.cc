#include "runner/gbench/fill_holes.h"

#include <fmt/format.h>

namespace pmubench::gbench {
namespace {

/// Another user of the PMU may be a short one: a probe, a profiler's sample.
constexpr int kFirstPauseMs = 100;

bool LostCounters(const std::optional<Error>& error) {
  return error && error->code == ErrorCode::kScheduledOut;
}

void Rerun(int pass, const PassRunner& runner) {
  int pause = kFirstPauseMs;
  for (int again = 1; again <= kReruns; ++again, pause *= 4) {
    const auto error = runner.error(pass);
    const auto benchmarks = runner.missing(pass);
    if (!LostCounters(error) || benchmarks.empty()) return;
    runner.note(fmt::format("pass {}: {}; running {} benchmark(s) again, {} of {}", pass + 1,
                            error->message, benchmarks.size(), again, kReruns));
    runner.wait(pause);
    runner.forget(pass);
    runner.run(pass, benchmarks);
  }
}

}  // namespace

void FillHoles(int passes, const PassRunner& runner) {
  for (int pass = 0; pass < passes; ++pass) {
    const auto benchmarks = runner.missing(pass);
    const auto error = runner.error(pass);
    if (!benchmarks.empty() && !error) runner.run(pass, benchmarks);
    Rerun(pass, runner);
    const auto left = runner.error(pass);
    if (!LostCounters(left) || !runner.missing(pass).empty()) continue;
    runner.note(
        fmt::format("pass {}: {}; other repetitions were counted", pass + 1, left->message));
    runner.forget(pass);
  }
}

}  // namespace pmubench::gbench
