// PMU metrics for Google Benchmark.
//
// The zero-edit way: link with pmubench::gbench_main in place of benchmark::benchmark_main; the
// benchmarks stay as they are. The documented way, for a main of one's own: link with
// pmubench::gbench, write the loop as
//
//   for (auto _ : pmubench::Counted(state)) { ... }
//
// and call pmubench::RunBenchmarks from main (or use PMUBENCH_MAIN()).
#pragma once

#include <benchmark/benchmark.h>
#include <sys/types.h>

namespace pmubench {

/// Bracket of a timed loop: the events of the current pass are read right after the loop's timer
/// starts and right before it stops, never per iteration. PauseTiming and ResumeTiming of the
/// state are respected. Without a running measurement it is Google Benchmark's own loop.
/// One per loop, on the loop's thread.
class Counted {
 public:
  explicit Counted(benchmark::State& state) : state_(state) {}

  struct Sentinel {};
  /// What the loop variable is; has a destructor so that an unused one gives no warning.
  struct Value {
    ~Value() {}  // NOLINT(modernize-use-equals-default): trivial would warn "unused variable"
  };

  class Iterator {
   public:
    Iterator(Counted* loop, benchmark::IterationCount left) : loop_(loop), left_(left) {}
    Value operator*() const { return {}; }
    Iterator& operator++() {
      --left_;
      return *this;
    }
    bool operator!=(Sentinel) {
      if (__builtin_expect(left_ != 0, 1)) return true;
      loop_->Finish();
      return false;
    }

   private:
    Counted* loop_;
    benchmark::IterationCount left_;
  };

  Iterator begin() { return {this, Begin()}; }
  static Sentinel end() { return {}; }

 private:
  benchmark::IterationCount Begin();
  void Finish();

  benchmark::State& state_;
  bool running_ = false;
};

/// While it lives, this process's loops count the process `pid` in place of their own threads: all
/// threads of it, and those that it starts meanwhile. For a benchmark whose work a server does:
/// what is counted, and the CPU time that metrics are made with, are the server's. Make it before
/// the loop, one at a time. Without a running measurement it does nothing.
class CountedProcess {
 public:
  explicit CountedProcess(pid_t pid);
  ~CountedProcess();
  CountedProcess(const CountedProcess&) = delete;
  CountedProcess& operator=(const CountedProcess&) = delete;
};

/// Runs the registered benchmarks with metrics: takes Google Benchmark's flags and pmubench's own
/// (`--help` lists both), prints the table, writes the record. Gives the exit code for main:
/// 0 fine, 2 wrong use, 3 the machine cannot measure what was asked by name.
int RunBenchmarks(int argc, char** argv);

}  // namespace pmubench

/// A main that runs the registered benchmarks with metrics.
#define PMUBENCH_MAIN() \
  int main(int argc, char** argv) { return ::pmubench::RunBenchmarks(argc, argv); }
