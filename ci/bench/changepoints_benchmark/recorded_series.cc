#include "ci/bench/changepoints_benchmark/recorded_series.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include "reports/changepoints/csv_series.h"

namespace pmubench::bench {
namespace {

struct Annotated {
  const char* file;
  std::vector<std::vector<std::size_t>> annotators;
};

// Where the annotators of the Turing change point data set saw changes.
const std::array<Annotated, 3>& AnnotatedSeries() {
  static const std::array<Annotated, 3> series{{
      {"tcpd/nile", {{}, {28}, {}, {28}, {28}}},
      {"tcpd/quality_control_1", {{143}, {144}, {144}, {146}, {144}}},
      {"tcpd/quality_control_3", {{178}, {180}, {179}, {178}, {179}}},
  }};
  return series;
}

Result<std::string> ReadText(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) return Error{ErrorCode::kNotFound, "cannot read " + file.string(), ""};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// series,n,detector,seconds,count,indices where the detector may be quoted.
std::vector<std::pair<std::string, PeerResult>> ParsePeers(const std::string& text) {
  std::vector<std::pair<std::string, PeerResult>> peers;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    if (fields.size() < 6) continue;
    PeerResult peer{fields[2], std::stod(fields[3]), {}};
    std::istringstream indices(fields[5]);
    for (std::size_t index = 0; indices >> index;) peer.points.push_back(index);
    peers.emplace_back(fields[0], std::move(peer));
  }
  return peers;
}

bool Within(std::size_t a, std::size_t b, std::size_t margin) {
  return (a > b ? a - b : b - a) <= margin;
}

// How many of `truth` are matched by a point of their own.
double Matches(const std::set<std::size_t>& truth, std::set<std::size_t> points,
               std::size_t margin) {
  double matches = 0;
  for (std::size_t place : truth) {
    const auto found = std::find_if(points.begin(), points.end(), [&](std::size_t point) {
      return Within(place, point, margin);
    });
    if (found == points.end()) continue;
    points.erase(found);
    ++matches;
  }
  return matches;
}

}  // namespace

Result<std::vector<RecordedSeries>> ReadRecordedSeries(const std::filesystem::path& folder) {
  const auto peers_text = ReadText(folder / "peer_change_points.csv");
  if (!peers_text) return peers_text.error();
  std::vector<RecordedSeries> all;
  const auto find = [&](const std::string& name) -> RecordedSeries& {
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const RecordedSeries& s) { return s.name == name; });
    return at != all.end() ? *at : all.emplace_back(RecordedSeries{name, {}, {}, {}});
  };
  for (auto& [name, peer] : ParsePeers(*peers_text)) find(name).peers.push_back(std::move(peer));
  for (const Annotated& series : AnnotatedSeries()) {
    find(series.file).annotators = series.annotators;
  }
  for (RecordedSeries& series : all) {
    const auto text = ReadText(folder / (series.name + ".csv"));
    if (!text) return text.error();
    auto parsed = changepoints::ParseCsvSeries(*text, "", series.name);
    if (!parsed) return parsed.error();
    series.values = std::move(parsed->values);
  }
  return all;
}

double AnnotatorF1(std::span<const std::vector<std::size_t>> annotators,
                   std::span<const changepoints::ChangePoint> points, std::size_t margin) {
  std::set<std::size_t> found{0};
  for (const auto& point : points) found.insert(point.index);
  std::set<std::size_t> anyone{0};
  double recall = 0;
  for (const auto& annotator : annotators) {
    std::set<std::size_t> truth(annotator.begin(), annotator.end());
    truth.insert(0);
    anyone.insert(truth.begin(), truth.end());
    recall += Matches(truth, found, margin) / static_cast<double>(truth.size());
  }
  recall /= static_cast<double>(annotators.size());
  const double precision = Matches(anyone, found, margin) / static_cast<double>(found.size());
  return 2 * precision * recall / (precision + recall);
}

}  // namespace pmubench::bench
