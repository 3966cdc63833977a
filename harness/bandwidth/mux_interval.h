// How often the kernel lets groups of one PMU take turns.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace pmubench {

/// Lengthens a PMU's perf_event_mux_interval_ms and sets it back when it goes. An uncore PMU is
/// programmed anew at each turn, and counts nothing meanwhile: on the arm-cmn driver in the lab
/// 4 ms (the default) loses 0.5 to 2 %, 40 ms 0.2 to 0.7 %.
class MuxInterval {
 public:
  /// Changes nothing where the file is not there, cannot be written or has more already.
  MuxInterval(const std::filesystem::path& root, const std::string& pmu,
              std::chrono::milliseconds at_least);
  MuxInterval(MuxInterval&& other) noexcept;
  MuxInterval(const MuxInterval&) = delete;
  MuxInterval& operator=(const MuxInterval&) = delete;
  ~MuxInterval();

 private:
  std::filesystem::path file_;
  std::optional<std::int64_t> before_;
};

}  // namespace pmubench
