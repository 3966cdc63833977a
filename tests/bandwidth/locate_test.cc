#include "bandwidth/locate.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include "bandwidth/event_name.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Ports of a made-up mesh: `counts` of each kind carry about so much.
std::vector<PortTraffic> Mesh(const std::vector<std::pair<int, double>>& kinds,
                              double noise = 0.01) {
  std::mt19937_64 random(7);
  std::vector<PortTraffic> ports;
  for (const auto& [count, flits] : kinds) {
    for (int i = 0; i < count; ++i) {
      const double factor = 1 + noise * (static_cast<double>(i) / count - 0.5);
      const auto id = static_cast<std::uint64_t>(ports.size()) << 3;
      ports.push_back({{"arm_cmn_0", id, static_cast<int>(random() % 2)}, flits * factor, true});
    }
  }
  return ports;
}

std::vector<MeshPort> FirstOf(const std::vector<PortTraffic>& ports, std::size_t count) {
  std::vector<MeshPort> first;
  for (std::size_t i = 0; i < count; ++i) first.push_back(ports[i].where);
  return first;
}

TEST(Locate, FindsControllersOfManyMeshes) {
  for (const int controllers : {1, 4, 6, 8, 16}) {
    const auto ports = Mesh({{controllers, 8e9}, {16, 5.7e9}, {40, 2.4e9}, {30, 1e6}});
    const Located found = LocateControllers(ports);
    EXPECT_EQ(found.ports, FirstOf(ports, static_cast<std::size_t>(controllers))) << found.reason;
    EXPECT_GT(found.confidence, 0.9);
  }
}

TEST(Locate, SaysNotFoundRatherThanGuess) {
  const auto expect_none = [](const std::vector<PortTraffic>& ports, const char* why) {
    const Located found = LocateControllers(ports);
    EXPECT_THAT(found.ports, IsEmpty()) << found.reason;
    EXPECT_EQ(found.confidence, 0);
    EXPECT_THAT(found.reason, HasSubstr("not found"));
    EXPECT_THAT(found.reason, HasSubstr(why));
  };
  expect_none({}, "no port carried data");
  expect_none(Mesh({{96, 0}}), "no port carried data");
  expect_none(Mesh({{96, 1e6}}), "1 level(s)");
  // A read-only load: controllers dark, home nodes and cores lit.
  expect_none(Mesh({{16, 5.7e9}, {40, 2.4e9}, {40, 1e6}}), "2 level(s)");
  // Three levels, but the uppermost drifts down in steps.
  expect_none(Mesh({{8, 8e9}, {16, 5.7e9}, {40, 2.4e9}}, 0.12), "interleaved channels");
  auto uncounted = Mesh({{8, 8e9}, {16, 5.7e9}, {40, 2.4e9}});
  uncounted[3].counted = false;
  expect_none(uncounted, "1 of 64 ports were not counted");
}

TEST(Locate, LessEvenMeansLessConfident) {
  const Located even = LocateControllers(Mesh({{8, 8e9}, {16, 5.7e9}, {40, 2.4e9}}, 0.01));
  const Located uneven = LocateControllers(Mesh({{8, 8e9}, {16, 5.7e9}, {40, 2.4e9}}, 0.06));
  EXPECT_THAT(uneven.ports, SizeIs(8)) << uneven.reason;
  EXPECT_LT(uneven.confidence, even.confidence);
  EXPECT_THAT(uneven.reason, HasSubstr("less even"));
}

TEST(Locate, ReadsWatchpointsAndPortEvents) {
  const auto text = ParsePerfText(
      "9||arm_cmn_1/watchpoint_down,bynodeid=1,nodeid=0x10,wp_dev_sel=3,wp_chn_sel=3/|9|100.00||\n"
      "7||arm_cmn_1/watchpoint_up,bynodeid=1,nodeid=0x10,wp_dev_sel=3,wp_chn_sel=3/|9|100.00||\n"
      "5||arm_cmn_1/mxp_p12_dat_txflit_valid,bynodeid=1,nodeid=0x8/|9|100.00||\n"
      "<not counted>||arm_cmn_1/mxp_p0_dat_txflit_valid,bynodeid=1,nodeid=0x8/|0|0.00||\n");
  ASSERT_TRUE(text.ok());
  const auto ports = PortsOfRecording(*text);
  ASSERT_TRUE(ports.ok());
  ASSERT_THAT(*ports, SizeIs(3));
  EXPECT_FALSE((*ports)[0].counted);
  EXPECT_EQ((*ports)[1].where, (MeshPort{"arm_cmn_1", 8, 12}));
  EXPECT_EQ((*ports)[2].where, (MeshPort{"arm_cmn_1", 0x10, 3}));
  EXPECT_EQ((*ports)[2].flits, 9);
  EXPECT_FALSE(PortsOfRecording(*ParsePerfText("1||cycles|9|100.00||\n")).ok());
}

