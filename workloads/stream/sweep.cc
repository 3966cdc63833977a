// Bandwidth over size, the ladder of methods, and single measurements for comparisons.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "stream/knee.h"
#include "stream/reference.h"
#include "stream/sample.h"
#include "stream/team.h"
#include "stream/traffic.h"

namespace pmubench::stream {
namespace {

using nlohmann::ordered_json;

struct Options : SampleOptions {
  std::string isa = BestIsa().name;
  int threads = 1;
  std::size_t mib = 0;
  bool small_pages = false;
  bool json = false;
  std::string op = "read";
  std::string store = "temporal";
  std::string method;
};

int Fail(const Error& error) {
  fmt::print(stderr, "{}\n", error.ToString());
  return ExitCode(error.code);
}

Result<const Isa*> ChosenIsa(const Options& options) {
  const Isa* isa = FindIsa(options.isa.c_str());
  if (isa != nullptr && isa->supported()) return isa;
  return Error{ErrorCode::kUsage, fmt::format("no instruction set '{}' on this CPU", options.isa),
               "leave --isa out for the widest"};
}

Result<const Kernel*> ChosenKernel(const Options& options) {
  const auto isa = ChosenIsa(options);
  if (!isa) return isa.error();
  const auto fits = [&](const Kernel& kernel) {
    return options.op == Name(kernel.op) &&
           (kernel.op == Op::kRead || options.store == Name(kernel.store)) &&
           (options.method.empty() ? DefaultMethod(**isa, kernel.op, kernel.store)
                                   : options.method) == kernel.method;
  };
  for (const Kernel& kernel : (*isa)->kernels()) {
    if (fits(kernel)) return &kernel;
  }
  for (const Kernel& kernel : ReferenceKernels()) {
    if (options.op == Name(kernel.op) && options.method == kernel.method) return &kernel;
  }
  return Error{ErrorCode::kUsage,
               fmt::format("no kernel {} {} {} for {}", options.op, options.store, options.method,
                           options.isa),
               "`ladder` lists them"};
}

/// The largest size of a sweep: several times any last cache there is, within what memory holds.
std::size_t LargestSweep(const Options& options) {
  if (options.mib != 0) return options.mib << 20;
  return std::min(std::size_t{768} << 20, AvailableMemory() / 6);
}

int Sweep(const Options& options) {
  const auto kernel = ChosenKernel(options);
  if (!kernel) return Fail(kernel.error());
  const std::size_t largest = LargestSweep(options);
  auto team = Team::Start(options.threads, largest,
                          options.small_pages ? PageSize::kSmall : PageSize::kHuge);
  if (!team) return Fail(team.error());
  Instruments instruments(options);
  ordered_json points = ordered_json::array();
  std::vector<SizePoint> curve;
  // Bytes touched, not bytes an array: a copy of 1 MiB keeps 2 MiB in the cache.
  const auto arrays = static_cast<std::size_t>(WordsOf((*kernel)->op).total());
  if (!options.json) fmt::print("{:>12} {:>10} {:>10}\n", "working set", "GB/s", "");
  for (std::size_t bytes = std::size_t{16} << 10; bytes <= largest * arrays;) {
    const std::size_t doubles = bytes / arrays / sizeof(double);
    const Sample sample = instruments.Measure(**team, **kernel, doubles);
    if (!sample.times.wrong.empty()) {
      fmt::print(stderr, "wrong result: {}\n", sample.times.wrong);
      return 1;
    }
    const auto threads = static_cast<std::size_t>(options.threads);
    const std::size_t used = doubles / kLineDoubles / threads * kLineDoubles * threads;
    const double bandwidth = GigaBytes((*kernel)->op, used, sample.times.median());
    curve.push_back({bytes, bandwidth});
    ordered_json point = ToJson(**kernel, options.isa, sample, used);
    point["working_set_bytes"] = bytes;
    points.push_back(std::move(point));
    if (!options.json) {
      fmt::print("{:>8} KiB {:>12.1f} {:>10}\n", bytes >> 10, bandwidth,
                 sample.quiet ? "" : "disturbed");
      std::fflush(stdout);
    }
    bytes = NextSize(bytes);
  }
  const auto knee = FindKnee(curve);
  if (options.json) {
    ordered_json out{{"bandwidth_over_size", std::move(points)}};
    instruments.AddTo(out);
    out["knee"] = nullptr;
    if (knee) {
      out["knee"] = {{"fits_bytes", knee->fits},
                     {"beyond_bytes", knee->beyond},
                     {"cache_gb_per_second", knee->cache_gb_per_second},
                     {"memory_gb_per_second", knee->memory_gb_per_second}};
    } else {
      out["knee_reason"] = "no plateau of memory bandwidth: give a larger --mib";
    }
    fmt::print("{}\n", out.dump(2));
  } else {
    if (knee) {
      fmt::print("the last cache ends between {} and {} KiB ({:.1f} GB/s, then {:.1f} GB/s)\n",
                 knee->fits >> 10, knee->beyond >> 10, knee->cache_gb_per_second,
                 knee->memory_gb_per_second);
    } else {
      fmt::print("no plateau of memory bandwidth found: give a larger --mib\n");
    }
    instruments.Print();
  }
  return 0;
}

int Ladder(const Options& options) {
  const auto isa = ChosenIsa(options);
  if (!isa) return Fail(isa.error());
  const std::size_t bytes = (options.mib == 0 ? 512 : options.mib) << 20;
  auto team =
      Team::Start(options.threads, bytes, options.small_pages ? PageSize::kSmall : PageSize::kHuge);
  if (!team) return Fail(team.error());
  Instruments instruments(options);
  std::vector<const Kernel*> kernels;
  for (const Kernel& kernel : (*isa)->kernels()) kernels.push_back(&kernel);
  for (const Kernel& kernel : ReferenceKernels()) kernels.push_back(&kernel);
  ordered_json rows = ordered_json::array();
  std::vector<Rate> temporal;
  for (const Kernel* kernel : kernels) {
    const Sample sample = instruments.Measure(**team, *kernel);
    if (!sample.times.wrong.empty()) {
      fmt::print(stderr, "{}/{}: wrong result: {}\n", Name(kernel->op), kernel->method,
                 sample.times.wrong);
      return 1;
    }
    rows.push_back(ToJson(*kernel, options.isa, sample, (*team)->size()));
    if (kernel->store == Store::kTemporal && std::strcmp(kernel->method, "linear") == 0 &&
        kernel->op != Op::kRead && kernel->op != Op::kWrite) {
      temporal.push_back(
          {kernel->op, static_cast<double>((*team)->size()) / sample.times.median()});
    }
    if (!options.json) {
      fmt::print("{:<6} {:<12} {:<16} {:>8.2f} GB/s{}{}\n", Name(kernel->op), Name(kernel->store),
                 kernel->method, GigaBytes(kernel->op, (*team)->size(), sample.times.median()),
                 sample.quiet ? "" : "  disturbed", MemoryText(sample));
      std::fflush(stdout);
    }
  }
  const auto estimate = EstimateWriteAllocate(temporal);
  if (options.json) {
    ordered_json out{{"ladder", std::move(rows)}};
    instruments.AddTo(out);
    if (estimate) {
      out["write_allocate_from_time"] = {{"share", estimate->share},
                                         {"spread", estimate->spread},
                                         {"spread_without", estimate->spread_without}};
    }
    fmt::print("{}\n", out.dump(2));
  } else {
    if (estimate) {
      fmt::print(
          "write-allocate, estimated from time: share {:.2f} makes the temporal kernels' memory\n"
          "bandwidths alike within {:.1f} % ({:.1f} % without)\n",
          estimate->share, 100 * estimate->spread, 100 * estimate->spread_without);
    }
    instruments.Print();
  }
  return 0;
}

int One(const Options& options) {
  const auto kernel = ChosenKernel(options);
  if (!kernel) return Fail(kernel.error());
  const std::size_t bytes = (options.mib == 0 ? 512 : options.mib) << 20;
  auto team =
      Team::Start(options.threads, bytes, options.small_pages ? PageSize::kSmall : PageSize::kHuge);
  if (!team) return Fail(team.error());
  Instruments instruments(options);
  const Sample sample = instruments.Measure(**team, **kernel);
  if (!sample.times.wrong.empty()) {
    fmt::print(stderr, "wrong result: {}\n", sample.times.wrong);
    return 1;
  }
  fmt::print("{}\n", ToJson(**kernel, options.isa, sample, (*team)->size()).dump());
  return 0;
}

int Methods(const Options& options) {
  const auto isa = ChosenIsa(options);
  if (!isa) return Fail(isa.error());
  for (const Kernel& kernel : (*isa)->kernels()) {
    if (options.op == Name(kernel.op) && options.store == Name(kernel.store)) {
      fmt::print("{}\n", kernel.method);
    }
  }
  return 0;
}

}  // namespace
}  // namespace pmubench::stream

