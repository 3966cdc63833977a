#include "counters/turn_order.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace pmubench {
namespace {

/// The first round's turns are this part of the chosen length.
constexpr int kFirstPart = 16;
constexpr int kTurnsARound = 2;
/// After so many rounds the turns double: a run of days keeps as many turns as one of minutes.
constexpr std::size_t kRoundsOfALength = 1024;

}  // namespace

TurnOrder::TurnOrder(std::vector<int> turns, Duration length, std::uint64_t seed)
    : turns_(turns.empty() ? std::vector<int>{1} : std::move(turns)),
      longest_(length),
      current_(turns_.size() > 1 ? length / kFirstPart : length),
      random_(seed),
      had_(turns_.size(), 0.0),
      owed_(turns_.size(), 0.0) {
  for (std::size_t g = 0; g < turns_.size(); ++g) {
    assert(turns_[g] >= 1);
    round_.insert(round_.end(), static_cast<std::size_t>(turns_[g]) * kTurnsARound, g);
  }
  Shuffle();
}

TurnOrder::Duration TurnOrder::length() const {
  const double rate = measured_ > 0 && wall_ > 0 ? measured_ / wall_ : 1;
  const auto base = static_cast<double>(current_.count());
  const double wish = base + owed_[group()] / rate;
  return Duration(static_cast<Duration::rep>(std::clamp(wish, base / 2, base * 2)));
}

void TurnOrder::Next() {
  if (++place_ < round_.size()) return;
  place_ = 0;
  ++rounds_;
  round_begins_ = true;
  if (rounds_ % kRoundsOfALength == 0) longest_ *= 2;
  current_ = std::min(current_ * 2, longest_);
  Shuffle();
}

void TurnOrder::Credit(std::size_t group, Duration wall, std::uint64_t measured_ns) {
  const auto measured = static_cast<double>(measured_ns);
  had_[group] += measured / turns_[group];
  wall_ += static_cast<double>(wall.count());
  measured_ += measured;
  if (!round_begins_) return;
  round_begins_ = false;
  const double mean =
      std::accumulate(had_.begin(), had_.end(), 0.0) / static_cast<double>(had_.size());
  for (std::size_t g = 0; g < had_.size(); ++g) owed_[g] = (mean - had_[g]) / kTurnsARound;
}

void TurnOrder::Shuffle() {
  // std::shuffle's result differs between libraries; this is the same everywhere.
  for (std::size_t i = round_.size(); i > 1; --i) {
    std::swap(round_[i - 1], round_[static_cast<std::size_t>(random_() % i)]);
  }
}

}  // namespace pmubench
