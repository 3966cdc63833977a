#include "bandwidth/meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bandwidth/levels.h"
#include "platform/files.h"

namespace pmubench {
namespace {

// A mesh has 8 counters for all of it, a memory controller 4 to 10.
constexpr std::size_t kLargestGroup = 8;
constexpr std::chrono::milliseconds kWrapWait{1000};
constexpr double kLongestTurn = 2;  // seconds; 16 groups of 40 ms have each had theirs

CounterOptions WholeMachine() {
  CounterOptions options;
  options.no_excludes = true;
  return options;
}

std::vector<EventEncoding> EventsOf(const std::vector<MemoryCounter>& counters) {
  std::vector<EventEncoding> events;
  for (const MemoryCounter& counter : counters) events.push_back(counter.event);
  return events;
}

/// Counters of one PMU on one CPU, which may share groups.
using Together = std::pair<std::uint32_t, int>;

std::map<Together, std::vector<MemoryCounter>> ByPmuAndCpu(
    const std::vector<MemoryCounter>& counters) {
  std::map<Together, std::vector<MemoryCounter>> sorted;
  for (const MemoryCounter& counter : counters) {
    sorted[{counter.event.type, counter.cpu}].push_back(counter);
  }
  return sorted;
}

double Seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void MeterInterval::Add(const MeterInterval& next) {
  seconds += next.seconds;
  moved.Add(next.moved);
  lowest_ratio = std::min(lowest_ratio, next.lowest_ratio);
  missing = std::max(missing, next.missing);
  bytes.resize(std::max(bytes.size(), next.bytes.size()));
  for (std::size_t i = 0; i < next.bytes.size(); ++i) bytes[i] += next.bytes[i];
}

MeterInterval Between(const MeterReading& begin, const MeterReading& end,
                      const std::vector<Traffic>& traffic) {
  MeterInterval interval;
  interval.seconds = Seconds(end.time - begin.time);
  interval.bytes.resize(traffic.size());
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    const RawCount& before = begin.counts[i];
    const RawCount& after = end.counts[i];
    const bool forward = before.good && after.good && after.value >= before.value &&
                         after.running > before.running && after.enabled > before.enabled;
    if (!forward) {
      ++interval.missing;
      continue;
    }
    const auto running = static_cast<double>(after.running - before.running);
    const auto enabled = static_cast<double>(after.enabled - before.enabled);
    const double scaled = static_cast<double>(after.value - before.value) * enabled / running;
    interval.bytes[i] = scaled * traffic[i].bytes;
    interval.moved.Add(traffic[i], interval.bytes[i]);
    interval.lowest_ratio = std::min(interval.lowest_ratio, running / enabled);
  }
  interval.moved.Complete();
  return interval;
}

RunTotal::RunTotal(MeterReading first, std::vector<Traffic> traffic)
    : traffic_(std::move(traffic)), last_(first), complete_(first), previous_(std::move(first)) {}

void RunTotal::Add(const MeterReading& now) {
  const MeterInterval step = Between(complete_, now, traffic_);
  last_ = now;
  if (step.missing > 0) return;
  before_ = total_;
  previous_ = complete_;
  total_.Add(step);
  complete_ = now;
}

MeterInterval RunTotal::Total() const {
  if (complete_.time == last_.time) return total_;
  MeterInterval joined = before_;
  joined.Add(Between(previous_, last_, traffic_));
  const MeterInterval rest = Between(complete_, last_, traffic_);
  if (rest.seconds > kLongestTurn) joined.missing = std::max(joined.missing, rest.missing);
  return joined;
}

double ChannelUnevenness(const MeterInterval& interval, const std::vector<Traffic>& traffic) {
  std::map<std::pair<int, Direction>, std::vector<double>> alike;
  for (std::size_t i = 0; i < interval.bytes.size(); ++i) {
    alike[{traffic[i].socket, traffic[i].direction}].push_back(interval.bytes[i]);
  }
  double worst = 0;
  for (const auto& [key, bytes] : alike) worst = std::max(worst, Unevenness(bytes));
  return worst;
}

Result<BandwidthMeter> BandwidthMeter::Open(Kernel& kernel, const SourceFinding& finding,
                                            const Permissions& permissions) {
  BandwidthMeter meter;
  std::optional<Error> first;
  for (const auto& [together, counters] : ByPmuAndCpu(finding.counters)) {
    const auto opened = meter.OpenGroups(kernel, counters, permissions);
    if (opened) continue;
    if (!first) first = opened.error();
    meter.warnings_.push_back(opened.error().message + ": totals are incomplete");
  }
  if (meter.groups_.empty() && first) return *first;
  for (const MemoryCounter& counter : finding.counters) {
    if (counter.counter_bits <= 32) meter.longest_wait_ = kWrapWait;
  }
  meter.files_ = finding.files;
  for (const MemoryFile& file : finding.files) meter.traffic_.push_back(file.traffic);
  for (CounterGroup& group : meter.groups_) {
    if (auto enabled = group.Enable(); !enabled) return enabled.error();
  }
  return meter;
}

Result<void> BandwidthMeter::OpenGroups(Kernel& kernel, const std::vector<MemoryCounter>& counters,
                                        const Permissions& permissions) {
  Result<void> result;
  const bool groups = counters.front().groups;
  for (std::size_t begin = 0; begin < counters.size();) {
    std::size_t size = groups ? std::min(kLargestGroup, counters.size() - begin) : 1;
    for (;;) {
      const auto at = counters.begin() + static_cast<std::ptrdiff_t>(begin);
      const std::vector<MemoryCounter> some(at, at + static_cast<std::ptrdiff_t>(size));
      auto group = CounterGroup::Open(kernel, EventsOf(some), CounterTarget::Cpu(some.front().cpu),
                                      WholeMachine(), permissions);
      if (group) {
        groups_.push_back(std::move(*group));
        for (const MemoryCounter& counter : some) traffic_.push_back(counter.traffic);
        break;
      }
      if (size == 1) {
        if (result) result = group.error();
        ++left_out_;
        break;
      }
      size = (size + 1) / 2;  // too many for this PMU's counters
    }
    begin += size;
  }
  return result;
}

std::vector<std::string> BandwidthMeter::rotating_pmus() const {
  std::map<std::string, std::size_t> groups;
  for (const CounterGroup& group : groups_) ++groups[group.events().front().pmu];
  std::vector<std::string> rotating;
  for (const auto& [pmu, count] : groups) {
    if (count > 1) rotating.push_back(pmu);
  }
  return rotating;
}

MeterReading BandwidthMeter::Read() const {
  MeterReading reading;
  reading.time = std::chrono::steady_clock::now();
  for (const CounterGroup& group : groups_) {
    const auto read = group.Read();
    for (std::size_t i = 0; i < group.size(); ++i) {
      reading.counts.push_back(
          read ? RawCount{read->members[i].value, read->time_enabled, read->time_running, true}
               : RawCount{});
    }
  }
  const auto now = static_cast<std::uint64_t>(reading.time.time_since_epoch().count());
  for (const MemoryFile& file : files_) {
    const auto bytes = ReadInteger(file.path);
    reading.counts.push_back(bytes ? RawCount{static_cast<std::uint64_t>(*bytes), now, now, true}
                                   : RawCount{});
  }
  return reading;
}

}  // namespace pmubench
