#include "bandwidth/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "bandwidth/sources.h"

namespace pmubench {
namespace {

/// What an event at a place stands for, looked up by perf's text of it.
using EventTable = std::map<std::pair<std::string, std::string>, std::optional<Traffic>>;

EventTable Recognise(const std::vector<Recording>& recordings, const BandwidthSource& source) {
  std::map<std::pair<std::string, std::string>, std::string> units;
  for (const Recording& recording : recordings) {
    for (const PerfRow& row : recording.text.rows)
      units.emplace(std::pair{row.event, row.place}, row.unit);
  }
  std::vector<RecordedEvent> events;
  for (const auto& [key, unit] : units) {
    events.push_back({ParseEventName(key.first), key.second, unit});
  }
  const Recognised traffic = source.recognise(events);
  EventTable table;
  std::size_t next = 0;
  for (const auto& [key, unit] : units) table.emplace(key, traffic[next++]);
  return table;
}

class Evaluation {
 public:
  Evaluation(const BandwidthSource& source, EventTable table) : table_(std::move(table)) {
    run_.source = source.info;
  }

  Result<void> AddFile(const Recording& recording, std::optional<double> seconds) {
    const std::size_t first = run_.intervals.size();
    const double base = run_.seconds;
    rows_.clear();
    double shift = 0;
    double last = 0;
    const auto fixed =
        recording.text.rows.front().time ? std::nullopt : LengthWithoutTimes(recording, seconds);
    for (const PerfRow& row : recording.text.rows) {
      const auto time = row.time ? row.time : fixed;
      if (!time) {
        return Error{ErrorCode::kBadInput, fmt::format("{}: no times in it", recording.name),
                     "record with perf stat -I 1000, or give --seconds"};
      }
      double now = shift + *time;
      if (now < last) {  // recordings in one file, one after the other
        shift = last;
        now = shift + *time;
      }
      if (rows_.empty() || now > last) BeginInterval(base + last, now - last);
      last = now;
      AddRow(row);
    }
    run_.seconds += last;
    Check(recording, first);
    return {};
  }

  BandwidthRun Finish() {
    double sum = 0;
    for (BandwidthInterval& interval : run_.intervals) {
      interval.moved.Complete();
      run_.incomplete |= interval.incomplete;
    }
    run_.moved.Complete();
    for (const double percent : percents_) sum += percent / 100;
    if (!percents_.empty())
      run_.sampling_ratio = std::min(1.0, sum / static_cast<double>(percents_.size()));
    if (run_.not_counted > 0) {
      run_.incomplete = true;
      run_.notes.push_back(fmt::format("{} counts are missing (\"{}\"): totals are incomplete",
                                       run_.not_counted, why_not_));
    }
    if (run_.source.gives == Gives::kReadsAndWrites && !run_.moved.all.total) {
      run_.notes.push_back(run_.moved.all.read ? "no event for writes is in the recording"
                                               : "no event for reads is in the recording");
    }
    return std::move(run_);
  }

  [[nodiscard]] bool any() const { return any_; }

 private:
  /// A recording without -I is one interval: as long as asked, or as its duration_time says.
  static std::optional<double> LengthWithoutTimes(const Recording& recording,
                                                  std::optional<double> seconds) {
    if (seconds) return seconds;
    for (const PerfRow& row : recording.text.rows) {
      if (row.event == "duration_time" && row.count) return *row.count * 1e-9;
    }
    return std::nullopt;
  }

  void BeginInterval(double begin, double seconds) {
    run_.intervals.push_back({begin, seconds, {}, 100, false});
    rows_.push_back(0);
  }

  void AddRow(const PerfRow& row) {
    if (row.event == "duration_time") run_.has_clock = true;
    const auto& traffic = table_.at({row.event, row.place});
    if (!traffic) return;
    any_ = true;
    ++rows_.back();
    BandwidthInterval& interval = run_.intervals.back();
    if (!row.count) {
      ++run_.not_counted;
      why_not_ = row.why_not;
      interval.incomplete = true;
      return;
    }
    const double bytes = *row.count * traffic->bytes;
    interval.moved.Add(*traffic, bytes);
    run_.moved.Add(*traffic, bytes);
    percents_.push_back(row.percent);
    interval.lowest_percent = std::min(interval.lowest_percent, row.percent);
    run_.lowest_ratio = std::min(run_.lowest_ratio, row.percent / 100);
  }

  /// Every interval of a file has the same events; one with fewer lost some.
  void Check(const Recording& recording, std::size_t first) {
    const std::size_t most = rows_.empty() ? 0 : *std::max_element(rows_.begin(), rows_.end());
    std::size_t short_ones = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i] == most) continue;
      run_.intervals[first + i].incomplete = true;
      ++short_ones;
    }
    if (short_ones > 0) {
      run_.notes.push_back(fmt::format("{}: {} of {} intervals lack events: totals are incomplete",
                                       recording.name, short_ones, rows_.size()));
    }
    if (recording.text.bad_lines == 0) return;
    run_.incomplete = true;
    run_.notes.push_back(
        fmt::format("{}: {} lines are not perf's, the first is line {}{}", recording.name,
                    recording.text.bad_lines, recording.text.first_bad,
                    recording.text.last_line_cut ? "; its last line is cut off" : ""));
  }

  EventTable table_;
  BandwidthRun run_;
  std::vector<std::size_t> rows_;  ///< of our events, by interval of the file being read
  std::vector<double> percents_;
  std::string why_not_;
  bool any_ = false;
};

}  // namespace

Rates BandwidthRun::OverIntervals() const {
  Moved sums;
  std::size_t count = 0;
  for (const BandwidthInterval& interval : intervals) {
    if (interval.seconds <= 0) continue;
    const Rates rates = interval.moved.all.Over(interval.seconds);
    sums.Add(Moved{rates.read, rates.write, rates.total});
    ++count;
  }
  return sums.Over(static_cast<double>(count));
}

Result<BandwidthRun> EvaluateRecordings(const std::vector<Recording>& recordings,
                                        const BandwidthSource& source,
                                        std::optional<double> seconds) {
  Evaluation evaluation(source, Recognise(recordings, source));
  for (const Recording& recording : recordings) {
    if (auto done = evaluation.AddFile(recording, seconds); !done) return done.error();
  }
  if (!evaluation.any()) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("no event of source '{}' is in the recording", source.info.name),
                 "without --source the recording's own source is taken"};
  }
  return evaluation.Finish();
}

Result<BandwidthSource> SourceOfRecordings(const std::vector<Recording>& recordings) {
  for (const BandwidthSource& source : AllSources()) {
    const EventTable table = Recognise(recordings, source);
    const bool any = std::any_of(table.begin(), table.end(),
                                 [](const auto& entry) { return entry.second.has_value(); });
    if (any) return source;
  }
  return Error{ErrorCode::kBadInput, "the recording has no event of a memory-bandwidth source",
               "`pmubench list sources` says what each source counts"};
}

}  // namespace pmubench
