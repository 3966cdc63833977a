// `pmubench bandwidth locate`: at which ports of a mesh the memory controllers stand.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "bandwidth/locate.h"
#include "cli/bandwidth.h"
#include "cli/bandwidth_locate_live.h"
#include "cli/verb.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

struct LocateOptions {
  std::string replay;
  std::string format = "text";
  bool cores = false;
  LocateLiveOptions live;
};

/// Each mesh by itself: sockets are loaded differently.
std::map<std::string, Located> LocateByMesh(const std::vector<PortTraffic>& ports, bool cores) {
  std::map<std::string, std::vector<PortTraffic>> meshes;
  for (const PortTraffic& port : ports) meshes[port.where.pmu].push_back(port);
  std::map<std::string, Located> located;
  for (auto& [pmu, own] : meshes) {
    located[pmu] = cores ? LocateCorePair(std::move(own)) : LocateControllers(std::move(own));
  }
  return located;
}

/// One answer of all: a mesh whose controllers are not found leaves the others' found, and says so.
Located Together(const std::map<std::string, Located>& meshes) {
  Located all;
  for (const auto& [pmu, one] : meshes) {
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

Result<std::map<std::string, Located>> LocateReplay(const LocateOptions& options) {
  const auto text = ReadPerfFile(options.replay);
  if (!text) return text.error();
  const auto ports = PortsOfRecording(*text);
  if (!ports) return ports.error();
  if (text->bad_lines > 0) {
    fmt::print(stderr, "pmubench: {}: {} lines are not perf's, the first is line {}\n",
               options.replay, text->bad_lines, text->first_bad);
  }
  return LocateByMesh(*ports, options.cores);
}

int RunLocate(const LocateOptions& options) {
  const auto meshes = options.replay.empty() ? LocateLive(options.live) : LocateReplay(options);
  if (!meshes) return Fail(meshes.error());
  const Located located = Together(*meshes);
  if (options.format == "json") {
    PrintJson(located, options.cores);
  } else {
    PrintText(located);
  }
  const bool all_found = std::all_of(meshes->begin(), meshes->end(),
                                     [](const auto& mesh) { return !mesh.second.ports.empty(); });
  return all_found ? 0 : 1;
}

}  // namespace

void AddBandwidthLocate(CLI::App& bandwidth, int& exit_code) {
  auto* verb = bandwidth.add_subcommand("locate", "Find the mesh ports of the memory controllers");
  auto options = std::make_shared<LocateOptions>();
  auto* replay = verb->add_option(
      "--replay", options->replay,
      "decide from counts of data flits at every port, as perf stat -x wrote them");
  verb->add_flag("--cores", options->cores,
                 "find the ports of two cores instead: recorded while they exchange cache lines")
      ->needs(replay);
  verb->add_option("--mesh", options->live.meshes, "look at this mesh only, e.g. arm_cmn_0")
      ->excludes(replay);
  verb->add_option("--rounds", options->live.rounds,
                   "count at every port so often, in another order")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--window", options->live.window_ms,
                   "milliseconds that a batch of ports is counted")
      ->check(CLI::Range(1, 60'000))
      ->capture_default_str();
  verb->add_option("--seed", options->live.seed, "of the order (default: another every time)");
  verb->add_flag("!--no-load", options->live.own_load,
                 "write nothing: another load already writes to the memory of every socket");
  verb->add_flag("!--no-keep", options->live.keep, "do not keep the answer for --source cmn");
  AddFormat(*verb, options->format);
  verb->footer(R"(
Which ports of an Arm CMN mesh lead to memory controllers is listed nowhere. This writes to the memory of
each mesh's socket with all of its CPUs, counts data flits at all ports, a few at a time and in random
order, and takes the ports that stand out, if they are clear of the rest and evenly loaded. Where debugfs
names the devices, that has to agree. The answer is kept for this machine. It needs root or CAP_PERFMON, a
quiet machine, and takes some 5 seconds a mesh.

--replay takes a recording: mxp_pN_dat_txflit_valid (or watchpoint_down on the data channel) of every port
of every crosspoint, on the mesh of the socket whose memory a write-heavy streaming load writes to.

Examples:
  sudo pmubench bandwidth locate
  pmubench bandwidth locate --replay ports.csv --format json

Exit code 1: not found, on one mesh at least.)");
  verb->callback([options, &exit_code] { exit_code = RunLocate(*options); });
}

}  // namespace pmubench
