// Whether launches may be compared at all, and what a reader should know of them.
#pragma once

#include <string>
#include <vector>

#include "reports/compare/compare.h"

namespace pmubench::compare {

/// Fields of the fingerprint in which any launch differs from the first of `base`. Fields that one
/// of them does not tell are passed over. `base` is not empty.
[[nodiscard]] std::vector<FingerprintDifference> FingerprintDifferences(
    const std::vector<Launch>& base, const std::vector<Launch>& now);

/// "cpus '4' against '8', ..." in one line.
[[nodiscard]] std::string Describe(const std::vector<FingerprintDifference>& differences);

/// Sentences on what may make figures differ beside the program: kernels, governors, debug builds,
/// runs that were cut short, a machine that nobody named. Neither side is empty.
[[nodiscard]] std::vector<std::string> Remarks(const std::vector<Launch>& base,
                                               const std::vector<Launch>& now);

}  // namespace pmubench::compare
