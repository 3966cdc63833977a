// How long each benchmark took, so that the next job's shards take equally long.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "reports/store/run.h"

namespace pmubench::fleet {

/// The metric's name in the history: seconds of all launches together.
inline constexpr const char* kRunSeconds = "run_seconds";

using SecondsOf = std::map<std::string, double>;

/// Adds what a launch's record says of its timed loops: iterations x real time of every
/// repetition. A record that cannot be read adds nothing.
void AddLoopSeconds(const std::filesystem::path& record, SecondsOf& seconds);

/// What loops do not tell (set-up, other passes, the process itself) is shared out in proportion,
/// so that all together are `wall_seconds`. Pure.
[[nodiscard]] SecondsOf ScaledTo(SecondsOf seconds, double wall_seconds);

/// Puts the metric into the rows of the run. Pure.
void PutRunSeconds(const SecondsOf& seconds, store::Run& run);

/// The metric of each benchmark of a run of the history. Pure.
[[nodiscard]] SecondsOf GetRunSeconds(const store::Run& run);

}  // namespace pmubench::fleet
