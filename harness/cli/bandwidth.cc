// `pmubench bandwidth`: memory bandwidth, measured or computed from recordings.
#include "cli/bandwidth.h"

#include "cli/verb.h"

namespace pmubench {

void AddBandwidthVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("bandwidth", "Memory bandwidth: read and write, by socket");
  verb->require_subcommand(1);
  AddBandwidthLocate(*verb, exit_code);
  AddBandwidthReplay(*verb, exit_code);
  verb->footer(R"(
`pmubench list sources` says which sources of bandwidth this machine has, and which is chosen.

Example: pmubench bandwidth replay run1.csv run2.csv --source dmc620)");
}

}  // namespace pmubench
