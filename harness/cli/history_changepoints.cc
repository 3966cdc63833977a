// `pmubench history changepoints`: where a series changes its level.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/history.h"
#include "cli/verb.h"
#include "platform/text.h"
#include "platform/whole_file.h"
#include "reports/changepoints/csv_series.h"
#include "reports/changepoints/detect.h"

namespace pmubench {
namespace {

using nlohmann::ordered_json;

struct Request {
  std::string file;
  std::string column;
  std::string detectors = "clipcusum";
  std::size_t votes = 0;
  double alpha = 0.01;
  std::size_t shortest_step = 3;
  double minimum_effect = 0;
  std::size_t window = 50;
  double p = 0.001;
  std::string format = "text";
};

Result<std::string> ReadText(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  auto text = ReadWhole(file);
  if (text) return text;
  Error error = text.error();
  error.remedy = "give a CSV file with a header line, or - for standard input";
  return error;
}

Result<changepoints::DetectOptions> Options(const Request& request) {
  changepoints::DetectOptions options;
  options.detectors.clear();
  for (const std::string& name : SplitList(request.detectors)) {
    const auto kind = changepoints::ParseDetector(name);
    if (!kind) return kind.error();
    if (std::count(options.detectors.begin(), options.detectors.end(), *kind) == 0) {
      options.detectors.push_back(*kind);
    }
  }
  if (options.detectors.empty()) {
    return Error{ErrorCode::kUsage, "no detector given", "--detectors clipcusum,otava"};
  }
  options.votes = request.votes == 0 ? options.detectors.size() : request.votes;
  if (options.votes > options.detectors.size()) {
    return Error{ErrorCode::kUsage,
                 fmt::format("--vote {} of {} detectors", options.votes, options.detectors.size()),
                 "name more --detectors or ask for fewer votes"};
  }
  options.clipped_cusum.alpha = request.alpha;
  options.clipped_cusum.shortest_step = request.shortest_step;
  options.clipped_cusum.minimum_effect = request.minimum_effect;
  options.e_divisive = {request.window, request.p, request.minimum_effect};
  return options;
}

// JSON has no infinities: a change from 0 is null.
ordered_json Number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

void PrintJson(const changepoints::CsvSeries& series, const changepoints::Detection& detection,
               double seconds) {
  ordered_json points = ordered_json::array();
  for (const auto& point : detection.points) {
    points.push_back({{"index", point.index},
                      {"before", point.before},
                      {"after", point.after},
                      {"relative_change", Number(point.relative_change)},
                      {"p", point.p}});
  }
  const ordered_json output{{"change_points", points},
                            {"seconds", seconds},
                            {"column", series.column},
                            {"values", series.values.size()},
                            {"missing", detection.missing}};
  // A column's name may hold any bytes.
  std::cout << output.dump(2, ' ', false, ordered_json::error_handler_t::replace) << "\n";
}

void PrintText(const changepoints::CsvSeries& series, const changepoints::Detection& detection) {
  fmt::print("{}: {} values", series.column, series.values.size());
  if (detection.missing > 0) fmt::print(", {} missing", detection.missing);
  if (detection.points.empty()) {
    fmt::print(", no change\n");
    return;
  }
  fmt::print(", {} change{}\n\n{:>7} {:>14} {:>14} {:>10} {:>9}\n", detection.points.size(),
             detection.points.size() == 1 ? "" : "s", "index", "before", "after", "change", "p");
  for (const auto& point : detection.points) {
    fmt::print("{:7} {:14.6g} {:14.6g} {:>+8.2f} % {:9.1e}\n", point.index, point.before,
               point.after, 100 * point.relative_change, point.p);
  }
}

int Run(const Request& request) {
  const auto options = Options(request);
  if (!options) return Fail(options.error());
  const auto text = ReadText(request.file);
  if (!text) return Fail(text.error());
  const auto series = changepoints::ParseCsvSeries(*text, request.column, request.file);
  if (!series) return Fail(series.error());
  const auto start = std::chrono::steady_clock::now();
  const auto detection = changepoints::Detect(series->values, *options);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  if (detection.missing == series->values.size()) {
    return Fail({ErrorCode::kBadInput,
                 fmt::format("{} has no number in column '{}'", request.file, series->column),
                 "pick another one with --column"});
  }
  if (request.format == "json") {
    PrintJson(*series, detection, taken.count());
  } else {
    PrintText(*series, detection);
  }
  return 0;
}

}  // namespace

void AddHistoryChangepointsVerb(CLI::App& history, int& exit_code) {
  CLI::App* verb = history.add_subcommand(
      "changepoints", "where a series of values, oldest first, changes its level");
  auto request = std::make_shared<Request>();
  verb->add_option("file", request->file, "CSV with a header line; - is standard input")
      ->required();
  verb->add_option("--column", request->column,
                   "the values' column (default: `value`, else the second of two)");
  verb->add_option("--detectors", request->detectors,
                   "clipcusum (clipped CUSUM), otava (Apache Otava's E-divisive); comma-separated")
      ->capture_default_str();
  verb->add_option("--vote", request->votes,
                   "how many of the detectors must see a change (default: all)");
  verb->add_option("--alpha", request->alpha,
                   "clipcusum: share of pure-noise series that may show any change")
      ->check(CLI::Range(1e-12, 0.5))
      ->capture_default_str();
  verb->add_option("--shortest-step", request->shortest_step,
                   "clipcusum: fewer values off than this are outliers")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  verb->add_option("--min-effect", request->minimum_effect,
                   "leave out smaller relative changes, e.g. 0.01")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  verb->add_option("--window", request->window, "otava: values looked at together")
      ->check(CLI::Range(2, 10000))
      ->capture_default_str();
  verb->add_option("--p", request->p, "otava: largest p of a change")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  AddFormat(*verb, request->format);
  verb->callback([request, &exit_code] { exit_code = Run(*request); });
}

}  // namespace pmubench
