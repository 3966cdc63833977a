#include "cli/ci_measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/history_store.h"
#include "platform/whole_file.h"
#include "reports/store/bundle.h"
#include "runner/launch_suite.h"

namespace pmubench {
namespace {

Result<void> LaunchOnce(MeasuredSide& side, const TurnOptions& options) {
  LaunchOptions launch;
  launch.binary = side.binary;
  launch.arguments = side.arguments;
  if (!side.filter.empty()) {
    launch.arguments.push_back("--benchmark_filter=" + side.filter);
  }
  launch.metrics = options.metrics;
  launch.out = options.folder / fmt::format("{}-{}.json", side.name, side.runs.size() + 1);
  launch.preload = options.preload;
  launch.table_to_stderr = true;
  const auto end = LaunchSuite(launch);
  if (!end) return end.error();
  if (end->exit_code != 0) {
    return Error{end->exit_code == 3 ? ErrorCode::kNoPmu : ErrorCode::kSystem,
                 fmt::format("{} ended with {}: {}", side.binary.string(), end->exit_code,
                             end->note.empty() ? "see its messages above" : end->note),
                 "`pmubench run` on it alone shows more"};
  }
  const auto text = ReadWhole(launch.out);
  if (!text) return text.error();
  auto run = store::ParseBundle(*text, {});
  if (!run) return run.error();
  auto launches = compare::ParseLaunches(*text, launch.out.string());
  if (!launches) return launches.error();
  side.runs.push_back(std::move(*run));
  for (compare::Launch& one : *launches) side.launches.push_back(std::move(one));
  return {};
}

}  // namespace

Result<void> MeasureInTurns(std::vector<MeasuredSide*> sides, std::size_t count,
                            const TurnOptions& options, std::mt19937& random) {
  Progress progress(count * sides.size(), "launches");
  for (std::size_t round = 0; round < count; ++round) {
    std::shuffle(sides.begin(), sides.end(), random);
    for (MeasuredSide* side : sides) {
      if (auto done = LaunchOnce(*side, options); !done) return done;
      progress.Step();
    }
  }
  return {};
}

}  // namespace pmubench
