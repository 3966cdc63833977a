#include "platform/topology.h"

#include <gmock/gmock.h>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using testing::FakeRoot;

Topology TopologyOf(void (*lay)(const FakeRoot&)) {
  FakeRoot root;
  lay(root);
  return *ReadTopology(root.path());
}

TEST(TopologyTest, TwoSocketsWithSmt) {
  const Topology topology = TopologyOf(testing::LayIntelServer);
  EXPECT_EQ(topology.cpus.size(), 16u);
  EXPECT_EQ(topology.sockets(), 2);
  EXPECT_EQ(topology.cores(), 8);
  EXPECT_EQ(topology.threads_per_core(), 2);
  EXPECT_EQ(topology.cpus[0].socket, 0);
  EXPECT_EQ(topology.cpus[4].socket, 1);
  EXPECT_THAT(topology.cpus[12].siblings, ElementsAre(4, 12));
  EXPECT_EQ(topology.cpus[12].node, 1);
  ASSERT_EQ(topology.nodes.size(), 2u);
  EXPECT_EQ(topology.nodes[1].memory_bytes, 65536000ULL * 1024);
  ASSERT_EQ(topology.caches.size(), 4u);
  EXPECT_EQ(topology.caches[3].level, 3);
  EXPECT_EQ(topology.caches[3].size, 24ULL << 20);
  EXPECT_EQ(topology.caches[3].sharing, 8);
  EXPECT_EQ(topology.caches[0].line, 64);
}

TEST(TopologyTest, OneSocketWithoutSmt) {
  const Topology topology = TopologyOf(testing::LayArmServer);
  EXPECT_EQ(topology.cores(), 80);
  EXPECT_EQ(topology.sockets(), 1);
  EXPECT_EQ(topology.threads_per_core(), 1);
}

TEST(TopologyTest, FallsBackWhereLittleIsShown) {
  FakeRoot root;
  root.Write("sys/devices/system/cpu/online", "0,2");
  root.Write("sys/devices/system/cpu/cpu2/topology/physical_package_id", "-1");
  const auto topology = ReadTopology(root.path());
  ASSERT_TRUE(topology);
  EXPECT_THAT(topology->online(), ElementsAre(0, 2));
  EXPECT_EQ(topology->sockets(), 1);
  EXPECT_EQ(topology->cores(), 2);
  EXPECT_TRUE(topology->caches.empty());
}

TEST(TopologyTest, WithoutAListOfCpusItFails) {
  FakeRoot root;
  EXPECT_FALSE(ReadTopology(root.path()));
  root.Write("sys/devices/system/cpu/online", "none");
  EXPECT_FALSE(ReadTopology(root.path()));
}

TEST(TopologyTest, ReadsThisMachine) {
  const auto topology = ReadTopology("/");
  ASSERT_TRUE(topology);
  EXPECT_GE(topology->cores(), 1);
}

}  // namespace
}  // namespace pmubench
