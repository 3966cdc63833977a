// `pmubench analyze`: what a record says about where the time went, or why two records differ.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/verb.h"
#include "reports/analysis/run_analysis.h"
#include "reports/record.h"

namespace pmubench {
namespace {

struct AnalyzeOptions {
  std::vector<std::string> records;
  std::string filter;
  std::string format = "text";
};

/// Benchmarks of the first record that the filter lets through and that are in all records.
Result<std::vector<std::string>> Names(const std::vector<Record>& records,
                                       const std::string& filter) {
  std::vector<std::string> names;
  for (const RecordResult& result : records.front().results) {
    const std::string& name = result.run_name;
    if (name.find(filter) == std::string::npos) continue;
    bool everywhere = true;
    for (const Record& record : records) everywhere &= TableOf(record, name).ok();
    if (everywhere) names.push_back(name);
  }
  if (names.empty()) {
    const char* where = records.size() > 1 ? "in both records" : "in the record";
    return Error{ErrorCode::kNotFound,
                 filter.empty()
                     ? fmt::format("no benchmark is {}", where)
                     : fmt::format("no benchmark {} has '{}' in its name", where, filter),
                 "a record is written by `pmubench run --out FILE`"};
  }
  return names;
}

int RunAnalyze(const AnalyzeOptions& options) {
  std::vector<Record> records;
  for (const std::string& file : options.records) {
    auto record = ReadRecord(file);
    if (!record) return Fail(record.error());
    records.push_back(std::move(*record));
  }
  const auto names = Names(records, options.filter);
  if (!names) return Fail(names.error());
  auto list = nlohmann::ordered_json::array();
  for (const std::string& name : *names) {
    const AnalysisInput first = *TableOf(records.front(), name);
    const bool change = records.size() > 1;
    const AnalysisInput second = *TableOf(records.back(), name);
    if (options.format == "json") {
      list.push_back(nlohmann::ordered_json::parse(change ? ChangeJson(name, first, second)
                                                          : AnalysisJson(name, first)));
    } else {
      fmt::print("{}\n", change ? ChangeText(name, first, second) : AnalysisText(name, first));
    }
  }
  if (options.format == "json") fmt::print("{}\n", list.dump(2));
  return 0;
}

}  // namespace

void AddAnalyzeVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "analyze", "Where the time of a record's benchmarks went, or why two records differ");
  auto options = std::make_shared<AnalyzeOptions>();
  verb->add_option("records", options->records, "one record, or two: before and after")
      ->required()
      ->expected(1, 2)
      ->check(CLI::ExistingFile);
  verb->add_option("--benchmark", options->filter, "only benchmarks with this in their name");
  AddFormat(*verb, options->format);
  verb->footer(
      R"(For each benchmark: its bottleneck in one sentence with the evidence; the iron law (time =
instructions x cycles per instruction x cycle time); the top-down breakdown of the slots; the CPI
as a stack. With two records: what each factor of the iron law contributes to the change. How each
figure is made, and what it cannot say: docs/analysis.md.

It uses the metrics that the record has; all of it takes --metrics instructions,cpi,basic,topdown,
topdown_detail,cpi,caches.

Examples:
  pmubench run ./my_bench --metrics basic,topdown,topdown_detail,cpi --out new.json
  pmubench analyze new.json
  pmubench analyze old.json new.json --benchmark sort)");
  verb->callback([options, &exit_code] { exit_code = RunAnalyze(*options); });
}

}  // namespace pmubench
