// `pmubench history list`: which runs and which benchmarks a store holds.
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/history_store.h"
#include "cli/verb.h"
#include "reports/store/json_text.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;
using store::Printable;

struct ListArguments {
  std::string store;
  RunSelection selection;
  bool benchmarks = false;
  std::string format = "text";
};

void ListRuns(const std::vector<store::RunInfo>& runs, const std::string& format) {
  if (format == "json") {
    Json list = Json::array();
    for (const store::RunInfo& run : runs) {
      list.push_back({{"run_id", run.uuid},
                      {"started", store::FormatTime(run.started_ms)},
                      {"machine", Printable(run.machine)},
                      {"configuration", Printable(run.configuration)},
                      {"branch", Printable(run.branch)},
                      {"commit", Printable(run.commit)},
                      {"status", Printable(run.status)},
                      {"benchmarks", run.rows}});
    }
    std::cout << Json{{"runs", std::move(list)}}.dump(1) << "\n";
    return;
  }
  constexpr const char* kLine = "{:<36}  {:<20}  {:<19}  {:<14}  {:<12}  {:<12}  {:<11}  {:>10}\n";
  fmt::print(kLine, "run", "started", "machine", "configuration", "branch", "commit", "status",
             "benchmarks");
  for (const store::RunInfo& run : runs) {
    fmt::print(kLine, run.uuid, store::FormatTime(run.started_ms), Printable(run.machine),
               Printable(run.configuration), Printable(run.branch),
               Printable(run.commit).substr(0, 12), Printable(run.status), run.rows);
  }
}

struct Presence {
  std::size_t runs = 0, first = 0, last = 0;
};

Result<void> ListBenchmarks(store::Store& store, const std::vector<store::RunInfo>& runs,
                            const std::string& format) {
  std::map<std::string, Presence, std::less<>> seen;
  auto scanned = store.Scan(runs, [&](const store::RowView& row) {
    auto at = seen.find(row.benchmark);
    if (at == seen.end()) at = seen.emplace(row.benchmark, Presence{0, row.run, row.run}).first;
    ++at->second.runs;
    at->second.last = row.run;
  });
  if (!scanned) return scanned.error();
  const auto when = [&](std::size_t run) { return store::FormatTime(runs[run].started_ms); };
  if (format == "json") {
    Json list = Json::array();
    for (const auto& [name, presence] : seen) {
      list.push_back({{"benchmark", Printable(name)},
                      {"runs", presence.runs},
                      {"first", when(presence.first)},
                      {"last", when(presence.last)}});
    }
    std::cout << Json{{"benchmarks", std::move(list)}}.dump(1) << "\n";
    return {};
  }
  fmt::print("{:>6}  {:<20}  {:<20}  benchmark\n", "runs", "first", "last");
  for (const auto& [name, presence] : seen) {
    fmt::print("{:>6}  {:<20}  {:<20}  {}\n", presence.runs, when(presence.first),
               when(presence.last), Printable(name));
  }
  return {};
}

int List(const ListArguments& arguments) {
  auto store = store::OpenStore(arguments.store, store::OpenMode::kRead);
  if (!store) return Fail(store.error());
  auto runs = (*store)->Runs(arguments.selection.Filter());
  if (!runs) return Fail(runs.error());
  if (arguments.benchmarks) {
    if (auto done = ListBenchmarks(**store, *runs, arguments.format); !done) {
      return Fail(done.error());
    }
  } else {
    ListRuns(*runs, arguments.format);
  }
  fmt::print(stderr, "{} runs in {}\n", runs->size(), (*store)->Describe());
  return 0;
}

}  // namespace

void AddHistoryListVerb(CLI::App& history, int& exit_code) {
  auto* verb = history.add_subcommand("list", "List the runs of a history, or its benchmarks");
  auto arguments = std::make_shared<ListArguments>();
  AddStoreOption(*verb, arguments->store);
  AddRunSelection(*verb, arguments->selection);
  verb->add_flag("--benchmarks", arguments->benchmarks,
                 "list the benchmarks, with the first and the last run that has each");
  AddFormat(*verb, arguments->format);
  verb->footer(R"(Examples:
  pmubench history list --branch main --newest 10
  pmubench history list --benchmarks)");
  verb->callback([arguments, &exit_code] { exit_code = List(*arguments); });
}

}  // namespace pmubench
