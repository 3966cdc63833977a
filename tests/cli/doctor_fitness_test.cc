// What `doctor --benchmarking` makes of a machine and of its noise.
#include "cli/doctor_fitness.h"

#include <gmock/gmock.h>

#include <cmath>

#include "platform/fake_machine.h"

namespace pmubench {
namespace {

using ::testing::HasSubstr;

DoctorReport Quiet() {
  testing::FakeRoot root;
  testing::LayArmServer(root);
  root.Write("proc/sys/kernel/randomize_va_space", "0");
  root.Write("proc/loadavg", "0.00 0.00 0.00 1/100 1000");
  return Examine(root.path(), {});
}

NoiseMeasurement Noise(double variation, double steal) {
  // Two values whose standard deviation by mean is the variation.
  const double half = variation / std::sqrt(2.0);
  return {{{"canary/arithmetic", {1 - half, 1 + half}}}, steal, true, ""};
}

TEST(CoefficientOfVariation, IsDeviationByMean) {
  EXPECT_NEAR(CoefficientOfVariation({9, 10, 11}), 0.1, 1e-12);
  EXPECT_EQ(CoefficientOfVariation({5, 5, 5}), 0);
  EXPECT_EQ(CoefficientOfVariation({5}), 0);
}

TEST(StealShare, IsTakenFromTheCpuLine) {
  // 100 ticks more, 10 of them stolen; guest time is in user's already and not counted twice.
  EXPECT_NEAR(StealShare("cpu  100 0 50 1000 0 0 0 5 40 0\ncpu0 1 2",
                         "cpu  150 0 60 1030 0 0 0 15 80 0\ncpu0 1 2"),
              0.1, 1e-12);
  EXPECT_LT(StealShare("", ""), 0);
  EXPECT_LT(StealShare("cpu 1 2 3 4", "cpu 2 3 4 5"), 0) << "a kernel that does not tell";
}

TEST(RateFitness, GoodUsableUnfit) {
  DoctorReport report = Quiet();
  EXPECT_EQ(RateFitness(Noise(0.002, 0), report), Fitness::kGood);
  report = Quiet();
  EXPECT_EQ(RateFitness(Noise(0.03, 0), report), Fitness::kUsable);
  report = Quiet();
  EXPECT_EQ(RateFitness(Noise(0.2, 0), report), Fitness::kUnfit);
  report = Quiet();
  EXPECT_EQ(RateFitness(Noise(0.002, 0.005), report), Fitness::kUsable);
  report = Quiet();
  EXPECT_EQ(RateFitness(Noise(0.002, 0.2), report), Fitness::kUnfit);
  report = Quiet();
  NoiseMeasurement nothing;
  nothing.not_measured = "there is no canary";
  EXPECT_EQ(RateFitness(nothing, report), Fitness::kUnfit);
}

TEST(RateFitness, SettingsCountAndHaveRemedies) {
  testing::FakeRoot root;
  testing::LayIntelServer(root);
  DoctorReport report = Examine(root.path(), {});
  EXPECT_EQ(RateFitness(Noise(0.002, 0), report), Fitness::kUsable);
  report.fitness = FitnessName(Fitness::kUsable);
  const std::string text = DoctorText(report, false);
  EXPECT_THAT(text, HasSubstr("canary/arithmetic"));
  EXPECT_THAT(text, HasSubstr("varies by 0.20 % over 2 launches"));
  EXPECT_THAT(text, HasSubstr("for benchmarks this machine is usable"));
  EXPECT_THAT(DoctorJson(report), HasSubstr("\"fitness\": \"usable\""));
}

}  // namespace
}  // namespace pmubench
