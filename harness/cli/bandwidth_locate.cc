// `pmubench bandwidth locate`: at which ports of a mesh the memory controllers stand.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "bandwidth/locate.h"
#include "cli/bandwidth.h"
#include "cli/verb.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

struct LocateOptions {
  std::string replay;
  std::string format = "text";
  bool cores = false;
};

/// Each mesh by itself: sockets are loaded differently. A mesh whose controllers are not found
/// leaves the others' found, and says so.
Located LocateByMesh(const std::vector<PortTraffic>& ports, bool cores) {
  std::map<std::string, std::vector<PortTraffic>> meshes;
  for (const PortTraffic& port : ports) meshes[port.where.pmu].push_back(port);
  Located all;
  for (auto& [pmu, own] : meshes) {
    const Located one = cores ? LocateCorePair(std::move(own)) : LocateControllers(std::move(own));
    const bool first = all.reason.empty();
    all.ports.insert(all.ports.end(), one.ports.begin(), one.ports.end());
    all.confidence = first ? one.confidence : std::min(all.confidence, one.confidence);
    all.unevenness = std::max(all.unevenness, one.unevenness);
    all.reason += fmt::format("{}{}: {}", first ? "" : "; ", pmu, one.reason);
  }
  return all;
}

void PrintJson(const Located& located, bool cores) {
  Json ports = Json::array();
  for (const MeshPort& port : located.ports) {
    ports.push_back({{"pmu", port.pmu}, {"nodeid", port.nodeid}, {"port", port.port}});
  }
  const Json json = {{cores ? "cores" : "controllers", ports},
                     {"confidence", located.confidence},
                     {"unevenness", located.unevenness},
                     {"reason", located.reason}};
  fmt::print("{}\n", json.dump(2));
}

void PrintText(const Located& located) {
  for (const MeshPort& port : located.ports) {
    fmt::print("{} nodeid={:#x} port {}\n", port.pmu, port.nodeid, port.port);
  }
  fmt::print("{}\nconfidence {:.2f}\n", located.reason, located.confidence);
}

int RunLocate(const LocateOptions& options) {
  const auto text = ReadPerfFile(options.replay);
  if (!text) return Fail(text.error());
  const auto ports = PortsOfRecording(*text);
  if (!ports) return Fail(ports.error());
  if (text->bad_lines > 0) {
    fmt::print(stderr, "pmubench: {}: {} lines are not perf's, the first is line {}\n",
               options.replay, text->bad_lines, text->first_bad);
  }
  const Located located = LocateByMesh(*ports, options.cores);
  if (options.format == "json") {
    PrintJson(located, options.cores);
  } else {
    PrintText(located);
  }
  return located.ports.empty() ? 1 : 0;
}

}  // namespace

void AddBandwidthLocate(CLI::App& bandwidth, int& exit_code) {
  auto* verb = bandwidth.add_subcommand("locate", "Find the mesh ports of the memory controllers");
  auto options = std::make_shared<LocateOptions>();
  verb->add_option("--replay", options->replay,
                   "decide from counts of data flits at every port, as perf stat -x wrote them")
      ->required();
  verb->add_flag("--cores", options->cores,
                 "find the ports of two cores instead: recorded while they exchange cache lines");
  AddFormat(*verb, options->format);
  verb->footer(R"(
Record mxp_pN_dat_txflit_valid (or watchpoint_down on the data channel) of every port of every
crosspoint, on the mesh of the socket whose memory a write-heavy streaming load writes to.

Example: pmubench bandwidth locate --replay ports.csv --format json

Exit code 1: not found.)");
  verb->callback([options, &exit_code] { exit_code = RunLocate(*options); });
}

}  // namespace pmubench
