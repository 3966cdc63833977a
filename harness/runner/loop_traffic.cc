#include "runner/loop_traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "platform/state_folder.h"

namespace pmubench {
namespace {

CatalogueMetric Metric(const char* name, const char* title, const char* unit,
                       const std::string& formula, const SourceInfo& source) {
  CatalogueMetric metric;
  metric.name = name;
  metric.title = title;
  metric.description = fmt::format("{}, by {}: {}", title, source.title, source.method);
  metric.unit = unit;
  metric.group = "memory";
  metric.note = source.estimate ? "reads, estimate" : "the whole machine's";
  auto parsed = Formula::Parse(formula);
  if (parsed) metric.definition = metric.formula = *parsed;
  for (const std::string& word : metric.formula.names()) {
    if (word.starts_with("MEMORY_")) metric.events.push_back(word);
  }
  return metric;
}

/// Of the best source, or the one asked for; nullopt where "auto" has none.
Result<std::optional<ListedSource>> Choose(const BandwidthMachine& machine,
                                           const std::string& name) {
  SourceList list = FindSources(machine);
  if (name == "auto") {
    if (!list.chosen || list.sources[*list.chosen].source.info.estimate) {
      return std::optional<ListedSource>();
    }
    return std::optional(std::move(list.sources[*list.chosen]));
  }
  const auto wanted = SourceNamed(name);
  if (!wanted) return wanted.error();
  for (ListedSource& listed : list.sources) {
    if (listed.source.info.name != wanted->info.name) continue;
    if (listed.finding.presence == Presence::kReady) return std::optional(std::move(listed));
    return Error{
        ErrorCode::kNoPmu,
        fmt::format("source {} cannot be used here: {}", wanted->info.name, listed.finding.why),
        listed.finding.remedy};
  }
  return std::optional<ListedSource>();
}

/// Reads cost nothing inside a loop, and 32-bit counters wrap: too rare a reading would lose bytes.
bool MayHaveWrapped(const BandwidthMeter& meter, const MeterInterval& interval) {
  constexpr double kRoundsOfSafety = 5;
  const double longest = std::chrono::duration<double>(meter.longest_wait()).count();
  return interval.seconds > kRoundsOfSafety * longest;
}

}  // namespace

std::vector<CatalogueMetric> MemoryMetrics(const SourceInfo& source, const std::string& checked) {
  std::vector<CatalogueMetric> metrics;
  const auto add = [&](const char* name, const char* title, const char* unit,
                       const std::string& formula) {
    metrics.push_back(Metric(name, title, unit, formula, source));
  };
  const auto per_iteration = [](const char* event) {
    return fmt::format("{} / iterations", event);
  };
  const auto rate = [](const char* event) {
    return fmt::format("{} / {}", event, kMemoryInterval);
  };
  if (source.gives != Gives::kTotal) {
    add("memory_read", "Bytes read from memory", "bytes/iteration", per_iteration(kMemoryRead));
    add("memory_read_bandwidth", "Memory read bandwidth", "GB/s", rate(kMemoryRead));
  }
  if (source.gives == Gives::kReadsAndWrites) {
    add("memory_write", "Bytes written to memory", "bytes/iteration", per_iteration(kMemoryWrite));
    add("memory_write_bandwidth", "Memory write bandwidth", "GB/s", rate(kMemoryWrite));
  }
  if (source.gives == Gives::kTotal) {
    add("memory_total", "Bytes to and from memory", "bytes/iteration", per_iteration(kMemoryTotal));
  }
  const bool reads_only = source.gives == Gives::kReads;
  if (!reads_only) add("memory_bandwidth", "Memory bandwidth", "GB/s", rate(kMemoryTotal));
  add("memory_idle", "Bytes that the idle machine moves in that time", "bytes/iteration",
      per_iteration(kMemoryIdle));
  add("attainable_bandwidth",
      reads_only ? "Attainable memory read bandwidth" : "Attainable memory bandwidth", "GB/s",
      rate(kMemoryAttainable));
  metrics.back().note = fmt::format("the highest rate of `pmubench bandwidth check`{}{}",
                                    checked.empty() ? "" : ", ", checked);
  add(kBandwidthPercentage, "Share of the attainable memory bandwidth", "% of attainable",
      fmt::format("100 * {} / {}", reads_only ? kMemoryRead : kMemoryTotal, kMemoryAttainable));
  return metrics;
}

std::string WhyNoPeak(const SourceInfo& source, const Attainable& attainable) {
  const Rates seen = source.gives == Gives::kReads ? Rates{1, {}, {}} : Rates{{}, {}, 1};
  if (attainable.PeakFor(seen)) return "";
  return fmt::format(
      "what this machine attains by the source {0} is not known: `sudo pmubench bandwidth check "
      "--source {0}` measures and keeps it",
      source.name);
}

std::map<std::string, EventCount> MemoryEvents(const MeterInterval& interval, const Rates& idle,
                                               const Attainable& attainable) {
  std::map<std::string, EventCount> events;
  if (interval.missing > 0 || interval.seconds <= 0) return events;
  const double enabled = interval.seconds * 1e9;
  const double running = enabled * interval.lowest_ratio;
  // The evaluator scales by enabled over running, which the meter has done already.
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value) events[name] = {*value * interval.lowest_ratio, enabled, running};
  };
  const Moved& moved = interval.moved.all;
  add(kMemoryRead, moved.read);
  add(kMemoryWrite, moved.write);
  add(kMemoryTotal, moved.total);
  const auto over_interval = [&](const std::optional<double>& rate) {
    return rate ? std::optional(*rate * interval.seconds) : std::nullopt;
  };
  add(kMemoryIdle, over_interval(idle.total ? idle.total : idle.read));
  add(kMemoryAttainable, over_interval(attainable.PeakFor(moved.Over(interval.seconds))));
  add(kMemoryInterval, enabled);
  return events;
}

