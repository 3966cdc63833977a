// `pmubench bisect`: which commit made it slower, by `git bisect run` with a decided comparison.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "cli/ab.h"
#include "cli/ab_side.h"
#include "cli/git_tree.h"
#include "cli/preload_library.h"
#include "cli/temporary_folder.h"
#include "cli/verb.h"
#include "platform/text.h"
#include "reports/compare/compare_output.h"
#include "reports/compare/explain.h"
#include "reports/store/json_text.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

// What `git bisect run` reads from an exit code.
constexpr int kGood = 0;
constexpr int kBad = 1;
constexpr int kSkip = 125;
constexpr int kAbort = 128;

struct Request {
  std::string good;
  std::string bad = "HEAD";
  std::string build;
  std::string run;
  std::vector<std::string> arguments;
  std::string metrics = "basic";
  std::string reference;  // set in a step: the folder of the good build
  AbOptions ab;
};

Result<compare::CompareResult> CompareTrees(const Request& request, const fs::path& good,
                                            const fs::path& now) {
  auto temporary = TemporaryFolder::Make();
  if (!temporary) return temporary.error();
  auto base_side = MakeAbSide(request.run, good.string(), request.arguments);
  if (!base_side) return base_side.error();
  auto now_side = MakeAbSide(request.run, now.string(), request.arguments);
  if (!now_side) return now_side.error();
  base_side->record = temporary->path() / "good.json";
  now_side->record = temporary->path() / "now.json";
  for (AbSide* side : {&*base_side, &*now_side}) {
    side->metrics = SplitList(request.metrics);
    side->preload = PreloadLibrary();
  }
  return RunAb(*base_side, *now_side, request.ab);
}

void Tell(const compare::CompareResult& result) {
  for (const auto& benchmark : result.benchmarks) {
    fmt::print(stderr, "  {}: {}: {}\n", store::Printable(benchmark.name),
               statistics::VerdictName(benchmark.verdict),
               store::Printable(compare::Explain(benchmark)));
  }
}

// One commit, checked out in the current folder.
int Step(const Request& request) {
  const auto built = RunLoud({"/bin/sh", "-c", request.build.empty() ? ":" : request.build});
  if (!built) {
    Fail(built.error());
    return kAbort;
  }
  if (*built != 0) {
    fmt::print(stderr, "pmubench: this commit does not build: skipped\n");
    return kSkip;
  }
  const auto result = CompareTrees(request, request.reference, fs::current_path());
  if (!result) {
    Fail(result.error());
    return kSkip;
  }
  Tell(*result);
  const int decided = compare::CompareExitCode(*result, true);
  return decided == 0 ? kGood : decided == 1 ? kBad : kSkip;
}

std::vector<std::string> StepCommand(const Request& request, const fs::path& reference) {
  std::vector<std::string> command = {fs::read_symlink("/proc/self/exe").string(),
                                      "bisect",
                                      "--step",
                                      reference.string(),
                                      "--run",
                                      request.run,
                                      "--metrics",
                                      request.metrics,
                                      "--first-look",
                                      fmt::format("{}", request.ab.first_look),
                                      "--launches",
                                      fmt::format("{}", request.ab.most_launches),
                                      "--budget",
                                      fmt::format("{}", request.ab.budget_seconds),
                                      "--alpha",
                                      fmt::format("{}", request.ab.flags.alpha)};
  if (!request.build.empty()) command.insert(command.end(), {"--build", request.build});
  for (const std::string& gate : request.ab.flags.gates) {
    command.insert(command.end(), {"--gate", gate});
  }
  for (const auto& [name, floor] : request.ab.flags.floors) {
    command.insert(command.end(), {"--floor-" + name, fmt::format("{}", floor)});
  }
  if (const std::string& history = request.ab.flags.history; !history.empty()) {
    // A step runs in another folder.
    const std::string location = fs::exists(history) ? fs::absolute(history).string() : history;
    command.insert(command.end(), {"--history", location});
    if (const std::string& branch = request.ab.flags.history_branch; !branch.empty()) {
      command.insert(command.end(), {"--history-branch", branch});
    }
  }
  if (!request.arguments.empty()) command.emplace_back("--");
  command.insert(command.end(), request.arguments.begin(), request.arguments.end());
  return command;
}

std::vector<std::string> GitIn(const fs::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "-C", folder.string()});
  return arguments;
}

Result<int> Bisect(const Request& request) {
  auto temporary = TemporaryFolder::Make();
  if (!temporary) return temporary.error();
  const auto good = GitTree::Make(request.good, temporary->path() / "good");
  if (!good) return good.error();
  const auto walk = GitTree::Make(request.bad, temporary->path() / "walk");
  if (!walk) return walk.error();
  for (const GitTree* tree : {&*good, &*walk}) {
    if (auto built = tree->Build(request.build); !built) return built.error();
  }
  // Between two commits that do not differ there is nothing to find.
  const auto ends = CompareTrees(request, good->folder(), walk->folder());
  if (!ends) return ends.error();
  Tell(*ends);
  if (ends->Count(statistics::Verdict::kWorse) == 0) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("'{}' is not shown to be worse than '{}'", request.bad, request.good),
                 "give other revisions, more --launches, or a smaller --floor-timing"};
  }
  const auto started =
      RunLoud(GitIn(walk->folder(), {"bisect", "start", request.bad, request.good}));
  if (!started) return started.error();
  if (*started != 0) {
    return Error{ErrorCode::kBadInput, "git bisect does not start",
                 "--good has to be an ancestor of --bad"};
  }
  std::vector<std::string> run = {"bisect", "run"};
  const auto step = StepCommand(request, good->folder());
  run.insert(run.end(), step.begin(), step.end());
  const auto found = RunLoud(GitIn(walk->folder(), run));
  if (!found) return found.error();
  // Exit code 2 of git: only commits that could not be decided are left.
  return *found == 0 ? 0 : 3;
}

int Run(const Request& request) {
  if (!request.reference.empty()) return Step(request);
  if (request.good.empty()) {
    return Fail({ErrorCode::kUsage, "no --good revision",
                 "name one from before the change, e.g. the first commit of an event's range"});
  }
  const auto done = Bisect(request);
  return done ? *done : Fail(done.error());
}

}  // namespace

void AddBisectVerb(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("bisect", "Find the commit that made a program slower");
  auto request = std::make_shared<Request>();
  verb->add_option("--good", request->good, "a revision from before");
  verb->add_option("--bad", request->bad, "one that is slower")->capture_default_str();
  verb->add_option("--build", request->build, "builds a revision, in its own folder");
  verb->add_option("--run", request->run, "the program or command line, in that folder")
      ->required();
  verb->add_option("arguments", request->arguments, "for the program, after --");
  verb->add_option("--metrics", request->metrics, "of Google Benchmark binaries")
      ->capture_default_str();
  verb->add_option("--step", request->reference)->group("");
  AddAbFlags(*verb, request->ab);
  verb->footer(
      R"(Works on checkouts of its own: your tree stays as it is. First the two ends are compared; if the
bad one is confirmed, `git bisect run` builds each commit and launches it in turns with the good
one, as `pmubench ab` does. Commits that do not build or cannot be decided are skipped.
Exit codes: 0 found, 2 wrong use or nothing to find, 3 only undecided commits are left.

Example:
  pmubench bisect --good v1.2 --bad HEAD --build 'cmake -B b && cmake --build b' \
    --run b/my_bench -- --benchmark_filter=parse)");
  verb->callback([request, &exit_code] { exit_code = Run(*request); });
}

}  // namespace pmubench
