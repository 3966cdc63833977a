#include "runner/gbench/flags.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "platform/text.h"

namespace pmubench::gbench {
namespace {

constexpr std::string_view kOurs = "--pmubench_";
constexpr std::string_view kTheirs = "--benchmark_";

Result<bool> ParseBool(std::string_view name, std::string_view value) {
  for (std::string_view yes : {"", "1", "true", "yes", "on", "t", "y"}) {
    if (value == yes) return true;
  }
  for (std::string_view no : {"0", "false", "no", "off", "f", "n"}) {
    if (value == no) return false;
  }
  return Error{ErrorCode::kUsage, fmt::format("{}={} is neither true nor false", name, value), ""};
}

/// Sets one pmubench flag; `name` is without prefix.
Result<void> SetOwn(Flags& flags, std::string_view name, std::string_view value) {
  auto set_bool = [&](bool& target) -> Result<void> {
    auto parsed = ParseBool(name, value);
    if (!parsed) return parsed.error();
    target = *parsed;
    return {};
  };
  if (name == "metrics") {
    flags.metrics = SplitList(value);
    if (flags.metrics.empty()) {
      return Error{ErrorCode::kUsage, "--pmubench_metrics names no metric",
                   "give names or sets, e.g. --pmubench_metrics=basic,branch_mpki; `pmubench list "
                   "metrics` shows them"};
    }
    return {};
  }
  if (name == "out") return flags.out = value, Result<void>{};
  if (name == "catalogue") return flags.catalogue = value, Result<void>{};
  if (name == "bandwidth") return flags.bandwidth = value, Result<void>{};
  if (name == "kernel") return set_bool(flags.kernel);
  if (name == "quiet") return set_bool(flags.quiet);
  return Error{ErrorCode::kUsage, fmt::format("unknown flag --pmubench_{}", name),
               "--help lists the flags"};
}

/// Copies a Google Benchmark flag if pmubench has to know it; true if Google Benchmark must not
/// see it.
Result<bool> CopyTheirs(Flags& flags, std::string_view name, std::string_view value) {
  auto set_bool = [&](bool& target) -> Result<bool> {
    auto parsed = ParseBool(name, value);
    if (!parsed) return parsed.error();
    target = *parsed;
    return true;
  };
  if (name == "repetitions") {
    int repetitions = 0;
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), repetitions);
    if (error != std::errc{} || end != value.data() + value.size() || repetitions < 1) {
      return Error{ErrorCode::kUsage,
                   fmt::format("--benchmark_repetitions={} is not a positive number", value), ""};
    }
    flags.repetitions = repetitions;
    return true;
  }
  if (name == "report_aggregates_only") return set_bool(flags.report_aggregates_only);
  if (name == "display_aggregates_only") return set_bool(flags.display_aggregates_only);
  if (name == "out") return flags.benchmark_out = value, Result<bool>(true);
  if (name == "out_format") return flags.benchmark_out_format = value, Result<bool>(true);
  if (name == "list_tests") {
    auto parsed = ParseBool(name, value);
    if (!parsed) return parsed.error();
    flags.list_tests = *parsed;
  }
  return false;
}

Result<void> TakeEnvironment(Flags& flags) {
  for (const char* name : {"metrics", "out", "catalogue", "bandwidth", "kernel", "quiet"}) {
    const char* value = std::getenv(("PMUBENCH_" + ToUpper(name)).c_str());
    if (value == nullptr || *value == '\0') continue;
    if (auto done = SetOwn(flags, name, value); !done) return done;
  }
  for (const char* name :
       {"repetitions", "report_aggregates_only", "display_aggregates_only", "out", "out_format"}) {
    const char* value = std::getenv(("BENCHMARK_" + ToUpper(name)).c_str());
    if (value == nullptr || *value == '\0') continue;
    if (auto done = CopyTheirs(flags, name, value); !done) return done.error();
  }
  return {};
}

}  // namespace

Result<Flags> TakeFlags(int* argc, char** argv) {
  Flags flags;
  if (auto done = TakeEnvironment(flags); !done) return done.error();
  int kept = *argc > 0 ? 1 : 0;
  for (int i = kept; i < *argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : argument.substr(equals + 1);
    bool taken = false;
    if (name.starts_with(kOurs)) {
      if (auto done = SetOwn(flags, name.substr(kOurs.size()), value); !done) return done.error();
      taken = true;
    } else if (name.starts_with(kTheirs)) {
      auto done = CopyTheirs(flags, name.substr(kTheirs.size()), value);
      if (!done) return done.error();
      taken = *done;
    } else if (name == "--help") {
      flags.help = true;
    }
    if (!taken) argv[kept++] = argv[i];
  }
  *argc = kept;
  argv[kept] = nullptr;
  return flags;
}

const char* FlagsHelp() {
  return R"(
pmubench: PMU metrics for these benchmarks
          [--pmubench_metrics=<metric or set>[,...]]  default: basic
                       `pmubench list metrics` shows all; sets: basic, caches, topdown, mix, server, all
          [--pmubench_out=<file>]           write the record: metrics, raw counts, machine (JSON)
          [--pmubench_catalogue=<file>]     events and metrics of your own
          [--pmubench_bandwidth={auto|off|<source>}]  bytes to and from memory, the whole machine's;
                       `pmubench list sources` shows what can measure them here
          [--pmubench_kernel={true|false}]  count kernel mode too (default: user space alone)
          [--pmubench_quiet={true|false}]   no notes about the metrics after the table
Each flag is also read from the environment, e.g. PMUBENCH_METRICS=ipc,branch_mpki.
With G groups of events, every repetition asked for is run G times, one group each: nothing is
multiplexed. Exit codes: 0 fine, 2 wrong use, 3 a metric asked for by name cannot be measured here.
)";
}

}  // namespace pmubench::gbench
