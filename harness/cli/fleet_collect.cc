// `pmubench fleet collect`: what a job's tasks measured, into the history.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/fleet.h"
#include "cli/history_store.h"
#include "cli/store_session.h"
#include "cli/verb.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

struct CollectArguments {
  std::string folder, store;
  double patience = 120;
  std::string format = "text";
};

enum class Collected { kAdded, kReplaced, kAlreadyThere };

/// A class of machines as it went into the history.
struct Line {
  std::string machine_class;
  const store::Run* run;
  std::size_t measured;
  Collected outcome;
};

/// A run of fewer benchmarks that is there gives way: tasks that were late complete it. Were this
/// interrupted between the two transactions, the next collect adds the run again.
Result<Collected> AddOrReplace(store::Store& store, const fleet::ClassRun& one) {
  auto added = store.Add(one.run);
  if (!added) return added.error();
  if (*added == store::AddOutcome::kAdded) return Collected::kAdded;
  const auto there = store.Read(one.run.info.uuid);
  if (!there) return there.error();
  if (fleet::CountMeasured(*there) >= one.measured) return Collected::kAlreadyThere;
  if (auto removed = store.Remove(std::span(&there->info, 1)); !removed) return removed.error();
  added = store.Add(one.run);
  if (!added) return added.error();
  return Collected::kReplaced;
}

std::string Words(const Line& line) {
  const char* what = line.outcome == Collected::kAdded      ? "added"
                     : line.outcome == Collected::kReplaced ? "completed"
                                                            : "already there";
  return fmt::format("{:<12} {} of {} benchmarks measured, run {}: {}", line.machine_class,
                     line.measured, line.run->rows.size(), line.run->info.uuid, what);
}

std::string JsonText(const std::vector<Line>& lines, const std::vector<std::string>& notes,
                     int reconnects) {
  Json runs = Json::array();
  for (const Line& line : lines) {
    runs.push_back({{"class", line.machine_class},
                    {"run", line.run->info.uuid},
                    {"measured", line.measured},
                    {"benchmarks", line.run->rows.size()},
                    {"outcome", line.outcome == Collected::kAdded      ? "added"
                                : line.outcome == Collected::kReplaced ? "completed"
                                                                       : "already there"}});
  }
  const Json json = {{"runs", std::move(runs)}, {"notes", notes}, {"reconnects", reconnects}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

int Collect(const CollectArguments& arguments) {
  const fleet::JobFolder folder(std::filesystem::absolute(arguments.folder));
  const auto view = ReadJobView(folder, true);
  if (!view) return Fail(view.error());
  std::vector<std::pair<std::string, fleet::ClassRun>> runs;
  std::vector<std::string> notes = view->clocks;
  for (const fleet::MachineClass& one : view->job.classes) {
    auto of_class = fleet::ClassRuns(view->job, one.name, view->tasks);
    if (of_class.empty()) notes.push_back(fmt::format("{}: nothing was measured", one.name));
    if (of_class.size() > 1) {
      notes.push_back(
          fmt::format("{}: its machines are of {} kinds; each kind is a series of its own",
                      one.name, of_class.size()));
    }
    for (fleet::ClassRun& run : of_class) runs.emplace_back(one.name, std::move(run));
  }
  for (std::size_t i = 0; i < view->tasks.size(); ++i) {
    const std::string reason = fleet::ReasonOf(view->tasks[i]);
    if (!reason.empty()) {
      notes.push_back(fmt::format("{}: {} benchmarks are missing: {}",
                                  view->job.tasks[i].machine_class,
                                  view->job.tasks[i].benchmarks.size(), reason));
    }
  }
  StoreSession session(arguments.store, arguments.patience);
  std::vector<Line> lines;
  Progress progress(runs.size(), "runs");
  for (const auto& [machine_class, run] : runs) {
    Collected outcome = Collected::kAdded;
    const auto done = session.Do([&, &one = run](store::Store& store) -> Result<void> {
      auto added = AddOrReplace(store, one);
      if (!added) return added.error();
      outcome = *added;
      return {};
    });
    if (!done) return Fail(done.error());
    lines.push_back({machine_class, &run.run, run.measured, outcome});
    progress.Step();
  }
  if (session.reconnects() > 0) {
    fmt::print(stderr, "pmubench: the history was away: connected {} times anew\n",
               session.reconnects());
  }
  if (arguments.format == "json") {
    std::cout << JsonText(lines, notes, session.reconnects());
  } else {
    for (const Line& line : lines) std::cout << Words(line) << "\n";
    for (const std::string& note : notes) std::cout << "note: " << note << "\n";
  }
  return lines.empty() ? 3 : 0;
}

}  // namespace

void AddFleetCollectVerb(CLI::App& fleet, int& exit_code) {
  auto* verb = fleet.add_subcommand("collect", "Put what a job measured into the history");
  auto arguments = std::make_shared<CollectArguments>();
  verb->add_option("folder", arguments->folder, "the job's folder")->required();
  AddStoreOption(*verb, arguments->store);
  verb->add_option("--patience", arguments->patience,
                   "seconds that a history on a server may be away")
      ->capture_default_str();
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(Each machine class is one run, started when the job was submitted. Collect as often as you like:
what is there counts once, and tasks that were late complete their class's run. Benchmarks of
tasks that were lost or failed are in it as missing, with the reason.

Exit codes: 0 the history has it; 2 it could not be written; 3 nothing was measured.)");
  verb->callback([arguments, &exit_code] { exit_code = Collect(*arguments); });
}

}  // namespace pmubench