fs::path Altra() { return fs::path(PMUBENCH_SOURCE_DIR) / "../shared/data/altra"; }

std::vector<PortTraffic> Recorded(const fs::path& file) {
  const auto text = ReadPerfFile(file);
  EXPECT_TRUE(text.ok());
  return *PortsOfRecording(*text);
}

TEST(LocateRecordings, ControllersOfAnAltra) {
  const fs::path file = Altra() / "stream/stream-ports.csv";
  if (!fs::exists(file)) GTEST_SKIP() << "no recordings at " << Altra();
  std::vector<MeshPort> truth;
  for (const std::uint64_t id : {0x8, 0x10, 0x18, 0x20, 0x1c8, 0x1d0, 0x1d8, 0x1e0}) {
    truth.push_back({"arm_cmn_0", id, 0});
  }
  const Located found = LocateControllers(Recorded(file));
  EXPECT_EQ(found.ports, truth) << found.reason;
  EXPECT_GT(found.confidence, 0.9);
  EXPECT_LT(found.unevenness, 0.03);
}

TEST(LocateRecordings, NamesAndOrderPlayNoPart) {
  const fs::path file = Altra() / "stream/stream-ports.csv";
  if (!fs::exists(file)) GTEST_SKIP() << "no recordings at " << Altra();
  const auto ports = Recorded(file);
  const Located plain = LocateControllers(ports);
  const std::set<MeshPort> truth(plain.ports.begin(), plain.ports.end());
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 50; ++trial) {
    auto renamed = ports;
    std::shuffle(renamed.begin(), renamed.end(), random);
    std::set<MeshPort> expected;
    for (std::size_t i = 0; i < renamed.size(); ++i) {
      const MeshPort name{"arm_cmn_5", random() % 4096 << 3, static_cast<int>(i)};
      if (truth.contains(renamed[i].where)) expected.insert(name);
      renamed[i].where = name;
    }
    const Located found = LocateControllers(renamed);
    EXPECT_EQ(std::set<MeshPort>(found.ports.begin(), found.ports.end()), expected);
    EXPECT_DOUBLE_EQ(found.confidence, plain.confidence);
  }
}

TEST(LocateRecordings, PortsOfCorePairs) {
  const fs::path folder = Altra() / "core_to_core";
  if (!fs::exists(folder)) GTEST_SKIP() << "no recordings at " << Altra();
  std::set<MeshPort> common;
  std::set<MeshPort> others;
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const Located found = LocateCorePair(Recorded(entry.path()));
    ASSERT_THAT(found.ports, SizeIs(2)) << entry.path() << found.reason;
    const std::set<MeshPort> pair(found.ports.begin(), found.ports.end());
    std::set<MeshPort> both;
    std::set_intersection(pair.begin(), pair.end(), common.begin(), common.end(),
                          std::inserter(both, both.end()));
    others.insert(pair.begin(), pair.end());
    common = files++ == 0 ? pair : both;
  }
  // CPU 0's port is in every pair; each other CPU has a port of its own.
  EXPECT_THAT(common, SizeIs(1));
  EXPECT_THAT(others, SizeIs(files + 1));
}

TEST(LocateCores, NotFoundWhereNothingStandsOut) {
  EXPECT_THAT(LocateCorePair(Mesh({{96, 1e6}})).ports, IsEmpty());
  EXPECT_THAT(LocateCorePair({}).ports, IsEmpty());
  EXPECT_THAT(LocateCorePair(Mesh({{1, 1e8}, {95, 1e6}})).ports, SizeIs(1));
}

}  // namespace
}  // namespace pmubench
