// Batches of ports, scans of a mesh that a test makes up, answers that are kept.
#include "bandwidth/port_scan.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <set>

#include "bandwidth/located_file.h"
#include "bandwidth/mux_interval.h"
#include "platform/fake_machine.h"
#include "platform/files.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PmuDevice Mesh() {
  PmuDevice mesh;
  mesh.name = "arm_cmn_0";
  mesh.type = 12;
  mesh.cpumask = {0};
  mesh.formats = {{"eventid", "config:16-26"},    {"bynodeid", "config:31"},
                  {"nodeid", "config:32-47"},     {"wp_dev_sel", "config:48-50"},
                  {"wp_chn_sel", "config:51-55"}, {"wp_grp", "config:56"},
                  {"wp_val", "config1:0-63"},     {"wp_mask", "config2:0-63"}};
  mesh.events = {{"watchpoint_down", "eventid=0x2"},
                 {"mxp_p0_dat_txflit_valid", ""},
                 {"mxp_p1_dat_txflit_valid", ""},
                 {"mxp_p3_dat_txflit_valid", ""}};
  return mesh;
}

/// A mesh of 4 x 3: refuses ids that are not there, a third watchpoint of one crosspoint, one with
/// the match group of another, and more than 8. Ports of `lit` crosspoints count most.
class MeshKernel final : public Kernel {
 public:
  std::set<std::uint64_t> lit = {8, 72};
  int refuse = 0;  ///< errno of every open
  std::size_t largest = 0;

  int Open(perf_event_attr* attr, pid_t, int, int leader, unsigned long) override {
    const std::uint64_t id = attr->config >> 32 & 0xffff;
    const bool there = id % 8 == 0 && (id >> 3 & 3) < 3 && id >> 5 < 4;
    if (refuse != 0) return errno = refuse, -1;
    const int descriptor = next_++;
    auto& group = groups_[leader < 0 ? descriptor : leader];
    for (const std::uint64_t other : group) {
      const bool same_place = (other >> 32 & 0xffff) == id;
      if (same_place && (other >> 56 & 1) == (attr->config >> 56 & 1)) return errno = EINVAL, -1;
    }
    if (!there || group.size() == 8) return errno = EINVAL, -1;
    group.push_back(attr->config);
    ids_[leader < 0 ? descriptor : leader].push_back(static_cast<std::uint64_t>(descriptor));
    largest = std::max(largest, group.size());
    return descriptor;
  }
  ssize_t Read(int descriptor, void* buffer, std::size_t) override {
    const auto& group = groups_[descriptor];
    std::vector<std::uint64_t> words = {group.size(), 1000, 500};
    for (std::size_t i = 0; i < group.size(); ++i) {
      const std::uint64_t id = group[i] >> 32 & 0xffff;
      const std::uint64_t port = group[i] >> 48 & 7;
      words.push_back(lit.contains(id) && port == 3 ? 4000 : 50);
      words.push_back(ids_[descriptor][i]);
    }
    std::memcpy(buffer, words.data(), words.size() * sizeof words[0]);
    return static_cast<ssize_t>(words.size() * sizeof words[0]);
  }
  int Ioctl(int descriptor, unsigned long request, unsigned long argument) override {
    if (request == PERF_EVENT_IOC_ID) {
      *reinterpret_cast<std::uint64_t*>(argument) = static_cast<std::uint64_t>(descriptor);
    }
    return 0;
  }
  void Close(int) override {}

 private:
  std::map<int, std::vector<std::uint64_t>> groups_, ids_;
  int next_ = 10;
};

TEST(BatchesOfPorts, FitTheCountersOfAMesh) {
  std::vector<MeshPort> ports;
  for (std::uint64_t id = 0; id < 20 * 8; id += 8) {
    for (int port = 0; port < 4; ++port) ports.push_back({"arm_cmn_0", id, port});
  }
  const auto batches = BatchesOfPorts(ports);
  std::set<MeshPort> all;
  for (const auto& batch : batches) {
    EXPECT_LE(batch.size(), 8U);
    std::map<std::uint64_t, int> on_crosspoint;
    for (const MeshPort& port : batch) EXPECT_LE(++on_crosspoint[port.nodeid], 2);
    all.insert(batch.begin(), batch.end());
  }
  EXPECT_EQ(all.size(), ports.size());
  EXPECT_THAT(batches, SizeIs(10));
  EXPECT_THAT(BatchesOfPorts({}), IsEmpty());
}

TEST(FindPorts, ThoseThatTheDriverOpens) {
  MeshKernel kernel;
  const auto ports = FindPorts(kernel, Mesh(), {});
  ASSERT_TRUE(ports.ok());
  EXPECT_THAT(*ports, SizeIs(4 * 3 * 3));
  EXPECT_EQ(ports->front(), (MeshPort{"arm_cmn_0", 0, 0}));
  EXPECT_EQ(ports->back(), (MeshPort{"arm_cmn_0", 3 << 5 | 2 << 3, 3}));
}

