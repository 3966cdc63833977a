// Threads pinned to CPUs that run one kernel together over arrays of their own.
#pragma once

#include <barrier>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "stream/arrays.h"
#include "stream/memory_meter.h"

namespace pmubench::stream {

/// Wall seconds of single runs of the kernel over all threads.
struct TeamTimes {
  std::vector<double> seconds;
  std::string wrong;                    ///< "" or what the check found
  std::optional<MemoryTraffic> memory;  ///< over all samples together, with a meter
  [[nodiscard]] double best() const;
  [[nodiscard]] double mean() const;
  [[nodiscard]] double median() const;
};

/// `threads` workers, each on its own CPU with arrays of its own, which stay for the life of the
/// team. One caller at a time.
class Team {
 public:
  /// Arrays of `bytes` over all threads together. Errors: more threads than CPUs, arrays that do
  /// not fit memory.
  static Result<std::unique_ptr<Team>> Start(int threads, std::size_t bytes, PageSize pages);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// Runs the kernel for about `seconds`, after one run that is not counted; at least 3 samples.
  /// Threads meet around each sample; runs too short to time are batched to a millisecond a
  /// sample. Uses the first `doubles` of the arrays (0: all), over all threads. `meter` counts
  /// around the samples.
  TeamTimes Measure(const Kernel& kernel, double seconds, std::size_t doubles = 0,
                    MemoryMeter* meter = nullptr);

  /// Doubles of one array over all threads.
  [[nodiscard]] std::size_t size() const {
    return size_each_ * static_cast<std::size_t>(threads());
  }
  [[nodiscard]] int threads() const { return static_cast<int>(arrays_.size()); }

 private:
  struct Order {
    const Kernel* kernel = nullptr;  // nullptr: end
    std::size_t size = 0;            // doubles a thread
    int runs = 1;
    enum { kFill, kRun, kCheck } what = kFill;
  };
  struct Span {  // of one thread's work, seconds of CLOCK_MONOTONIC
    double begin = 0, end = 0;
  };

  Team(const std::vector<int>& cpus, std::size_t size_each, std::vector<Arrays> arrays);
  void Work(std::size_t index, int cpu);
  /// All threads do it; gives the wall seconds from the first one's begin to the last one's end.
  double Do(const Order& order);

  std::size_t size_each_;
  std::vector<Arrays> arrays_;
  std::vector<Span> spans_;
  std::vector<double> sums_;
  std::vector<std::string> wrong_;
  Order order_;
  std::barrier<> meeting_;
  std::vector<std::jthread> workers_;  // last: they use what stands before
};

}  // namespace pmubench::stream
