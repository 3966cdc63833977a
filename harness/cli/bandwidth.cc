// `pmubench bandwidth`: memory bandwidth, measured or computed from recordings.
#include "cli/bandwidth.h"

#include <memory>

#include "cli/bandwidth_check.h"
#include "cli/bandwidth_live.h"
#include "cli/verb.h"

namespace pmubench {
namespace {

void AddCheck(CLI::App& bandwidth, int& exit_code) {
  auto* verb =
      bandwidth.add_subcommand("check", "Move known bytes: can the numbers be trusted here?");
  auto options = std::make_shared<BandwidthCheckOptions>();
  verb->add_option("--source", options->source, "which to check (default: the best there is)");
  verb->add_option("--seconds", options->seconds, "of each kernel")
      ->check(CLI::Range(0.05, 3600.0))
      ->capture_default_str();
  verb->add_option("--tolerance", options->tolerance, "agrees within this share")
      ->check(CLI::Range(0.0001, 1.0))
      ->capture_default_str();
  verb->add_option("--socket", options->socket,
                   "load this socket and its memory only (default: all)");
  verb->add_option("--array-mib", options->array_mib,
                   "each of a thread's three arrays (default: four times the caches, all together)")
      ->check(CLI::Range(0.25, 1e6));
  AddFormat(*verb, options->format);
  verb->footer(R"(
Runs kernels of known traffic on all CPUs - read, write, non-temporal write, copy, triad - and compares what
the source counts. Other programs' traffic is counted too: run it on a quiet machine. The highest rates are
kept as what this machine can attain; `pmubench bandwidth` gives its share of them.

Example: sudo pmubench bandwidth check --source cmn

Exit code 1: the source differs from what was moved by more than the tolerance.)");
  verb->callback([options, &exit_code] {
    const auto done = RunBandwidthCheck(*options);
    exit_code = done ? *done : Fail(done.error());
  });
}

}  // namespace

void AddBandwidthVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("bandwidth", "Memory bandwidth: read and write, by socket");
  AddBandwidthLocate(*verb, exit_code);
  AddBandwidthReplay(*verb, exit_code);
  AddCheck(*verb, exit_code);
  verb->require_subcommand(0, 1);
  auto options = std::make_shared<BandwidthLiveOptions>();
  verb->add_option("command", options->command, "measure while it runs, after --");
  verb->add_option("--source", options->source, "how to measure (default: the best there is)");
  verb->add_option("-I,--interval", options->interval_ms, "a line every so many milliseconds")
      ->check(CLI::Range(10.0, 1e9))
      ->capture_default_str();
  verb->add_option("--duration", options->duration_s, "stop after so many seconds")
      ->check(CLI::Range(0.001, 1e9));
  auto* ways =
      verb->add_option("--l3-ways", options->limits.l3_ways,
                       "the command may use so many ways of the last-level cache (resctrl)");
  auto* percent = verb->add_option("--mb-percent", options->limits.mb_percent,
                                   "and this share of memory bandwidth (resctrl)")
                      ->check(CLI::Range(1, 100));
  auto* only = verb->add_flag("--only-command", options->only_command,
                              "measure the command's own bytes, not the machine's (resctrl)");
  for (CLI::Option* option : {ways, percent, only}) option->needs("command");
  verb->add_option("--format", options->format,
                   "text for people, json (a document a line), csv (bytes/s)")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  verb->footer(R"(
Measures all of the machine, whoever causes the traffic, until the command ends, --duration is over, or
Ctrl-C; the last line is the whole run. GB/s are decimal. `pmubench list sources` says which sources there
are and which is chosen. Exit code: the command's own; 3 where no source can be used.

Examples:
  pmubench bandwidth
  pmubench bandwidth --interval 100 --format csv -- ./my_program > series.csv
  pmubench bandwidth replay run1.csv run2.csv --source dmc620)");
  verb->callback([verb, options, &exit_code] {
    if (!verb->get_subcommands().empty()) return;
    const auto done = RunBandwidthLive(*options);
    exit_code = done ? *done : Fail(done.error());
  });
}

}  // namespace pmubench
