// `pmubench compare`: did anything change between two sets of launches?
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "cli/compare_options.h"
#ifdef PMUBENCH_HAS_STORE
#include "cli/historic_noise.h"
#endif
#include "cli/verb.h"
#include "reports/compare/compare_output.h"

namespace pmubench {
namespace {

struct Request {
  std::string base;
  std::string now;
  std::vector<std::string> more_base;
  std::vector<std::string> more_now;
  CompareFlags flags;
  bool pool = false;
  std::string format = "text";
};

std::vector<std::string> Side(const std::string& first, const std::vector<std::string>& more) {
  std::vector<std::string> paths{first};
  paths.insert(paths.end(), more.begin(), more.end());
  return paths;
}

int Run(const Request& request) {
  auto options = request.flags.Options();
  if (!options) return Fail(options.error());
  options->pool_repetitions = request.pool;
  const auto base = compare::ReadLaunches(Side(request.base, request.more_base));
  if (!base) return Fail(base.error());
  const auto now = compare::ReadLaunches(Side(request.now, request.more_now));
  if (!now) return Fail(now.error());
#ifdef PMUBENCH_HAS_STORE
  if (auto known = TakeHistoricNoise(request.flags, now->front().source, *options); !known) {
    return Fail(known.error());
  }
#endif
  const auto result = compare::Compare(*base, *now, *options);
  if (!result) return Fail(result.error());
  const int exit_code = compare::CompareExitCode(*result, request.flags.strict);
  std::cout << (request.format == "json" ? compare::ToJson(*result, exit_code)
                                         : compare::ToText(*result, request.flags.all));
  return exit_code;
}

}  // namespace

void AddCompareVerb(CLI::App& app, int& exit_code) {
  CLI::App* verb =
      app.add_subcommand("compare", "Compare two sets of launches: better, worse, or not to say");
  auto request = std::make_shared<Request>();
  verb->add_option("base", request->base, "the launches before: a file or a folder of *.json files")
      ->required();
  verb->add_option("new", request->now, "the launches after")->required();
  verb->add_option("--base", request->more_base, "more files or folders of the side before");
  verb->add_option("--new", request->more_now, "more files or folders of the side after");
  verb->add_flag("--pool-repetitions", request->pool,
                 "take repetitions for launches: many false alarms, see below");
  AddCompareFlags(*verb, request->flags);
  AddFormat(*verb, request->format);
  verb->footer(
      R"(Each file is one launch: a record of `pmubench run`, or Google Benchmark's JSON; a bundle of
`pmubench history export` holds several. Launch each side 10 times or more (`pmubench ab` does it
for you): what a process gets by chance - addresses, page colours - shifts all its repetitions
together, so repetitions of one launch tell nothing of the next.

Time and instructions of every benchmark decide; other metrics explain what changed.
Exit codes: 0 no regression, 1 a confirmed one, 2 wrong use, 3 too little was measured.

Examples:
  pmubench compare before/ after/
  pmubench compare --gate items_per_second --floor-timing 0.02 before/ after/)");
  verb->callback([request, &exit_code] { exit_code = Run(*request); });
}

}  // namespace pmubench
