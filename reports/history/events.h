// Change points of many series at one place are one event. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pmubench::history {

/// A change point of one series; `run` is an index into the runs of its context.
struct SeriesChange {
  std::string benchmark;
  std::string metric;
  std::size_t run = 0;         ///< first run of the new level
  double relative_change = 0;  ///< (after - before) / |before|
  bool canary = false;         ///< of a program that never changes
};

struct Event {
  std::size_t first_run = 0, last_run = 0;  ///< where its change points lie
  bool environment = false;                 ///< a canary stepped here too
  std::vector<SeriesChange> changes;        ///< the largest first, canaries among them

  /// How many benchmarks, canaries not counted.
  [[nodiscard]] std::size_t Benchmarks() const;
};

/// Change points at most `tolerance` runs apart are one event; an event spans at most
/// 2 * tolerance runs, so that a year of small steps is not one. In order of time.
[[nodiscard]] std::vector<Event> GroupEvents(std::vector<SeriesChange> changes,
                                             std::size_t tolerance = 2);

/// The bundled canary's benchmarks begin with this.
inline constexpr std::string_view kCanaryPrefix = "canary/";
[[nodiscard]] bool IsCanary(std::string_view benchmark);

}  // namespace pmubench::history
