// `pmubench bandwidth`: memory bandwidth, measured or computed from recordings.
#include "cli/bandwidth.h"

#include <memory>

#include "cli/bandwidth_live.h"
#include "cli/verb.h"

namespace pmubench {

void AddBandwidthVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("bandwidth", "Memory bandwidth: read and write, by socket");
  AddBandwidthLocate(*verb, exit_code);
  AddBandwidthReplay(*verb, exit_code);
  verb->require_subcommand(0, 1);
  auto options = std::make_shared<BandwidthLiveOptions>();
  verb->add_option("command", options->command, "measure while it runs, after --");
  verb->add_option("--source", options->source, "how to measure (default: the best there is)");
  verb->add_option("-I,--interval", options->interval_ms, "a line every so many milliseconds")
      ->check(CLI::Range(10.0, 1e9))
      ->capture_default_str();
  verb->add_option("--duration", options->duration_s, "stop after so many seconds")
      ->check(CLI::Range(0.001, 1e9));
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
