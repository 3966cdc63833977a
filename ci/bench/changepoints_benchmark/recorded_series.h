// Real histories, where there is a folder of them, and how well detectors agree with people.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "pmubench/result.h"
#include "reports/changepoints/change_point.h"

namespace pmubench::bench {

/// What another tool found in a series, from the folder's peer_change_points.csv.
struct PeerResult {
  std::string detector;
  double seconds = 0;
  std::vector<std::size_t> points;
};

struct RecordedSeries {
  std::string name;
  std::vector<double> values;
  std::vector<PeerResult> peers;
  std::vector<std::vector<std::size_t>> annotators;  ///< of those that were annotated
};

/// The series of `folder` that peers were run on or people annotated.
[[nodiscard]] Result<std::vector<RecordedSeries>> ReadRecordedSeries(
    const std::filesystem::path& folder);

/// F1 of van den Burg and Williams, "An evaluation of change point detection algorithms" (2020):
/// precision against all annotators together, recall the mean over them, index 0 counted as a
/// change point of everyone, a match within `margin`.
[[nodiscard]] double AnnotatorF1(std::span<const std::vector<std::size_t>> annotators,
                                 std::span<const changepoints::ChangePoint> points,
                                 std::size_t margin = 5);

}  // namespace pmubench::bench
