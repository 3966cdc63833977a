#include "runner/binary_kind.h"

#include <gtest/gtest.h>

namespace pmubench {
namespace {

const std::filesystem::path kBenchmarks = PMUBENCH_TEST_BENCHMARKS;

TEST(InspectBinary, TellsTheWaysOfLinking) {
  EXPECT_EQ(*InspectBinary(kBenchmarks / "known_faults_linked"), BinaryKind::kLinked);
  EXPECT_EQ(*InspectBinary(kBenchmarks / "known_faults_plain"), BinaryKind::kSharedEngine);
}

TEST(InspectBinary, OtherFilesAreReasons) {
  EXPECT_EQ(InspectBinary("/bin/true").error().code, ErrorCode::kBadInput);
  EXPECT_EQ(InspectBinary("/etc/passwd").error().code, ErrorCode::kBadInput);
  EXPECT_EQ(InspectBinary("/nonexistent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(InspectBinary("/").error().code, ErrorCode::kBadInput);
}

}  // namespace
}  // namespace pmubench
