#include "bandwidth/mesh.h"

#include <gmock/gmock.h>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// As the driver prints a mesh of 3 x 2.
constexpr const char* kMap =
    "     X    0        1        2    \n"
    "Y P D+--------+--------+--------+\n"
    "1    | XP #3  | XP #4  | XP #5  |\n"
    "     | DTC 0  | DTC 0  | DTC 0  |\n"
    "     |........|........|........|\n"
    "  0  |  RN-F  |  HN-F  |  SN-F  |\n"
    "    0|   #0   |   #1   |   #0   |\n"
    "    1|        |        |        |\n"
    "  1  |        |  SBSX  |        |\n"
    "    0|        |   #0   |        |\n"
    "    1|        |        |        |\n"
    "-----+--------+--------+--------+\n"
    "0    | XP #0  | XP #1  | XP #2  |\n"
    "     | DTC 0  | DTC 0  | DTC 0  |\n"
    "     |........|........|........|\n"
    "  0  |  SN-F  |  HN-F  |        |\n"
    "    0|   #1   |   #0   |        |\n"
    "    1|        |        |        |\n"
    "  1  |  HN-D  |        |  SN-F_E|\n"
    "    0|   #0   |        |   #2   |\n"
    "    1|        |        |        |\n"
    "-----+--------+--------+--------+\n";

TEST(MeshMap, NamesThePortsOfControllers) {
  const auto ports = ControllerPorts(ParseMeshMap("arm_cmn_0", kMap));
  EXPECT_THAT(ports, ElementsAre(MeshPort{"arm_cmn_0", 0x0, 0}, MeshPort{"arm_cmn_0", 0x40, 1},
                                 MeshPort{"arm_cmn_0", 0x48, 0}));
}

TEST(MeshMap, TakesBridgesWhereThereIsNoMemoryNode) {
  std::string text = kMap;
  for (auto at = text.find("SN-F"); at != std::string::npos; at = text.find("SN-F")) {
    text.replace(at, 4, "RN-F");
  }
  EXPECT_THAT(ControllerPorts(ParseMeshMap("arm_cmn_0", text)),
              ElementsAre(MeshPort{"arm_cmn_0", 0x28, 1}));
}

TEST(MeshMap, IsEmptyForOtherTexts) {
  EXPECT_THAT(ParseMeshMap("arm_cmn_0", ""), IsEmpty());
  EXPECT_THAT(ParseMeshMap("arm_cmn_0", "a | b\n1 | c\n"), IsEmpty());
}

TEST(MeshMap, EachMeshHasAFile) {
  const testing::FakeRoot root;
  root.Write("sys/kernel/debug/arm-cmn/map", kMap);
  root.Write("sys/kernel/debug/arm-cmn/map_1", kMap);
  EXPECT_EQ(ReadMeshMap(root.path(), "arm_cmn_1").front().where.pmu, "arm_cmn_1");
  EXPECT_EQ(ReadMeshMap(root.path(), "arm_cmn_0").size(),
            ReadMeshMap(root.path(), "arm_cmn_1").size());
  EXPECT_THAT(ReadMeshMap(root.path(), "arm_cmn_2"), IsEmpty());
}

TEST(CrosspointIds, WidenWithTheMesh) {
  EXPECT_EQ(CrosspointId(7, 4, 8, 6), 0x1e0U);
  EXPECT_EQ(CrosspointId(0, 1, 8, 6), 0x8U);
  EXPECT_EQ(CrosspointId(3, 1, 4, 2), 0x68U);
  EXPECT_EQ(CrosspointId(9, 3, 12, 10), (9U << 7) | (3U << 3));
}

}  // namespace
}  // namespace pmubench