LoopTraffic::LoopTraffic(SourceInfo info, BandwidthMeter meter)
    : info_(std::move(info)), meter_(std::move(meter)) {}

Result<std::unique_ptr<LoopTraffic>> LoopTraffic::Open(const std::string& source, int idle_ms) {
  const BandwidthMachine machine = ReadBandwidthMachine("/", StateFolder());
  auto chosen = Choose(machine, source);
  if (!chosen) return chosen.error();
  if (!*chosen) return std::unique_ptr<LoopTraffic>();
  auto meter = BandwidthMeter::Open(SystemKernel(), (*chosen)->finding, machine.permissions);
  if (!meter) return meter.error();
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): the constructor is private.
  std::unique_ptr<LoopTraffic> traffic(new LoopTraffic((*chosen)->source.info, *std::move(meter)));
  traffic->attainable_ = ReadAttainable(machine, traffic->info_.name);
  traffic->warnings_ = (*chosen)->finding.warnings;
  for (const std::string& warning : traffic->meter_.warnings()) {
    traffic->warnings_.push_back(warning);
  }
  const MeterReading begin = traffic->meter_.Read();
  std::this_thread::sleep_for(std::chrono::milliseconds(idle_ms));
  const MeterInterval idle = Between(begin, traffic->meter_.Read(), traffic->meter_.traffic());
  traffic->idle_ = idle.moved.all.Over(idle.seconds);
  return traffic;
}

void LoopTraffic::Begin() {
  const std::lock_guard lock(mutex_);
  begin_ = meter_.Read();
}

std::map<std::string, EventCount> LoopTraffic::End() {
  const std::lock_guard lock(mutex_);
  if (!begin_) return {};
  const MeterReading end = meter_.Read();
  const MeterInterval interval = Between(*begin_, end, meter_.traffic());
  begin_.reset();
  auto events = MayHaveWrapped(meter_, interval) ? std::map<std::string, EventCount>()
                                                 : MemoryEvents(interval, idle_, attainable_);
  ++(events.empty() ? too_short_ : counted_);
  return events;
}

}  // namespace pmubench
