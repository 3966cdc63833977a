#include "runner/gbench/session.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>

#include "runner/loop_traffic.h"

namespace pmubench::gbench {

/// One thread's counters. Google Benchmark makes new threads for every run of a threaded
/// benchmark, so a thread opens only the pass it is asked for.
struct ThreadCounters {
  std::uint64_t generation = 0;
  std::vector<std::unique_ptr<CounterSet>> opened;
  CounterSet* current = nullptr;
  int pass = 0;
  bool inside = false;
  bool read_failed = false;
  SetReading begin;
  SetReading end;
  std::array<GroupTotals, kMaxGroupsInSet> totals;
};

namespace {

ThreadCounters& ThisThread() {
  thread_local ThreadCounters counters;
  return counters;
}

std::atomic<Session*> active_session{nullptr};
std::atomic<std::uint64_t> next_generation{1};

}  // namespace

Session* ActiveSession() { return active_session.load(std::memory_order_acquire); }
void SetActiveSession(Session* session) {
  active_session.store(session, std::memory_order_release);
}

std::string CounterName(int pass, std::string_view field) {
  return fmt::format("{}{}:{}", kCounterPrefix, pass, field);
}

Session::Session(Kernel& kernel, std::vector<Pass> passes, SessionOptions options)
    : kernel_(kernel),
      passes_(std::move(passes)),
      options_(std::move(options)),
      generation_(next_generation.fetch_add(1)) {}

void Session::PinPass(std::optional<int> pass) { pinned_.store(pass.value_or(-1)); }

std::map<int, Error> Session::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

void Session::ForgetError(int pass) {
  const std::lock_guard lock(mutex_);
  errors_.erase(pass);
}

void Session::RecordError(int pass, const Error& error) {
  const std::lock_guard lock(mutex_);
  errors_.emplace(pass, error);
}

void Session::Arm() {
  ThreadCounters& thread = ThisThread();
  if (thread.generation != generation_) {
    thread.opened.clear();
    thread.opened.resize(passes_.size());
    thread.generation = generation_;
  }
  thread.current = nullptr;
  thread.inside = false;
  thread.read_failed = false;
  thread.totals = {};
  if (passes_.empty()) return;
  // The turn moves on only after a run's stop barrier, and the threads of the next run start
  // after that, so all threads of a run see the same one.
  const int pinned = pinned_.load(std::memory_order_relaxed);
  thread.pass = pinned >= 0
                    ? pinned
                    : static_cast<int>(turn_.load(std::memory_order_relaxed) % passes_.size());
  auto& slot = thread.opened[static_cast<std::size_t>(thread.pass)];
  if (!slot) {
    auto set =
        CounterSet::Open(kernel_, passes_[static_cast<std::size_t>(thread.pass)].events,
                         CounterTarget::CallingThread(), options_.hardware, options_.permissions);
    if (!set) {
      RecordError(thread.pass, set.error());
      return;
    }
    slot = std::make_unique<CounterSet>(std::move(*set));
  }
  if (auto enabled = slot->Enable(); !enabled) {
    RecordError(thread.pass, enabled.error());
    return;
  }
  thread.current = slot.get();
  // A first use of the buffers and of this code faults pages in, which would be counted.
  Start();
  Stop();
  thread.totals = {};
  thread.read_failed = false;
  if (options_.traffic != nullptr) options_.traffic->Begin();
}

void Session::Start() {
  ThreadCounters& thread = ThisThread();
  if (thread.current == nullptr) return;
  thread.inside = true;
  thread.read_failed |= !thread.current->ReadBegin(thread.begin);
}

void Session::Stop() {
  ThreadCounters& thread = ThisThread();
  if (!thread.inside) return;
  thread.inside = false;
  thread.read_failed |= !thread.current->ReadEnd(thread.end);
  for (std::size_t i = 0; i < thread.current->groups().size(); ++i) {
    thread.totals[i].AddInterval(thread.begin[i], thread.end[i]);
  }
}

void Session::Publish(benchmark::State& state) {
  ThreadCounters& thread = ThisThread();
  std::map<std::string, EventCount> traffic;
  if (options_.traffic != nullptr && state.thread_index() == 0) traffic = options_.traffic->End();
  bracketed_.fetch_add(1, std::memory_order_relaxed);
  if (state.thread_index() == 0) {
    turn_.fetch_add(1, std::memory_order_relaxed);
    if (options_.after_run) options_.after_run();
  }
  if (thread.current == nullptr) return;
  if (thread.read_failed) {
    RecordError(thread.pass, thread.current->Explain());
    // A pinned group in error stays so until it is enabled again: open it anew next time.
    thread.opened[static_cast<std::size_t>(thread.pass)].reset();
    thread.current = nullptr;
    return;
  }
  if (auto same = thread.current->CheckIds(thread.end); !same) {
    RecordError(thread.pass, same.error());
    return;
  }
  (void)thread.current->Disable();
  auto publish = [&](std::string_view field, std::uint64_t value) {
    state.counters[CounterName(thread.pass, field)] =
        benchmark::Counter(static_cast<double>(value));
  };
  publish("threads", 1);
  publish("iterations", static_cast<std::uint64_t>(state.iterations()));
  for (const SetCounts::Event& event : thread.current->Name(thread.totals).events) {
    publish("n:" + event.name, event.count);
    publish("e:" + event.name, event.time_enabled_ns);
    publish("r:" + event.name, event.time_running_ns);
  }
  for (const auto& [name, event] : traffic) {
    publish("n:" + name, static_cast<std::uint64_t>(event.count));
    publish("e:" + name, static_cast<std::uint64_t>(event.time_enabled_ns));
    publish("r:" + name, static_cast<std::uint64_t>(event.time_running_ns));
  }
}

}  // namespace pmubench::gbench
