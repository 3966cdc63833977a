// `pmubench history export` and `migrate`: runs out of a store, and across.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/history_store.h"
#include "cli/verb.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

struct ExportArguments {
  std::string store;
  RunSelection selection;
  std::vector<std::string> uuids;
  std::string folder;
  std::string format = "text";
};

int ToStandardOutput(store::Store& store, const std::string& uuid) {
  const auto run = store.Read(uuid);
  if (!run) return Fail(run.error());
  std::cout << store::FormatBundle(*run) << std::flush;
  if (!std::cout) return Fail({ErrorCode::kSystem, "standard output cannot be written", ""});
  return 0;
}

int Export(const ExportArguments& arguments) {
  auto store = store::OpenStore(arguments.store, store::OpenMode::kRead);
  if (!store) return Fail(store.error());
  std::vector<std::string> wanted = arguments.uuids;
  if (wanted.empty()) {
    auto runs = (*store)->Runs(arguments.selection.Filter());
    if (!runs) return Fail(runs.error());
    for (const store::RunInfo& run : *runs) wanted.push_back(run.uuid);
  }
  if (arguments.folder.empty()) {
    if (wanted.size() == 1) return ToStandardOutput(**store, wanted.front());
    return Fail({ErrorCode::kUsage,
                 fmt::format("{} runs do not fit standard output", wanted.size()),
                 "name a folder with --out, or one run"});
  }
  std::error_code error;
  fs::create_directories(arguments.folder, error);
  Progress progress(wanted.size(), "runs");
  for (const std::string& uuid : wanted) {
    const auto run = (*store)->Read(uuid);
    if (!run) return Fail(run.error());
    const fs::path file = fs::path(arguments.folder) / (uuid + ".json");
    if (auto done = store::WriteBundle(*run, file); !done) return Fail(done.error());
    progress.Step();
  }
  if (arguments.format == "json") {
    fmt::print("{{\"written\": {}}}\n", wanted.size());
  } else {
    fmt::print("{} runs written to {}\n", wanted.size(), arguments.folder);
  }
  return 0;
}

int Migrate(const std::string& from, const std::string& to, const std::string& format) {
  auto source = store::OpenStore(from, store::OpenMode::kRead);
  if (!source) return Fail(source.error());
  auto target = store::OpenStore(to, store::OpenMode::kCreate);
  if (!target) return Fail(target.error());
  auto runs = (*source)->Runs({});
  if (!runs) return Fail(runs.error());
  std::size_t added = 0;
  Progress progress(runs->size(), "runs");
  for (const store::RunInfo& info : *runs) {
    auto run = (*source)->Read(info.uuid);
    if (!run) return Fail(run.error());
    auto outcome = (*target)->Add(*run);
    if (!outcome) return Fail(outcome.error());
    added += *outcome == store::AddOutcome::kAdded ? 1 : 0;
    progress.Step();
  }
  if (format == "json") {
    fmt::print("{{\"added\": {}, \"already_there\": {}}}\n", added, runs->size() - added);
  } else {
    fmt::print("{} of {} runs copied from {} to {}; the others were there\n", added, runs->size(),
               (*source)->Describe(), (*target)->Describe());
  }
  return 0;
}

}  // namespace

void AddHistoryExportVerb(CLI::App& history, int& exit_code) {
  auto* verb = history.add_subcommand("export", "Write runs as JSON bundles, one a run");
  auto arguments = std::make_shared<ExportArguments>();
  AddStoreOption(*verb, arguments->store);
  AddRunSelection(*verb, arguments->selection);
  verb->add_option("runs", arguments->uuids, "UUIDs; default: all that the selection leaves");
  verb->add_option("--out", arguments->folder,
                   "a folder; one run goes to standard output without it");
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(A bundle is a record with all launch values: `import` reads it, and so does whatever reads
Google Benchmark's JSON.

Example:
  pmubench history export --branch main --newest 30 --out bundles)");
  verb->callback([arguments, &exit_code] { exit_code = Export(*arguments); });
}

void AddHistoryMigrateVerb(CLI::App& history, int& exit_code) {
  auto* verb = history.add_subcommand("migrate", "Copy a history to another back end");
  auto from = std::make_shared<std::string>();
  auto to = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>("text");
  verb->add_option("from", *from, "an SQLite file or postgresql://...")->required();
  verb->add_option("to", *to, "where to; what is there already is kept")->required();
  AddFormat(*verb, *format);
  verb->footer(
      R"(It can be interrupted and started again: a run that has arrived is not copied twice.

Example:
  pmubench history migrate nightly.db postgresql://bench@db.example/history)");
  verb->callback([=, &exit_code] { exit_code = Migrate(*from, *to, *format); });
}

}  // namespace pmubench
