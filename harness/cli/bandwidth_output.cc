#include "cli/bandwidth_output.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

std::string CsvCell(const std::optional<double>& rate) {
  return rate ? fmt::format("{:.0f}", *rate) : "";
}

}  // namespace

Json JsonOf(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

void AddRates(const Rates& rates, Json* json) {
  (*json)["read_bytes_per_s"] = JsonOf(rates.read);
  (*json)["write_bytes_per_s"] = JsonOf(rates.write);
  (*json)["total_bytes_per_s"] = JsonOf(rates.total);
}

void AddBytes(const Moved& moved, Json* json) {
  (*json)["read_bytes"] = JsonOf(moved.read);
  (*json)["write_bytes"] = JsonOf(moved.write);
  (*json)["total_bytes"] = JsonOf(moved.total);
}

std::string GigabytesCell(const std::optional<double>& rate) {
  return rate ? fmt::format("{:.3f}", *rate * 1e-9) : "-";
}

BandwidthPrinter::BandwidthPrinter(std::string format, const ListedSource& source,
                                   std::size_t left_out, const Attainable& attainable)
    : format_(std::move(format)), source_(source), left_out_(left_out), attainable_(attainable) {}

void BandwidthPrinter::Head() const {
  if (format_ == "csv") {
    fmt::print(
        "end_s,seconds,socket,read_bytes_per_s,write_bytes_per_s,total_bytes_per_s,"
        "sampling_ratio,incomplete\n");
  }
  if (format_ != "text") return;
  fmt::print("{} ({}){}\n", source_.source.info.title, source_.source.info.method,
             source_.source.info.estimate ? ": reads, estimate" : "");
  if (attainable_.rates.total || attainable_.rates.read) {
    fmt::print("attainable here: read {}, write {}, total {} GB/s (pmubench bandwidth check, {})\n",
               GigabytesCell(attainable_.rates.read), GigabytesCell(attainable_.rates.write),
               GigabytesCell(attainable_.rates.total), attainable_.time);
  }
  fmt::print("{:>10} {:>7} {:>10} {:>10} {:>10}  {}\n", "s", "socket", "read", "write", "total",
             "GB/s");
}

void BandwidthPrinter::Print(double end, const MeterInterval& interval, bool whole) const {
  if (format_ == "json") return PrintJson(end, interval, whole);
  if (whole && format_ == "text") fmt::print("whole run:\n");
  if (interval.moved.sockets.size() > 1) {
    for (const auto& [socket, moved] : interval.moved.sockets) {
      Line(end, fmt::format("{}", socket), moved, interval);
    }
  }
  Line(end, "all", interval.moved.all, interval);
  std::fflush(stdout);
}

bool BandwidthPrinter::Incomplete(const MeterInterval& interval) const {
  return interval.missing + left_out_ > 0 || !source_.finding.warnings.empty();
}

void BandwidthPrinter::Line(double end, const std::string& socket, const Moved& moved,
                            const MeterInterval& interval) const {
  const Rates rates = moved.Over(interval.seconds);
  if (format_ == "csv") {
    fmt::print("{:.6f},{:.6f},{},{},{},{},{:.4f},{}\n", end, interval.seconds, socket,
               CsvCell(rates.read), CsvCell(rates.write), CsvCell(rates.total),
               interval.lowest_ratio, Incomplete(interval) ? 1 : 0);
    return;
  }
  const auto share = socket == "all" ? attainable_.ShareOf(rates) : std::nullopt;
  fmt::print("{:>10.3f} {:>7} {:>10} {:>10} {:>10}{}{}{}\n", end, socket, GigabytesCell(rates.read),
             GigabytesCell(rates.write), GigabytesCell(rates.total),
             share ? fmt::format("  {:.1f} % of attainable", 100 * *share) : "",
             interval.lowest_ratio < 0.999
                 ? fmt::format("  sampling ratio {:.3f}", interval.lowest_ratio)
                 : "",
             Incomplete(interval) ? "  incomplete" : "");
}

void BandwidthPrinter::PrintJson(double end, const MeterInterval& interval, bool whole) const {
  const Rates rates = interval.moved.all.Over(interval.seconds);
  Json json = {{"source", source_.source.info.name},
               {"whole_run", whole},
               {"end_s", end},
               {"seconds", interval.seconds}};
  AddRates(rates, &json);
  AddBytes(interval.moved.all, &json);
  json["share_of_attainable"] = JsonOf(attainable_.ShareOf(rates));
  json["sampling_ratio"] = interval.lowest_ratio;
  json["missing_counters"] = interval.missing + left_out_;
  json["incomplete"] = Incomplete(interval);
  json["sockets"] = Json::array();
  for (const auto& [socket, moved] : interval.moved.sockets) {
    Json one = {{"socket", socket}};
    AddRates(moved.Over(interval.seconds), &one);
    AddBytes(moved, &one);
    json["sockets"].push_back(std::move(one));
  }
  fmt::print("{}\n", json.dump());
  std::fflush(stdout);
}

}  // namespace pmubench
