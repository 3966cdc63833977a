// `pmubench ci`: the nightly or pull-request job in one command.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/ci_job.h"
#include "cli/program_folder.h"
#include "cli/report.h"
#include "cli/verb.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

struct Request {
  CiArguments job;
  bool no_canary = false;
  std::string format = "text";
};

std::string Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

/// The bundled canary, where it was built.
std::string BundledCanary() {
  const fs::path canary = ProgramFolder() / "pmubench_canary";
  return fs::exists(canary) ? canary.string() : "";
}

int RunCi(Request request) {
  if (request.no_canary) {
    request.job.canary.clear();
  } else if (request.job.canary.empty()) {
    request.job.canary = BundledCanary();
  }
  const auto code = RunCiJob(request.job, ReadCiContext(Variable));
  if (!code) return Fail(code.error());
  const fs::path folder = request.job.folder;
  const char* page = request.format == "json" ? "report.json" : "report.md";
  std::cout << std::ifstream(folder / page).rdbuf();
  fmt::print(stderr, "pmubench: {}\n", (folder / "report.html").string());
  return *code;
}

}  // namespace

void AddCiVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "ci", "Run a suite, compare it with its baseline, write all pages: a job in one command");
  auto request = std::make_shared<Request>();
  CiArguments& job = request->job;
  AddStoreOption(*verb, job.store);
  verb->add_option("binary", job.binary, "a Google Benchmark binary")->required();
  verb->add_option("arguments", job.arguments, "for the binary, after --");
  verb->add_option("--base", job.base,
                   "compare with this binary, launched in turns with the other: the surest way");
  verb->add_option("--baseline", job.baseline,
                   "without --base: compare with the newest run of this branch (default: what the "
                   "pull request goes to, else the branch itself)");
  verb->add_option("--launches", job.launches,
                   "launches a side; what they do not settle is launched as often again")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--metrics", job.metrics, "names of metrics or sets, with commas")
      ->capture_default_str();
  verb->add_option("--out", job.folder, "folder of records and pages")->capture_default_str();
  AddImportFlags(*verb, job.flags);
  AddNightOptions(*verb, job.night);
  verb->add_option("--canary", job.canary,
                   "a fixed program that tells when the machine moved: a Google Benchmark binary "
                   "whose names begin with canary/ (default: the bundled pmubench_canary)");
  verb->add_flag("--no-canary", request->no_canary, "do not run a canary");
  verb->add_flag("--no-import", job.no_import, "leave the history as it is");
  verb->add_flag("--strict", job.strict, "inconclusive or removed benchmarks end with 3");
  AddFormat(*verb, request->format);
  verb->footer(
      R"(Branch, commit and baseline come from GitHub Actions, GitLab or Jenkins where it runs there.
In the folder: report.html, report.md, junit.xml, report.json, metrics.prom, every record.

Exit codes: 0 no regression; 1 a regression, seen again when measured again; 2 wrong use; 3 too
little was measured, nothing to compare a pull request with, or the environment moved.

Examples:
  pmubench ci ./my_bench                             each night, with a history
  pmubench ci --base old/my_bench build/my_bench     a pull request, both builds at hand)");
  verb->callback([request, &exit_code] { exit_code = RunCi(*request); });
}

}  // namespace pmubench
