// Plays the hardware behind the register images of a mesh and of memory controllers: looks every
// 100 us at what the guest's drivers have programmed, and advances the counters by the traffic.
//
//   pmubench_lab_player MEMORY MAILBOX TRAFFIC [mesh OFFSET ROOT | KIND OFFSET]...
//
// MEMORY is the guest's memory, a file; offsets are into it, ROOT is the root node's in the mesh's
// block. KIND: dmc620, ddrc1, ddrc2. Ends with standard input or SIGTERM. Lines of TRAFFIC:
//
//   port MESH X Y PORT up|down CHANNEL AMOUNT [WORD WORD]   flits; channel 3 is data, up: into the
//   mesh node MESH TYPE ID EVENT AMOUNT                          events of a node, type 5: a home
//   node controller N EVENT AMOUNT [WORD]                        events of a memory controller
//   phase N                                                 what follows: only while the guest asks
//   for N
//
// AMOUNT: events a second, or @COUNTER/BYTES: one for each BYTES that the guest adds to that
// counter of the mailbox, dealt evenly to all such lines. WORD: what watchpoints and filters
// compare with.
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "controllers.h"
#include "mesh.h"
#include "traffic.h"

namespace pmubench::lab {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::microseconds kStep{100};

struct Hardware {
  std::vector<Mesh> meshes;
  std::vector<Controller> controllers;

  void Step(const std::vector<Flow>& flows, double share) {
    for (Mesh& mesh : meshes) mesh.Step(flows, share);
    for (const Flow& flow : flows) {
      if (flow.kind != FlowKind::kController || flow.now == 0) continue;
      const auto number = static_cast<std::size_t>(flow.device);
      if (number < controllers.size()) (void)controllers[number].Count(flow);
    }
  }

  /// Whether counters would take a flow's events now.
  [[nodiscard]] bool Counts(Flow flow) const {
    const auto number = static_cast<std::size_t>(flow.device);
    if (flow.kind != FlowKind::kController) return number < meshes.size() && meshes[number].Runs();
    flow.now = 0;
    return number < controllers.size() && controllers[number].Count(flow);
  }
};

int Complain(const std::string& what) {
  std::fprintf(stderr, "pmubench_lab_player: %s\n", what.c_str());
  return 1;
}

std::uint8_t* MapMemory(const char* path) {
  const int file = open(path, O_RDWR | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || fstat(file, &status) != 0) return nullptr;
  void* memory = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE,
                      MAP_SHARED, file, 0);
  close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(memory);
}

bool ReadTraffic(const char* path, Traffic* traffic) {
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (traffic->AddLine(line)) continue;
    std::fprintf(stderr, "%s:%d: not understood: %s\n", path, number, line.c_str());
    return false;
  }
  return true;
}

std::optional<Hardware> FindHardware(std::uint8_t* memory, const std::vector<std::string>& words) {
  Hardware hardware;
  const auto number = [&](std::size_t i) {
    return i < words.size() ? std::strtoull(words[i].c_str(), nullptr, 0) : 0;
  };
  for (std::size_t i = 0; i < words.size();) {
    if (words[i] == "mesh") {
      const int index = static_cast<int>(hardware.meshes.size());
      auto mesh =
          Mesh::Discover(memory + number(i + 1), static_cast<std::uint32_t>(number(i + 2)), index);
      if (!mesh) return std::nullopt;
      hardware.meshes.push_back(*std::move(mesh));
      i += 3;
      continue;
    }
    const auto kind = ControllerNamed(words[i]);
    if (!kind) return std::nullopt;
    hardware.controllers.push_back({*kind, memory + number(i + 1)});
    i += 2;
  }
  return hardware;
}

/// Whether whoever started this has closed our input.
bool IsOver() {
  pollfd input{0, POLLIN, 0};
  char byte = 0;
  return poll(&input, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

void Play(Hardware& hardware, Traffic& traffic, Mailbox& mailbox) {
  auto last = Clock::now();
  for (unsigned step = 0; step % 64 != 0 || !IsOver(); ++step) {
    std::this_thread::sleep_for(kStep);
    const auto now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last).count();
    last = now;
    traffic.Step(seconds, mailbox, [&](const Flow& flow) { return hardware.Counts(flow); });
    hardware.Step(traffic.flows(),
                  std::min(1.0, 2 * std::chrono::duration<double>(kStep).count() / seconds));
    traffic.Acknowledge(mailbox);
  }
}

int Run(const std::vector<std::string>& words) {
  if (words.size() < 3)
    return Complain("usage: MEMORY MAILBOX TRAFFIC [mesh OFFSET ROOT | KIND OFFSET]...");
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_TIMERSLACK, 1000);
  // A late step is a wrong count at the edges of a measurement: first in line where that is
  // allowed.
  const sched_param first{.sched_priority = 1};
  (void)sched_setscheduler(0, SCHED_FIFO, &first);
  std::uint8_t* memory = MapMemory(words[0].c_str());
  if (memory == nullptr) return Complain("cannot map " + words[0]);
  Traffic traffic;
  if (!ReadTraffic(words[2].c_str(), &traffic)) return 2;
  auto hardware = FindHardware(memory, {words.begin() + 3, words.end()});
  if (!hardware)
    return Complain("no mesh with a DTC at an offset, or an unknown kind of controller");
  Mailbox mailbox(memory + std::strtoull(words[1].c_str(), nullptr, 0));
  Play(*hardware, traffic, mailbox);
  return 0;
}

}  // namespace
}  // namespace pmubench::lab

int main(int argc, char** argv) { return pmubench::lab::Run({argv + 1, argv + argc}); }
