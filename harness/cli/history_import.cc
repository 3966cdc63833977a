// `pmubench history import`: records into a store.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "cli/history_store.h"
#include "cli/verb.h"
#include "reports/store/sample.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

struct ImportArguments {
  std::string store;
  std::vector<std::string> files;
  ImportFlags flags;
  bool launches = false;
  std::string format = "text";
};

/// Folders stand for the .json files in them, in order of name.
std::vector<std::string> Expand(const std::vector<std::string>& given) {
  std::vector<std::string> files;
  for (const std::string& name : given) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      files.push_back(name);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::directory_iterator(name, error)) {
      if (entry.path().extension() == ".json") inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

Result<store::Run> ReadOne(const std::string& file, const store::ImportOptions& options) {
  if (file != "-") return store::ReadBundle(file, options);
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  return store::ParseBundle(text, options);
}

/// Adds runs one by one and counts what became of them.
class Importer {
 public:
  explicit Importer(store::Store& store) : store_(store) {}

  /// False where the store itself failed: nothing more can be added.
  bool Add(const std::string& file, const store::Run& run) {
    store::RunFilter same;
    same.machine = run.info.machine;
    same.configuration = run.info.configuration;
    same.newest = 1;
    const auto newest = store_.Runs(same);
    const auto outcome = store_.Add(run);
    if (!outcome) {
      exit_code_ = Fail(outcome.error());
      return false;
    }
    if (*outcome == store::AddOutcome::kAlreadyThere) {
      ++already_there_;
      return true;
    }
    ++added_;
    if (newest && !newest->empty() && newest->front().started_ms > run.info.started_ms) {
      fmt::print(stderr,
                 "pmubench: {}: measured {}, before the newest run of its series ({}): it stands "
                 "there in the history; if the clock went backwards, give --started\n",
                 file, store::FormatTime(run.info.started_ms),
                 store::FormatTime(newest->front().started_ms));
    }
    return true;
  }

  /// One bad file does not keep the others out; the exit code tells of it.
  void Refuse(const Error& error) {
    ++refused_;
    exit_code_ = Fail(error);
  }

  [[nodiscard]] int Report(const std::string& format) const {
    if (format == "json") {
      fmt::print("{{\"added\": {}, \"already_there\": {}, \"refused\": {}}}\n", added_,
                 already_there_, refused_);
    } else {
      fmt::print("{} run{} added to {}, {} already there, {} refused\n", added_,
                 added_ == 1 ? "" : "s", store_.Describe(), already_there_, refused_);
    }
    return exit_code_;
  }

 private:
  store::Store& store_;
  int added_ = 0, already_there_ = 0, refused_ = 0, exit_code_ = 0;
};

Result<store::Run> ReadLaunches(const std::vector<std::string>& files,
                                const store::ImportOptions& options) {
  std::vector<store::Run> launches;
  for (const std::string& file : files) {
    auto run = ReadOne(file, options);
    if (!run) return run.error();
    if (!launches.empty() && (run->info.machine != launches[0].info.machine ||
                              run->info.configuration != launches[0].info.configuration)) {
      return Error{ErrorCode::kUsage,
                   fmt::format("{} is of another machine or configuration than {}", file, files[0]),
                   "launches of one run are made on one machine with one build"};
    }
    launches.push_back(std::move(*run));
  }
  return store::MergeLaunches(launches);
}

int Import(const ImportArguments& arguments) {
  auto options = arguments.flags.Options();
  if (!options) return Fail(options.error());
  const std::vector<std::string> files = Expand(arguments.files);
  if (files.empty()) {
    return Fail({ErrorCode::kNotFound, "no .json file in what was named", "name the records"});
  }
  auto store = store::OpenStore(arguments.store, store::OpenMode::kCreate);
  if (!store) return Fail(store.error());
  Importer importer(**store);
  if (arguments.launches) {
    const auto run = ReadLaunches(files, *options);
    if (!run) return Fail(run.error());
    importer.Add(files[0], *run);
    return importer.Report(arguments.format);
  }
  Progress progress(files.size(), "records");
  for (const std::string& file : files) {
    const auto run = ReadOne(file, *options);
    if (!run) {
      importer.Refuse(run.error());
    } else if (!importer.Add(file, *run)) {
      break;
    }
    progress.Step();
  }
  return importer.Report(arguments.format);
}

}  // namespace

void AddHistoryImportVerb(CLI::App& history, int& exit_code) {
  auto* verb = history.add_subcommand("import", "Add records to a history");
  auto arguments = std::make_shared<ImportArguments>();
  AddStoreOption(*verb, arguments->store);
  verb->add_option("records", arguments->files,
                   "records, bundles or Google Benchmark's JSON; folders of them; - is standard "
                   "input")
      ->required();
  AddImportFlags(*verb, arguments->flags);
  verb->add_flag("--launches", arguments->launches,
                 "the records are launches of one run: keep each launch's value, and their median");
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(A run is known by its UUID: importing it twice counts it once. Each run is added in one
transaction: all of it or nothing.

Examples:
  pmubench history import --store nightly.db --branch main --commit $(git rev-parse HEAD) run.json
  pmubench history import --launches launch-*.json)");
  verb->callback([arguments, &exit_code] { exit_code = Import(*arguments); });
}

}  // namespace pmubench