TEST(FindPorts, SaysWhyNoneOpens) {
  MeshKernel kernel;
  kernel.refuse = EACCES;
  const auto ports = FindPorts(kernel, Mesh(), {});
  ASSERT_FALSE(ports.ok());
  EXPECT_EQ(ports.error().code, ErrorCode::kNotPermitted);
  EXPECT_FALSE(ports.error().remedy.empty());
}

TEST(ScanPorts, RatesByTimeOnACounter) {
  MeshKernel kernel;
  const auto ports = FindPorts(kernel, Mesh(), {});
  ASSERT_TRUE(ports.ok());
  ScanOptions options;
  options.window = std::chrono::milliseconds(0);
  std::size_t calls = 0;
  const auto traffic =
      ScanPorts(kernel, Mesh(), *ports, {}, options, [&](std::size_t, std::size_t) { ++calls; });
  ASSERT_THAT(traffic, SizeIs(ports->size()));
  EXPECT_EQ(kernel.largest, 8U);
  EXPECT_GE(calls, 5U * 5U);
  for (const PortTraffic& port : traffic) {
    const bool lit = kernel.lit.contains(port.where.nodeid) && port.where.port == 3;
    EXPECT_TRUE(port.counted);
    EXPECT_DOUBLE_EQ(port.flits, (lit ? 4000 : 50) * 1e9 / 500) << port.where.nodeid;
  }
  kernel.refuse = EBUSY;
  for (const PortTraffic& port :
       ScanPorts(kernel, Mesh(), *ports, {}, options, [](std::size_t, std::size_t) {})) {
    EXPECT_FALSE(port.counted);
  }
}

Located Found(std::vector<MeshPort> ports) {
  Located located;
  located.ports = std::move(ports);
  located.confidence = 0.9;
  located.reason = "found";
  return located;
}

TEST(ConfirmByMap, AgreesDiffersOrKnowsNothing) {
  const MeshPort a{"arm_cmn_0", 8, 0};
  const MeshPort b{"arm_cmn_0", 16, 0};
  EXPECT_EQ(ConfirmByMap(Found({a}), {}).confidence, 0.9);
  EXPECT_NEAR(ConfirmByMap(Found({a}), {a}).confidence, 0.99, 1e-9);
  const Located more = ConfirmByMap(Found({a}), {a, b});
  EXPECT_THAT(more.ports, SizeIs(1));
  EXPECT_THAT(more.reason, HasSubstr("1 more, which are idle"));
  const Located conflict = ConfirmByMap(Found({a}), {b});
  EXPECT_THAT(conflict.ports, IsEmpty());
  EXPECT_THAT(conflict.reason, HasSubstr("not found"));
  const Located dark = ConfirmByMap(Found({}), {a, b});
  EXPECT_THAT(dark.ports, IsEmpty());
  EXPECT_THAT(dark.reason, HasSubstr("does not confirm"));
}

TEST(LocatedFile, KeepsAnswersByMachine) {
  const testing::FakeRoot root;
  testing::LayArmServer(root);
  const auto machine = ReadBandwidthMachine(root.path(), root.path() / "state");
  EXPECT_THAT(*ReadLocated(machine), IsEmpty());
  const MeshPort port{"arm_cmn_1", 0x1c8, 1};
  ASSERT_TRUE(KeepLocated(machine, {{"arm_cmn_1", Found({port})}, {"arm_cmn_0", Found({})}}).ok());
  const auto kept = ReadLocated(machine);
  ASSERT_TRUE(kept.ok());
  ASSERT_THAT(*kept, SizeIs(1));
  EXPECT_EQ(kept->at("arm_cmn_1").ports, std::vector<MeshPort>{port});
  // A later answer about one mesh leaves the other's; one that finds nothing takes it away.
  ASSERT_TRUE(KeepLocated(machine, {{"arm_cmn_0", Found({{"arm_cmn_0", 8, 0}})}}).ok());
  EXPECT_THAT(*ReadLocated(machine), SizeIs(2));
  ASSERT_TRUE(KeepLocated(machine, {{"arm_cmn_1", Found({})}}).ok());
  EXPECT_THAT(*ReadLocated(machine), SizeIs(1));
  root.Write(LocatedFile(machine).lexically_relative(root.path()).string(), "{\"schema\": 1");
  EXPECT_FALSE(ReadLocated(machine).ok());
}

TEST(MuxInterval, IsSetBack) {
  const testing::FakeRoot root;
  const std::string file = "sys/bus/event_source/devices/arm_cmn_0/perf_event_mux_interval_ms";
  root.Write(file, "4");
  const auto now = [&] { return ReadInteger(root.path() / file); };
  {
    const MuxInterval longer(root.path(), "arm_cmn_0", std::chrono::milliseconds(40));
    EXPECT_EQ(now(), 40);
    const MuxInterval shorter(root.path(), "arm_cmn_0", std::chrono::milliseconds(10));
    EXPECT_EQ(now(), 40);
    const MuxInterval missing(root.path(), "arm_cmn_9", std::chrono::milliseconds(10));
  }
  EXPECT_EQ(now(), 4);
}

}  // namespace
}  // namespace pmubench
