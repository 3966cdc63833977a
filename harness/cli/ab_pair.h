// Two variants in one program: benchmarks whose names differ in one word, e.g. sort/none and
// sort/full. Pure functions of names.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// The words that tell the variants apart.
struct VariantWords {
  std::string base;
  std::string now;
};

/// From "none:full". kUsage where it is not two different words.
[[nodiscard]] Result<VariantWords> ParseVariants(std::string_view text);

/// What to run on each side, and what a benchmark is called in the comparison.
struct VariantNames {
  std::map<std::string, std::string> base;  ///< benchmark -> pair, e.g. sort/none -> sort/none:full
  std::map<std::string, std::string> now;
  std::vector<std::string> alone;  ///< have the one word, but no partner with the other
};

/// Pairs the names that have `words.base` with those that have `words.now` in its place. A word
/// stands between characters that are neither letters nor digits. kUsage where there is no pair,
/// with the words that would make some.
[[nodiscard]] Result<VariantNames> PairVariants(const std::vector<std::string>& names,
                                                const VariantWords& words);

}  // namespace pmubench
