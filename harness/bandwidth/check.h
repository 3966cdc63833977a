// Known traffic against what a source measured of it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bandwidth/moved.h"
#include "bandwidth/source.h"
#include "bandwidth/traffic_team.h"

namespace pmubench {

/// One kernel's run: what the program moved, and what the source saw meanwhile.
struct KernelRun {
  TrafficKernelInfo kernel;
  double seconds = 0;
  TeamTraffic program;
  Moved measured;
  double sampling_ratio = 1;
  bool incomplete = false;
};

enum class CheckVerdict { kAgrees, kDiffers, kNotMeasured };

struct KernelCheck {
  /// Measured over what the program moved; nullopt where the source does not tell, or nothing was
  /// to be moved. Lines read before they are written are counted as read if `allocates`.
  std::optional<double> read_ratio;
  std::optional<double> write_ratio;
  std::optional<double> total_ratio;
  /// Share of the written lines that were read before; nullopt for kernels that write nothing or
  /// avoid it, and where the source cannot tell.
  std::optional<double> allocated;
  bool allocates = false;  ///< more than half of them
  CheckVerdict verdict = CheckVerdict::kNotMeasured;
  std::string why;
};

/// Agrees: every ratio that there is lies within `tolerance` of 1, and the kernel's own direction
/// has one.
[[nodiscard]] KernelCheck JudgeKernel(const KernelRun& run, double tolerance);

/// Of a source, from its kernels: agrees where all that were measured do.
[[nodiscard]] CheckVerdict JudgeSource(const std::vector<KernelCheck>& checks);

[[nodiscard]] const char* VerdictName(CheckVerdict verdict);

/// Bytes as STREAM counts them: words that the program names.
[[nodiscard]] double StreamBytes(const TeamTraffic& program);

}  // namespace pmubench
