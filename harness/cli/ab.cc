// `pmubench ab`: the verb.
#include "cli/ab.h"

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <utility>

#include "cli/ab_pair.h"
#include "cli/ab_side.h"
#include "cli/git_tree.h"
#include "cli/preload_library.h"
#include "cli/suite_binary.h"
#include "cli/temporary_folder.h"
#include "cli/verb.h"
#include "platform/text.h"
#include "reports/compare/compare_output.h"

namespace pmubench {
namespace {

struct Request {
  std::string base;
  std::string now;
  std::vector<std::string> arguments;
  std::string pair;
  std::string metrics = "basic";
  bool git = false;
  std::string build;
  std::string run;
  AbOptions ab;
  std::string format = "text";
};

int Show(const Request& request, const AbSide& base, const AbSide& now) {
  const auto result = RunAb(base, now, request.ab);
  if (!result) return Fail(result.error());
  const int exit_code = compare::CompareExitCode(*result, request.ab.flags.strict);
  std::cout << (request.format == "json" ? compare::ToJson(*result, exit_code)
                                         : compare::ToText(*result, request.ab.flags.all));
  return exit_code;
}

void Equip(const Request& request, const std::filesystem::path& temporary, AbSide& base,
           AbSide& now) {
  for (AbSide* side : {&base, &now}) {
    side->metrics = SplitList(request.metrics);
    side->preload = PreloadLibrary();
    side->record = temporary / (side == &base ? "base.json" : "new.json");
  }
}

// Two variants in one program.
int ComparePair(const Request& request, const std::filesystem::path& temporary) {
  if (!request.ab.flags.history.empty()) {
    return Fail({ErrorCode::kUsage, "no history knows a pair of variants",
                 "leave --history away; --floor-timing sets a floor by hand"});
  }
  const auto words = ParseVariants(request.pair);
  if (!words) return Fail(words.error());
  const auto binary = SuiteBinary(request.base);
  if (!binary) return Fail(binary.error());
  const auto listed = ListBenchmarks(*binary, request.arguments);
  if (!listed) return Fail(listed.error());
  const auto names = PairVariants(*listed, *words);
  if (!names) return Fail(names.error());
  for (const std::string& name : names->alone) {
    fmt::print(stderr, "pmubench: {} has no partner with '{}'\n", name, words->now);
  }
  auto base = MakeVariantSide(*binary, words->base, request.arguments, names->base);
  if (!base) return Fail(base.error());
  auto now = MakeVariantSide(*binary, words->now, request.arguments, names->now);
  if (!now) return Fail(now.error());
  Equip(request, temporary, *base, *now);
  return Show(request, *base, *now);
}

// Sides that stand in `base_folder` and `now_folder`, "" for here.
int Compare(const Request& request, const std::filesystem::path& temporary,
            const std::string& base_given, const std::string& base_folder,
            const std::string& now_given, const std::string& now_folder) {
  auto base = MakeAbSide(base_given, base_folder, request.arguments);
  if (!base) return Fail(base.error());
  auto now = MakeAbSide(now_given, now_folder, request.arguments);
  if (!now) return Fail(now.error());
  if (base->is_benchmark != now->is_benchmark) {
    return Fail({ErrorCode::kUsage,
                 fmt::format("only '{}' is a Google Benchmark binary",
                             base->is_benchmark ? base->label : now->label),
                 "give two of a kind"});
  }
  Equip(request, temporary, *base, *now);
  return Show(request, *base, *now);
}

int Run(const Request& request) {
  const auto temporary = TemporaryFolder::Make();
  if (!temporary) return Fail(temporary.error());
  if (!request.pair.empty()) {
    if (request.now.empty() && !request.git) return ComparePair(request, temporary->path());
    return Fail({ErrorCode::kUsage, "--pair compares variants in one program",
                 "give one program, without --git"});
  }
  if (request.now.empty()) {
    return Fail({ErrorCode::kUsage, "only one side is given",
                 "give two, or --pair BASE:NEW for variants in one program"});
  }
  if (!request.git) {
    return Compare(request, temporary->path(), request.base, "", request.now, "");
  }
  if (request.run.empty()) {
    return Fail({ErrorCode::kUsage, "--git needs a command to compare",
                 "add --run PROGRAM, e.g. --run build/my_bench"});
  }
  const auto base = GitTree::Make(request.base, temporary->path() / "base");
  if (!base) return Fail(base.error());
  const auto now = GitTree::Make(request.now, temporary->path() / "new");
  if (!now) return Fail(now.error());
  for (const GitTree* tree : {&*base, &*now}) {
    if (auto built = tree->Build(request.build); !built) return Fail(built.error());
  }
  return Compare(request, temporary->path(), request.run, base->folder().string(), request.run,
                 now->folder().string());
}

}  // namespace

void AddAbVerb(CLI::App& app, int& exit_code) {
  CLI::App* verb =
      app.add_subcommand("ab", "Launch two programs in turns until it is decided which is faster");
  auto request = std::make_shared<Request>();
  verb->add_option("base", request->base,
                   "the program or command line before; with --git a revision")
      ->required();
  verb->add_option("new", request->now, "the one after; not with --pair");
  verb->add_option("arguments", request->arguments, "for both, after --");
  verb->add_option("--pair", request->pair,
                   "BASE:NEW: compare variants in one program (or bundled workload), benchmarks "
                   "whose names differ in these words");
  verb->add_option("--metrics", request->metrics,
                   "of Google Benchmark binaries: names of metrics or sets, with commas")
      ->capture_default_str();
  verb->add_flag("--git", request->git,
                 "base and new are revisions: each is checked out and built");
  verb->add_option("--build", request->build, "with --git: builds a revision, in its own folder");
  verb->add_option("--run", request->run,
                   "with --git: the program or command line, in that folder");
  AddAbFlags(*verb, request->ab);
  AddFormat(*verb, request->format);
  verb->footer(
      R"(Google Benchmark binaries are compared benchmark by benchmark, any other command by its wall
time, and its instructions where they can be counted.

With --pair each launch runs one variant's benchmarks, the next one the other's: ratios, intervals
and tests are of launches next to each other.

Launches alternate in random order, one of each is thrown away first. After 10, 20 and 40 launches
a side the figures are looked at, with 1/2, 1/4 and 1/4 of --alpha: looking more often would
multiply the false alarms. It ends when every benchmark is better, worse or equivalent.
Exit codes: 0 no regression, 1 a confirmed one, 2 wrong use or a side that fails, 3 undecided for
lack of launches.

Examples:
  pmubench ab build-before/my_bench build-after/my_bench -- --benchmark_filter=parse
  pmubench ab 'gzip -k1c big.txt' 'gzip -k6c big.txt'
  pmubench ab ./my_bench --pair std_sort:radix_sort -- --benchmark_min_time=0.05
  pmubench ab --git v1.2 HEAD --build 'cmake -B b && cmake --build b' --run b/my_bench)");
  verb->callback([request, &exit_code] {
    // `pmubench ab PROGRAM --pair a:b -- --benchmark_filter=x`: what follows -- is for the program.
    if (!request->pair.empty() && request->now.starts_with('-')) {
      request->arguments.insert(request->arguments.begin(), std::exchange(request->now, ""));
    }
    request->ab.paired = !request->pair.empty();
    exit_code = Run(*request);
  });
}

}  // namespace pmubench
