// The noise from night to night that a comparison takes from a history.
#pragma once

#include <filesystem>

#include "cli/compare_options.h"
#include "pmubench/result.h"
#include "reports/compare/compare.h"

namespace pmubench {

/// Sets `options.historic_noise` from the history that `flags` name: its runs by the machine and
/// in the configuration of `record`, one launch's file. Nothing where `flags` name none. Says on
/// standard error where the history has no such run.
[[nodiscard]] Result<void> TakeHistoricNoise(const CompareFlags& flags,
                                             const std::filesystem::path& record,
                                             compare::CompareOptions& options);

}  // namespace pmubench
