#include "cli/bandwidth_locate_live.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "bandwidth/located_file.h"
#include "bandwidth/machine.h"
#include "bandwidth/port_scan.h"
#include "bandwidth/traffic_team.h"
#include "platform/state_folder.h"
#include "runner/terminal_progress.h"

namespace pmubench {
namespace {

Result<std::vector<const PmuDevice*>> MeshesToLocate(const BandwidthMachine& machine,
                                                     const std::vector<std::string>& wanted) {
  const auto all = machine.PmusNamed("arm_cmn");
  if (all.empty()) {
    return Error{ErrorCode::kNoPmu, "there is no Arm CMN mesh here",
                 "`pmubench list sources` says what there is and what could be turned on"};
  }
  if (wanted.empty()) return all;
  std::vector<const PmuDevice*> meshes;
  for (const std::string& name : wanted) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const PmuDevice* mesh) { return mesh->name == name; });
    if (found == all.end()) {
      return Error{ErrorCode::kUsage, fmt::format("there is no mesh {}", name),
                   fmt::format("the first is {}", all.front()->name)};
    }
    meshes.push_back(*found);
  }
  return meshes;
}

Located Failed(const Error& error) {
  Located located;
  located.reason = "not found: " + error.ToString();
  return located;
}

Result<Located> LocateOne(const BandwidthMachine& machine, const PmuDevice& mesh, int socket,
                          const LocateLiveOptions& options) {
  auto ports = FindPorts(SystemKernel(), mesh, machine.permissions);
  if (!ports) return ports.error();
  std::optional<TrafficTeam> load;
  if (options.own_load) {
    const auto place = PlaceOfSocket(machine, socket);
    if (!place) return Failed(place.error());
    auto started = TrafficTeam::Start(*place);
    if (!started) return Failed(started.error());
    load.emplace(*std::move(started));
    const auto& kernels = TrafficKernels();
    const auto writes = std::find_if(
        kernels.begin(), kernels.end(),
        [](const TrafficKernelInfo& kernel) { return kernel.kernel == TrafficKernel::kWrite; });
    load->Begin(*writes);
  }
  ScanOptions scan;
  scan.rounds = options.rounds;
  scan.window = std::chrono::milliseconds(options.window_ms);
  scan.seed = options.seed != 0 ? options.seed : std::random_device()();
  TerminalProgress progress;
  auto traffic = ScanPorts(
      SystemKernel(), mesh, *ports, machine.permissions, scan,
      [&](std::size_t done, std::size_t all) {
        progress.Show(fmt::format("{}: {} of {} batches of ports counted", mesh.name, done, all));
      });
  if (load) load->End();
  return ConfirmByMap(LocateControllers(std::move(traffic)),
                      ControllerPorts(ReadMeshMap(machine.root, mesh.name)));
}

}  // namespace

Result<std::map<std::string, Located>> LocateLive(const LocateLiveOptions& options) {
  const BandwidthMachine machine = ReadBandwidthMachine("/", StateFolder());
  const auto meshes = MeshesToLocate(machine, options.meshes);
  if (!meshes) return meshes.error();
  const auto all = machine.PmusNamed("arm_cmn");
  const auto sockets = SocketsOfMeshes(machine, all);
  std::map<std::string, Located> located;
  for (const PmuDevice* mesh : *meshes) {
    const auto index = std::find(all.begin(), all.end(), mesh) - all.begin();
    auto one = LocateOne(machine, *mesh, sockets[static_cast<std::size_t>(index)], options);
    if (!one) return one.error();
    located[mesh->name] = *std::move(one);
  }
  if (options.keep) {
    const auto kept = KeepLocated(machine, located);
    if (!kept) fmt::print(stderr, "pmubench: not kept: {}\n", kept.error().ToString());
  }
  return located;
}

}  // namespace pmubench
