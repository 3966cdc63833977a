// The loop of `pmubench ab`.
#include <fmt/format.h>

#include <chrono>
#include <random>

#include "cli/ab.h"
#include "cli/ab_side.h"
#ifdef PMUBENCH_HAS_STORE
#include "cli/historic_noise.h"
#endif
#include "cli/verb.h"
#include "reports/compare/sequential.h"
#include "runner/terminal_progress.h"

namespace pmubench {
namespace {

using Clock = std::chrono::steady_clock;

class Turns {
 public:
  Turns(const AbSide& base, const AbSide& now, std::uint64_t seed)
      : base_(base), now_(now), random_(seed) {}

  // Both sides once, in random order: what drifts slowly meets both alike.
  Result<void> Take(compare::SequentialComparison& comparison) {
    const bool base_first = (random_() & 1) != 0;
    auto first = LaunchSide(base_first ? base_ : now_);
    if (!first) return first.error();
    auto second = LaunchSide(base_first ? now_ : base_);
    if (!second) return second.error();
    if (!base_first) std::swap(*first, *second);
    comparison.Add(std::move(*first), std::move(*second));
    return {};
  }

 private:
  const AbSide& base_;
  const AbSide& now_;
  std::mt19937_64 random_;
};

std::size_t Undecided(const compare::CompareResult& result) {
  std::size_t count = 0;
  for (const auto& benchmark : result.benchmarks) count += compare::IsDecided(benchmark) ? 0 : 1;
  return count;
}

/// From the record of the launch that was thrown away.
Result<void> TakeNoise([[maybe_unused]] const AbSide& side, const CompareFlags& flags,
                       [[maybe_unused]] compare::CompareOptions& options) {
  if (flags.history.empty()) return {};
#ifdef PMUBENCH_HAS_STORE
  if (side.is_benchmark) return TakeHistoricNoise(flags, side.record, options);
#endif
  return Error{ErrorCode::kUsage, fmt::format("no history knows '{}'", side.label),
               "--history is for Google Benchmark binaries; --floor-timing sets a floor by hand"};
}

}  // namespace

Result<compare::CompareResult> RunAb(const AbSide& base, const AbSide& now,
                                     const AbOptions& options) {
  auto compare_options = options.flags.Options();
  if (!compare_options) return compare_options.error();
  compare_options->paired = options.paired;
  const auto start = Clock::now();
  const auto spent = [&] {
    return options.budget_seconds > 0 &&
           std::chrono::duration<double>(Clock::now() - start).count() >= options.budget_seconds;
  };
  const auto seed = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  Turns turns(base, now, options.seed != 0 ? options.seed : seed);
  TerminalProgress progress;
  // The first launch of a program reads its files from the disk, and says what all others would.
  for (const AbSide* side : {&base, &now}) {
    progress.Show(fmt::format("warming up: {}", side->label));
    if (auto launch = LaunchSide(*side, ChildOptions::Errors::kInherit); !launch)
      return launch.error();
  }
  if (auto known = TakeNoise(now, options.flags, *compare_options); !known) return known.error();
  compare::SequentialComparison comparison(
      statistics::LookSchedule(options.first_look, options.most_launches, options.flags.alpha),
      *compare_options);
  while (!comparison.Finished()) {
    const std::size_t look_at = *comparison.NextLook();
    while (comparison.launches() < look_at && !(comparison.launches() > 0 && spent())) {
      progress.Show(fmt::format("launch {} of {} a side, at most {}; {} undecided",
                                comparison.launches() + 1, look_at, options.most_launches,
                                Undecided(comparison.result())));
      if (auto taken = turns.Take(comparison); !taken) return taken.error();
    }
    if (auto looked = comparison.Look(spent()); !looked) return looked.error();
  }
  return comparison.result();
}

void AddAbFlags(CLI::App& verb, AbOptions& options) {
  verb.add_option("--first-look", options.first_look,
                  "launches a side before the first look; further looks after 2, 4, ... times")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  verb.add_option("--launches", options.most_launches, "at most so many launches a side")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  verb.add_option("--budget", options.budget_seconds, "start no launch after so many seconds")
      ->check(CLI::Range(0.0, 1e9));
  verb.add_option("--seed", options.seed, "of the random order (default: another one each time)");
  AddCompareFlags(verb, options.flags);
}

}  // namespace pmubench
