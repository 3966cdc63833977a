// The highest bandwidth that our own streaming load has reached on this machine, by source.
#pragma once

#include <optional>
#include <string>

#include "bandwidth/machine.h"
#include "bandwidth/moved.h"

namespace pmubench {

/// Of each direction by itself: from different kernels. nullopt: never measured.
struct Attainable {
  Rates rates;
  std::string time;  ///< when, UTC, ISO 8601

  void Raise(const Rates& more);

  /// What a measured rate is held against: the total, or the reads of a source that sees only
  /// these. nullopt where that was never measured.
  [[nodiscard]] std::optional<double> PeakFor(const Rates& measured) const;
  /// Of PeakFor; above 1 where the check that found the peak was made under load.
  [[nodiscard]] std::optional<double> ShareOf(const Rates& measured) const;
};

/// Of this machine (by its fingerprint) and this source. Empty where nothing is kept, or the file
/// cannot be understood.
[[nodiscard]] Attainable ReadAttainable(const BandwidthMachine& machine, const std::string& source);

/// Keeps it beside those of other sources. Errors: of WriteStateFile.
[[nodiscard]] Result<void> KeepAttainable(const BandwidthMachine& machine,
                                          const std::string& source, const Attainable& attainable);

}  // namespace pmubench
