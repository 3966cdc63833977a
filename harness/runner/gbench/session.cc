#include "runner/gbench/session.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>

#include "runner/gbench/bracketed_set.h"
#include "runner/loop_traffic.h"
#include "runner/process_counters.h"

namespace pmubench::gbench {

/// One thread's counters. Google Benchmark makes new threads for every run of a threaded
/// benchmark, so a thread opens only the pass it is asked for.
struct ThreadCounters {
  std::uint64_t generation = 0;
  std::vector<std::unique_ptr<BracketedSet>> own;  ///< by pass, opened when first asked for
  std::vector<BracketedSet> process;               ///< of another process: anew for every run
  std::vector<BracketedSet*> current;              ///< that this run counts with
  int pass = 0;
  bool armed = false;
  bool of_process = false;
  bool inside = false;
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

void Session::CountProcess(pid_t pid) {
  process_.store(pid);
  if (pid != 0) counts_process_.store(true);
}

Result<void> Session::OpenOwn(ThreadCounters& thread) const {
  auto& slot = thread.own[static_cast<std::size_t>(thread.pass)];
  if (!slot) {
    auto set =
        CounterSet::Open(kernel_, passes_[static_cast<std::size_t>(thread.pass)].events,
                         CounterTarget::CallingThread(), options_.hardware, options_.permissions);
    if (!set) return set.error();
    slot = std::make_unique<BracketedSet>(*std::move(set));
  }
  thread.current = {slot.get()};
  return {};
}

Result<void> Session::OpenProcess(ThreadCounters& thread, pid_t pid) const {
  const ManyOpenFiles many;
  auto sets = OpenOnProcess(kernel_, passes_[static_cast<std::size_t>(thread.pass)].events, pid,
                            options_.hardware, options_.permissions);
  if (!sets) return sets.error();
  thread.process.reserve(sets->size());
  for (CounterSet& set : *sets) {
    thread.current.push_back(&thread.process.emplace_back(std::move(set)));
  }
  return {};
}

void Session::Arm(const benchmark::State& state) {
  ThreadCounters& thread = ThisThread();
  if (thread.generation != generation_) {
    thread.own.clear();
    thread.own.resize(passes_.size());
    thread.generation = generation_;
  }
  thread.current.clear();
  thread.process.clear();
  thread.armed = false;
  thread.inside = false;
  if (passes_.empty()) return;
  // The turn moves on only after a run's stop barrier, and the threads of the next run start
  // after that, so all threads of a run see the same one.
  const int pinned = pinned_.load(std::memory_order_relaxed);
  thread.pass = pinned >= 0
                    ? pinned
                    : static_cast<int>(turn_.load(std::memory_order_relaxed) % passes_.size());
  const pid_t process = process_.load();
  thread.of_process = process != 0;
  Result<void> opened;
  if (!thread.of_process) opened = OpenOwn(thread);
  // One thread of the loop counts the process for all of them.
  if (thread.of_process && state.thread_index() == 0) opened = OpenProcess(thread, process);
  if (!opened) {
    RecordError(thread.pass, opened.error());
    return;
  }
  for (BracketedSet* counted : thread.current) {
    if (auto enabled = counted->set.Enable(); !enabled) {
      RecordError(thread.pass, enabled.error());
      thread.current.clear();
      return;
    }
  }
  thread.armed = true;
  // A first use of the buffers and of this code faults pages in, which would be counted.
  Start();
  Stop();
  for (BracketedSet* counted : thread.current) counted->Clear();
  if (options_.traffic != nullptr) options_.traffic->Begin();
}

void Session::Start() {
  ThreadCounters& thread = ThisThread();
  if (!thread.armed) return;
  thread.inside = true;
  for (BracketedSet* counted : thread.current) counted->Start();
}

void Session::Stop() {
  ThreadCounters& thread = ThisThread();
  if (!thread.inside) return;
  thread.inside = false;
  for (BracketedSet* counted : thread.current) counted->Stop();
}

void Session::Publish(benchmark::State& state) {
  ThreadCounters& thread = ThisThread();
  std::map<std::string, EventCount> counts;
  if (options_.traffic != nullptr && state.thread_index() == 0) counts = options_.traffic->End();
  bracketed_.fetch_add(1, std::memory_order_relaxed);
  if (state.thread_index() == 0) {
    turn_.fetch_add(1, std::memory_order_relaxed);
    if (options_.after_run) options_.after_run();
  }
  if (!thread.armed) return;
  double cpu_ns = 0;
  for (BracketedSet* counted : thread.current) {
    if (counted->failed) {
      RecordError(thread.pass, counted->set.Explain());
      // A pinned group in error stays so until it is enabled again: open it anew next time.
      thread.own[static_cast<std::size_t>(thread.pass)].reset();
      thread.armed = false;
      return;
    }
    if (auto same = counted->set.CheckIds(counted->end); !same) {
      RecordError(thread.pass, same.error());
      return;
    }
    (void)counted->set.Disable();
    // A task's events are enabled while it runs, so this is its CPU time.
    cpu_ns += static_cast<double>(counted->totals[0].time_enabled);
    for (const SetCounts::Event& event : counted->set.Name(counted->totals).events) {
      EventCount& sum = counts[event.name];
      sum.count += static_cast<double>(event.count);
      sum.time_enabled_ns += static_cast<double>(event.time_enabled_ns);
      sum.time_running_ns += static_cast<double>(event.time_running_ns);
    }
  }
  auto publish = [&](std::string_view field, double value) {
    state.counters[CounterName(thread.pass, field)] = benchmark::Counter(value);
  };
  publish("threads", 1);
  publish("iterations", static_cast<double>(state.iterations()));
  if (thread.of_process) publish("cpu", cpu_ns);
  for (const auto& [name, event] : counts) {
    publish("n:" + name, event.count);
    publish("e:" + name, event.time_enabled_ns);
    publish("r:" + name, event.time_running_ns);
  }
}

}  // namespace pmubench::gbench
