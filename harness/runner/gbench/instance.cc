#include "runner/gbench/instance.h"

#include <algorithm>

#include "runner/gbench/compat.h"

namespace pmubench::gbench {
namespace {

bool CountedWith(const Repetition& repetition, int pass) {
  return std::any_of(repetition.raw.begin(), repetition.raw.end(), [&](const RawCounts& raw) {
    return raw.pass == pass && raw.threads >= static_cast<double>(repetition.run.threads);
  });
}

/// Where Google Benchmark was told to report aggregates alone, the mean stands for the
/// repetitions: a ratio of means of the same runs is the ratio of their sums.
const Repetition* Mean(const std::vector<Repetition>& aggregates) {
  for (const Repetition& aggregate : aggregates) {
    if (aggregate.run.aggregate_name == "mean") return &aggregate;
  }
  return nullptr;
}

}  // namespace

bool Instance::Covers(int pass) const {
  for (const Repetition& repetition : repetitions) {
    if (CountedWith(repetition, pass)) return true;
  }
  const Repetition* mean = repetitions.empty() ? Mean(aggregates) : nullptr;
  return mean != nullptr && CountedWith(*mean, pass);
}

bool Instance::Skipped() const {
  return std::any_of(repetitions.begin(), repetitions.end(),
                     [](const Repetition& repetition) { return IsSkipped(repetition.run); });
}

std::vector<Measurement> Instance::Measurements() const {
  std::vector<Measurement> all;
  auto add = [&](const Repetition& repetition) {
    for (const RawCounts& raw : repetition.raw) {
      all.push_back(MakeMeasurement(raw, repetition.run));
    }
  };
  for (const Repetition& repetition : repetitions) add(repetition);
  if (repetitions.empty()) {
    if (const Repetition* mean = Mean(aggregates)) add(*mean);
  }
  return all;
}

std::vector<std::vector<const Repetition*>> Instance::Rounds(int passes) const {
  std::vector<std::vector<const Repetition*>> by_pass(
      static_cast<std::size_t>(std::max(passes, 1)));
  for (const Repetition& repetition : repetitions) {
    const int pass = repetition.raw.empty() ? 0 : repetition.raw[0].pass;
    by_pass[static_cast<std::size_t>(pass)].push_back(&repetition);
  }
  std::size_t rounds = 0;
  for (const auto& of_pass : by_pass) rounds = std::max(rounds, of_pass.size());
  std::vector<std::vector<const Repetition*>> result(rounds);
  for (std::size_t r = 0; r < rounds; ++r) {
    for (const auto& of_pass : by_pass) {
      if (!of_pass.empty()) result[r].push_back(of_pass[std::min(r, of_pass.size() - 1)]);
    }
  }
  return result;
}

int Instance::AskedRepetitions(int asked, int factor) const {
  const Repetition* any = !repetitions.empty()  ? repetitions.data()
                          : !aggregates.empty() ? aggregates.data()
                                                : nullptr;
  if (any == nullptr) return asked;
  const auto made = static_cast<int>(any->run.repetitions);
  return made == asked * factor ? asked : std::max(made, 1);
}

Run MergeRound(const std::vector<const Repetition*>& round) {
  Run merged = round.front()->run;
  for (std::size_t i = 1; i < round.size(); ++i) {
    merged.iterations += round[i]->run.iterations;
    merged.real_accumulated_time += round[i]->run.real_accumulated_time;
    merged.cpu_accumulated_time += round[i]->run.cpu_accumulated_time;
  }
  return merged;
}

}  // namespace pmubench::gbench
