#include "stream/team.h"

#include <time.h>

#include <algorithm>
#include <numeric>

#include "common/cpus.h"

namespace pmubench::stream {
namespace {

constexpr double kShortestSample = 1e-3;

double Now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

double TeamTimes::best() const { return *std::min_element(seconds.begin(), seconds.end()); }

double TeamTimes::mean() const {
  return std::accumulate(seconds.begin(), seconds.end(), 0.0) / static_cast<double>(seconds.size());
}

double TeamTimes::median() const {
  std::vector<double> sorted = seconds;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<long>(sorted.size() / 2),
                   sorted.end());
  return sorted[sorted.size() / 2];
}

Result<std::unique_ptr<Team>> Team::Start(int threads, std::size_t bytes, PageSize pages) {
  const auto cpus = CpusForThreads(threads);
  if (!cpus) return cpus.error();
  if (const auto fits = CheckFits(3 * bytes, AvailableMemory(), 3); !fits) return fits.error();
  const std::size_t lines = bytes / sizeof(double) / kLineDoubles / cpus->size();
  const std::size_t each = std::max<std::size_t>(lines, 1) * kLineDoubles;
  std::vector<Arrays> arrays;
  for (int t = 0; t < threads; ++t) {
    auto allocated = Arrays::Allocate(each, pages);
    if (!allocated) return allocated.error();
    arrays.push_back(*std::move(allocated));
  }
  return std::unique_ptr<Team>(new Team(*cpus, each, std::move(arrays)));
}

Team::Team(const std::vector<int>& cpus, std::size_t size_each, std::vector<Arrays> arrays)
    : size_each_(size_each),
      arrays_(std::move(arrays)),
      spans_(cpus.size()),
      sums_(cpus.size()),
      wrong_(cpus.size()),
      meeting_(static_cast<std::ptrdiff_t>(cpus.size()) + 1) {
  for (std::size_t t = 0; t < cpus.size(); ++t) {
    workers_.emplace_back([this, t, cpu = cpus[t]] { Work(t, cpu); });
  }
  Order fill;
  fill.kernel = BestIsa().kernels().data();
  Do(fill);
}

Team::~Team() {
  order_.kernel = nullptr;
  meeting_.arrive_and_wait();
}

double Team::Do(const Order& order) {
  order_ = order;
  meeting_.arrive_and_wait();
  meeting_.arrive_and_wait();
  // By the workers' clocks: with a worker on each CPU this thread wakes late.
  const auto begins = [](const Span& a, const Span& b) { return a.begin < b.begin; };
  const auto ends = [](const Span& a, const Span& b) { return a.end < b.end; };
  return std::max_element(spans_.begin(), spans_.end(), ends)->end -
         std::min_element(spans_.begin(), spans_.end(), begins)->begin;
}

void Team::Work(std::size_t index, int cpu) {
  // A CPU taken offline since it was listed: the work is still done, elsewhere.
  (void)PinToCpu(cpu);
  Arrays& arrays = arrays_[index];
  for (;;) {
    meeting_.arrive_and_wait();
    const Order order = order_;
    if (order.kernel == nullptr) return;
    const double begin = Now();
    switch (order.what) {
      case Order::kFill:
        arrays.Fill(order.size);
        break;
      case Order::kRun:
        for (int run = 0; run < order.runs; ++run) {
          sums_[index] = arrays.Run(*order.kernel, order.size);
        }
        break;
      case Order::kCheck:
        wrong_[index] = arrays.Check(order.kernel->op, sums_[index], order.size);
        break;
    }
    spans_[index] = {begin, Now()};
    meeting_.arrive_and_wait();
  }
}

TeamTimes Team::Measure(const Kernel& kernel, double seconds, std::size_t doubles,
                        MemoryMeter* meter) {
  Order order;
  order.kernel = &kernel;
  order.size = size_each_;
  if (doubles != 0) {
    const std::size_t lines = doubles / kLineDoubles / arrays_.size();
    order.size = std::clamp<std::size_t>(lines, 1, size_each_ / kLineDoubles) * kLineDoubles;
  }
  order.what = Order::kRun;
  TeamTimes times;
  double once = Do(order);
  while (once < kShortestSample) {  // from the last batch, which is warm
    order.runs *= 2;
    once = Do(order);
  }
  if (meter != nullptr) meter->Begin();
  double spent = 0;
  while (spent < seconds || times.seconds.size() < 3) {
    const double sample = Do(order);
    spent += sample;
    times.seconds.push_back(sample / order.runs);
  }
  if (meter != nullptr) {
    const auto runs = static_cast<double>(times.seconds.size()) * order.runs;
    const auto elements = static_cast<double>(order.size * arrays_.size()) * runs;
    times.memory = TrafficOf(kernel.op, meter->End(), elements);
  }
  order.what = Order::kCheck;
  Do(order);
  for (const std::string& wrong : wrong_) {
    if (times.wrong.empty()) times.wrong = wrong;
  }
  // The next kernel must not pass on this one's results.
  order.what = Order::kFill;
  Do(order);
  return times;
}

}  // namespace pmubench::stream
