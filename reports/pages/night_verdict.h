// What tonight's value means, from the baseline's launches, the history's band and launches made
// again. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reports/history/nightly.h"
#include "reports/pages/report.h"

namespace pmubench::pages {

/// What is known of one gate metric of one benchmark.
struct GateFacts {
  std::optional<Verdict> compared;  ///< against the baseline's launches
  bool in_turns = false;            ///< which were launched in turns with tonight's
  bool has_band = false;
  bool outside = false;  ///< tonight's value is not in the band
  bool worse = false;    ///< the side it lies on is for the worse
  std::optional<history::Rerun> rerun;
};

/// Launches in turns decide by themselves. Launches of another night differ by that night as well:
/// there a change counts only outside of the band and seen again. A value that is confirmed
/// outside, but equal to the baseline's, changed with an earlier run: that is no news.
[[nodiscard]] Verdict JudgeGate(const GateFacts& facts);

/// The facts as a sentence; "" where there is nothing to say. `unit`: of the band.
[[nodiscard]] std::string DescribeGate(const GateFacts& facts, const std::string& metric,
                                       const std::string& unit,
                                       const std::optional<history::Band>& band, bool above);

/// Whether two metrics move together when a machine changes: all times do.
[[nodiscard]] bool SameKind(std::string_view a, std::string_view b);

/// Appends it to the explanation; "" changes nothing.
void AddSentence(const std::string& sentence, BenchmarkReport& benchmark);

/// Of the gates' verdicts the most urgent; kUnchanged without a gate.
[[nodiscard]] Verdict VerdictOfGates(const BenchmarkReport& benchmark);

/// Takes canaries out of the report, says whether they moved and in which metrics. Changes in those
/// metrics become the environment's - not where the baseline was launched `in_turns`, since the
/// environment met both sides alike - and the report warns.
void SettleEnvironment(Report& report, bool in_turns);

}  // namespace pmubench::pages
