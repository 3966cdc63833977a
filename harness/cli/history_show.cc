// `pmubench history show`: one benchmark's values, run by run.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/history_store.h"
#include "cli/verb.h"
#include "reports/metric_remarks.h"
#include "reports/store/bundle.h"
#include "reports/store/json_text.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;
using store::Printable;

struct ShowArguments {
  std::string store;
  RunSelection selection;
  std::string benchmark;
  std::vector<std::string> metrics;
  std::string format = "text";
};

struct Cell {
  store::Value value;
  std::string reason;
};

struct Night {
  std::size_t run = 0;
  std::map<std::string, Cell> cells;
};

struct History {
  std::vector<store::RunInfo> runs;
  std::vector<store::Metric> columns;
  std::vector<Night> nights;
  MetricDoubts doubts;  ///< of the newest night
};

Result<void> ReadDoubts(store::Store& store, const std::function<bool(const std::string&)>& wanted,
                        History& history) {
  const Night& newest = history.nights.back();
  const auto run = store.Read(history.runs[newest.run].uuid);
  if (!run) return run.error();
  for (auto& [metric, note] : store::NotesOf(*run)) {
    if (wanted(metric)) history.doubts.wrong[metric] = note;
  }
  for (const auto& [metric, cell] : newest.cells) {
    if (!cell.value.measured()) history.doubts.missing[metric] = cell.reason;
  }
  return {};
}

Result<History> ReadHistory(store::Store& store, const ShowArguments& arguments) {
  History history;
  auto runs = store.Runs(arguments.selection.Filter());
  if (!runs) return runs.error();
  history.runs = std::move(*runs);
  const auto wanted = [&](const std::string& name) {
    const auto& chosen = arguments.metrics;
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
  };
  const auto scanned =
      store.ScanBenchmark(history.runs, arguments.benchmark, [&](const store::RowView& row) {
        Night night{row.run, {}};
        for (std::size_t i = 0; i < row.values.size(); ++i) {
          const store::Metric& metric = store.MetricOf(row.metric_ids[i]);
          if (!wanted(metric.name)) continue;
          if (std::find(history.columns.begin(), history.columns.end(), metric) ==
              history.columns.end()) {
            history.columns.push_back(metric);
          }
          night.cells[metric.name] = {row.values[i], row.values[i].measured()
                                                         ? std::string()
                                                         : store.ReasonOf(row.reason_ids[i])};
        }
        history.nights.push_back(std::move(night));
      });
  if (!scanned) return scanned.error();
  if (history.nights.empty()) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("none of {} runs in {} has a benchmark '{}'", history.runs.size(),
                             store.Describe(), Printable(arguments.benchmark)),
                 "`pmubench history list --benchmarks` lists their names"};
  }
  if (auto done = ReadDoubts(store, wanted, history); !done) return done.error();
  if (history.columns.empty()) {
    return Error{ErrorCode::kNotFound, "the benchmark has none of the metrics asked for",
                 "without --metrics all are shown"};
  }
  return history;
}

Json CellJson(const Cell& cell) {
  const store::Value& value = cell.value;
  const auto ratio = store::UnpackSampling(value.sampling);
  Json json = {{"value", value.measured() ? Json(value.value) : Json(nullptr)},
               {"spread", std::isfinite(value.spread) ? Json(value.spread) : Json(nullptr)},
               {"sampling_ratio", ratio ? Json(*ratio) : Json(nullptr)}};
  if (!value.measured()) json["reason"] = Printable(cell.reason);
  return json;
}

void PrintJson(const History& history, const std::string& benchmark) {
  Json units = Json::object();
  for (const store::Metric& metric : history.columns) {
    units[Printable(metric.name)] = Printable(metric.unit);
  }
  Json list = Json::array();
  for (const Night& night : history.nights) {
    const store::RunInfo& run = history.runs[night.run];
    Json cells = Json::object();
    for (const auto& [name, cell] : night.cells) cells[Printable(name)] = CellJson(cell);
    list.push_back({{"run_id", run.uuid},
                    {"started", store::FormatTime(run.started_ms)},
                    {"commit", Printable(run.commit)},
                    {"machine", Printable(run.machine)},
                    {"configuration", Printable(run.configuration)},
                    {"metrics", std::move(cells)}});
  }
  Json notes = Json::object();
  for (const auto& [metric, note] : history.doubts.wrong)
    notes[Printable(metric)] = Printable(note);
  const Json json = {{"benchmark", Printable(benchmark)},
                     {"units", units},
                     {"not_to_be_trusted", std::move(notes)},
                     {"history", list}};
  std::cout << json.dump(1) << "\n";
}

void PrintText(const History& history) {
  constexpr std::size_t kWidth = 24;
  fmt::print("{:<20}  {:<12}", "started", "commit");
  const auto column = [&](const std::string& text) {
    fmt::print("  {:>{}}", Printable(text).substr(0, kWidth), kWidth);
  };
  for (const store::Metric& metric : history.columns) column(metric.name);
  fmt::print("\n{:<20}  {:<12}", "", "");
  for (const store::Metric& metric : history.columns) column(metric.unit);
  fmt::print("\n");
  for (const Night& night : history.nights) {
    const store::RunInfo& run = history.runs[night.run];
    fmt::print("{:<20}  {:<12}", store::FormatTime(run.started_ms),
               Printable(run.commit).substr(0, 12));
    for (const store::Metric& metric : history.columns) {
      const auto found = night.cells.find(metric.name);
      const bool measured = found != night.cells.end() && found->second.value.measured();
      column(measured ? fmt::format("{:.6g}", found->second.value.value) : "-");
    }
    fmt::print("\n");
  }
  for (const std::string& line : MetricRemarks(history.doubts)) {
    fmt::print("newest run: {}\n", Printable(line));
  }
}

int Show(const ShowArguments& arguments) {
  auto store = store::OpenStore(arguments.store, store::OpenMode::kRead);
  if (!store) return Fail(store.error());
  const auto history = ReadHistory(**store, arguments);
  if (!history) return Fail(history.error());
  if (arguments.format == "json") {
    PrintJson(*history, arguments.benchmark);
  } else {
    PrintText(*history);
  }
  return 0;
}

}  // namespace

void AddHistoryShowVerb(CLI::App& history, int& exit_code) {
  auto* verb = history.add_subcommand("show", "Show one benchmark's values, run by run");
  auto arguments = std::make_shared<ShowArguments>();
  AddStoreOption(*verb, arguments->store);
  AddRunSelection(*verb, arguments->selection);
  verb->add_option("benchmark", arguments->benchmark, "its name")->required();
  verb->add_option("--metrics", arguments->metrics, "only these, with commas")->delimiter(',');
  AddFormat(*verb, arguments->format);
  verb->footer(
      R"(A - stands for a value that is missing. What is said against the newest values stands below.

Example:
  pmubench history show parse/1024 --metrics real_time,instructions)");
  verb->callback([arguments, &exit_code] { exit_code = Show(*arguments); });
}

}  // namespace pmubench
