// The `pmubench` command. Exit codes: 0 fine, 1 a regression or a failed check, 2 wrong use or bad
// input, 3 the machine cannot measure what was asked.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "cli/ab.h"
#include "cli/bandwidth.h"
#include "cli/control.h"
#include "cli/history.h"
#include "cli/plan_source.h"
#ifdef PMUBENCH_HAS_STORE
#include "cli/fleet.h"
#include "cli/report.h"
#endif
#include "cli/verb.h"
#include "platform/text.h"

namespace pmubench {

int Fail(const Error& error) {
  // Not fmt::print, which throws where standard error is full too.
  std::fputs(fmt::format("pmubench: {}\n", error.ToString()).c_str(), stderr);
  return ExitCode(error.code);
}

bool UseColour() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

namespace {

constexpr const char* kFooter = R"(
First steps:
  pmubench doctor                     what this machine can measure, and what would change it
  pmubench run                        the bundled benchmarks with metrics
  pmubench run ./my_bench             any Google Benchmark binary; linked with
                                      pmubench::gbench_main it is measured loop by loop
  pmubench list metrics               what can be asked for with --metrics

Exit codes: 0 fine; 1 a regression or a failed check; 2 wrong use or bad input;
3 the machine cannot measure what was asked.
)";

/// "unknown verb" with the nearest one, in place of CLI11's "arguments were not expected".
int ExplainParseError(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (argc > 1 && argv[1][0] != '-') {
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
    const std::string given = argv[1];
    if (std::find(verbs.begin(), verbs.end(), given) == verbs.end()) {
      const std::string nearest = Nearest(given, verbs);
      return Fail({ErrorCode::kUsage, fmt::format("unknown verb '{}'", given),
                   nearest.empty() ? "`pmubench --help` lists the verbs"
                                   : fmt::format("did you mean `pmubench {}`?", nearest)});
    }
  }
  return Fail({ErrorCode::kUsage, error.what(), "--help shows what can be given"});
}

/// A full disk behind standard output must not pass for a success.
int WithOutputWritten(int exit_code) {
  std::cout.flush();
  if (std::cout.good() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  return Fail({ErrorCode::kSystem, "standard output could not be written", "is the disk full?"});
}

int Main(int argc, char** argv) {
  CLI::App app{"PMU metrics for benchmarks, with what it takes to trust them.", "pmubench"};
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("pmubench ") + PMUBENCH_VERSION);
  app.require_subcommand(1);
  int exit_code = 0;
  AddAnalyzeVerb(app, exit_code);
  AddBandwidthVerb(app, exit_code);
  AddControlVerb(app, exit_code);
  AddDoctorVerb(app, exit_code);
  AddListVerb(app, exit_code);
  AddPlanVerb(app, exit_code, PlanCaseFromCatalogue);
  AddProbeVerb(app, exit_code);
  AddPgoVerb(app, exit_code);
  AddRunVerb(app, exit_code);
  AddStatVerb(app, exit_code);
  AddValidateVerb(app, exit_code);
  AddCompareVerb(app, exit_code);
  AddAbVerb(app, exit_code);
  AddBisectVerb(app, exit_code);
  AddHistoryVerb(app, exit_code);
#ifdef PMUBENCH_HAS_STORE
  AddReportVerb(app, exit_code);
  AddCiVerb(app, exit_code);
  AddFleetVerb(app, exit_code);
#endif
  if (argc == 1) {
    std::cout << app.help();
    return 2;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app.exit(done);  // --help and --version
  } catch (const CLI::ParseError& error) {
    return ExplainParseError(app, error, argc, argv);
  } catch (const std::exception& error) {
    return Fail({ErrorCode::kSystem, error.what(), ""});
  }
  return WithOutputWritten(exit_code);
}

}  // namespace
}  // namespace pmubench

int main(int argc, char** argv) { return pmubench::Main(argc, argv); }
