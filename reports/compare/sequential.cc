#include "reports/compare/sequential.h"

#include <algorithm>
#include <utility>

namespace pmubench::compare {

using statistics::Verdict;

bool IsDecided(const BenchmarkComparison& benchmark) {
  return benchmark.verdict != Verdict::kInconclusive && benchmark.verdict != Verdict::kTooFew;
}

SequentialComparison::SequentialComparison(std::vector<statistics::Look> looks,
                                           CompareOptions options)
    : looks_(std::move(looks)), options_(std::move(options)) {}

void SequentialComparison::Add(Launch base, Launch now) {
  base_.push_back(std::move(base));
  now_.push_back(std::move(now));
}

std::optional<std::size_t> SequentialComparison::NextLook() const {
  if (next_ == looks_.size()) return std::nullopt;
  return looks_[next_].launches;
}

Result<void> SequentialComparison::Look(bool last) {
  CompareOptions options = options_;
  options.alpha = looks_[next_].alpha;
  for (std::size_t i = next_ + 1; last && i < looks_.size(); ++i) options.alpha += looks_[i].alpha;
  auto look = Compare(base_, now_, options);
  if (!look) return look.error();
  for (BenchmarkComparison& benchmark : look->benchmarks) {
    const auto before = std::find_if(
        result_.benchmarks.begin(), result_.benchmarks.end(),
        [&](const BenchmarkComparison& other) { return other.name == benchmark.name; });
    if (before != result_.benchmarks.end() && IsDecided(*before)) benchmark = *before;
  }
  result_ = std::move(*look);
  result_.alpha = 0;
  for (const statistics::Look& one : looks_) result_.alpha += one.alpha;
  next_ = last ? looks_.size() : next_ + 1;
  return {};
}

bool SequentialComparison::Finished() const {
  return next_ == looks_.size() || (next_ > 0 && std::all_of(result_.benchmarks.begin(),
                                                             result_.benchmarks.end(), IsDecided));
}

}  // namespace pmubench::compare
