#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "protection/builds.h"
#include "protection/cases.h"
#include "protection/enforcement.h"
#include "test_folder.h"

namespace pmubench::protection {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Protection, EveryBuildGivesTheKnownAnswers) {
  const auto builds = Builds();
  ASSERT_GE(builds.size(), 2u);
  EXPECT_STREQ(builds.front()->protection, "none");
  for (const Kernels* kernels : builds) {
    for (const Case& one : Cases()) {
      for (const int size : {0, 1, 2, 3, one.counted, one.size}) {
        EXPECT_EQ(one.run(*kernels, size), one.answer(size))
            << one.name << ' ' << size << ' ' << kernels->isa << ' ' << kernels->protection;
      }
    }
  }
  EXPECT_EQ(Cases().front().answer(18), 2584u);
}

TEST(Protection, IndirectCallsMeetEveryTarget) {
  for (const int calls : {100, 1024}) {
    for (std::uint8_t target = 0; target < kTargets; ++target) {
      EXPECT_THAT(Order(calls), ::testing::Contains(target));
    }
  }
}

// A machine's /proc, as far as it is read.
class Machine {
 public:
  Machine() {
    Write("proc/self/status", "Name:\tx\n");
    Smaps("rd ex", "rd wr");
  }

  void Write(const char* file, const std::string& text) { root_.Write(file, text); }

  // Flags of the page with the code, at 0x1000, and of one beside it.
  void Smaps(const std::string& code, const std::string& other) {
    Write("proc/self/smaps",
          "00001000-00002000 r-xp 00000000 00:00 0 a\nSize: 4 kB\nVmFlags: " + code +
              "\n00002000-00003000 rw-p 00000000 00:00 0\nVmFlags: " + other + "\n");
  }

  [[nodiscard]] Enforcement Read() const {
    return ReadEnforcement(root_.path(), reinterpret_cast<const void*>(0x1800));
  }

 private:
  TestFolder root_;
};

TEST(ReadEnforcement, OnArmIsTheCpusAndForPadsThePages) {
  Machine machine;
  machine.Write("proc/cpuinfo", "processor : 0\nFeatures : fp asimd\n");
  EXPECT_FALSE(machine.Read().landing_pads);
  EXPECT_FALSE(machine.Read().return_addresses);
  EXPECT_THAT(machine.Read().landing_pads_how, HasSubstr("no BTI in this CPU"));
  EXPECT_THAT(machine.Read().return_addresses_how, HasSubstr("no PAC in this CPU"));

  machine.Write("proc/cpuinfo", "processor : 0\nFeatures : fp asimd paca pacg bti\n");
  machine.Smaps("rd ex", "rd ex bt");  // guarded is another page
  EXPECT_FALSE(machine.Read().landing_pads);
  EXPECT_TRUE(machine.Read().return_addresses);
  EXPECT_THAT(machine.Read().landing_pads_how, HasSubstr("not guarded"));

  machine.Smaps("rd ex bt", "rd wr ss");
  EXPECT_TRUE(machine.Read().landing_pads);
  EXPECT_THAT(machine.Read().return_addresses_how, HasSubstr("shadow stack (GCS)"));
}

TEST(ReadEnforcement, OnX86IsWhatTheKernelTurnedOn) {
  Machine machine;
  machine.Write("proc/cpuinfo", "processor : 0\nflags : fpu ibt\n");
  EXPECT_FALSE(machine.Read().landing_pads);
  EXPECT_THAT(machine.Read().landing_pads_how, StartsWith("NOPs"));
  EXPECT_FALSE(machine.Read().return_addresses);
  EXPECT_THAT(machine.Read().return_addresses_how, HasSubstr("no shadow stack in this CPU"));

  machine.Write("proc/cpuinfo", "processor : 0\nflags : fpu user_shstk\n");
  EXPECT_THAT(machine.Read().return_addresses_how, HasSubstr("the C library has not"));
  machine.Write("proc/self/status", "Name:\tx\nx86_Thread_features:\tshstk \n");
  EXPECT_TRUE(machine.Read().return_addresses);
}

}  // namespace
}  // namespace pmubench::protection