int main(int argc, char** argv) {
  using namespace pmubench::stream;  // NOLINT
  Options options;
  CLI::App app{"Memory bandwidth with kernels of our own: over size, by method, or one of them."};
  app.require_subcommand(1);
  const auto common = [&](CLI::App* verb) {
    verb->add_option("--isa", options.isa, "instruction set")->capture_default_str();
    verb->add_option("--threads", options.threads, "pinned threads")->capture_default_str();
    verb->add_option("--mib", options.mib, "MiB an array over all threads (0: chosen)");
    verb->add_option("--seconds", options.seconds, "time a sample")->capture_default_str();
    verb->add_option("--attempts", options.attempts, "samples tried for a quiet one")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    verb->add_option("--gate-cpus", options.gate.other, "CPUs that others may use in a sample")
        ->capture_default_str();
    verb->add_flag("--small-pages", options.small_pages, "4 KiB pages instead of huge ones");
  };
  const auto which = [&](CLI::App* verb) {
    verb->add_option("--op", options.op, "read, write, copy, scale, add or triad")
        ->capture_default_str();
    verb->add_option("--store", options.store, "temporal or nontemporal")->capture_default_str();
    verb->add_option("--method", options.method, "method (the default one of the operation)");
  };
  auto* sweep = app.add_subcommand("sweep", "bandwidth over size, and where the last cache ends");
  auto* ladder = app.add_subcommand("ladder", "every method, memcpy and memset in memory");
  auto* one = app.add_subcommand("one", "one kernel, result as a line of JSON");
  auto* methods = app.add_subcommand("methods", "names of the methods of an operation");
  for (CLI::App* verb : {sweep, ladder, one, methods}) common(verb);
  for (CLI::App* verb : {sweep, one, methods}) which(verb);
  for (CLI::App* verb : {sweep, ladder}) verb->add_flag("--json", options.json, "print JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (sweep->parsed()) return Sweep(options);
  if (methods->parsed()) return Methods(options);
  return ladder->parsed() ? Ladder(options) : One(options);
}
