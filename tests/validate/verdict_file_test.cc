// What is kept of a machine, and what it does to a measurement there.
#include "validate/verdict_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "catalogue/load.h"
#include "counters/kernel.h"
#include "platform/fingerprint.h"
#include "runner/catalogue_here.h"
#include "runner/measurement_plan.h"
#include "test_folder.h"
#include "validate/quantities.h"

namespace pmubench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

EventVerdict Of(const std::string& event, EventVerdictKind kind, const std::string& detail) {
  EventVerdict verdict;
  verdict.event = event;
  verdict.quantity = "page_faults";
  verdict.kind = kind;
  verdict.detail = detail;
  verdict.expected = 768;
  verdict.measured = kind == EventVerdictKind::kDead ? 0 : 1536;
  verdict.error = verdict.measured / verdict.expected - 1;
  return verdict;
}

/// The core that a measurement here is of.
std::string CoreHere() { return LoadCatalogueFor("", "", "/")->core; }

Verdicts Here(std::vector<EventVerdict> events) {
  return {ReadFingerprint("/").id, CoreHere(), "6.1.0", "2026-01-02T03:04:05Z", std::move(events)};
}

std::filesystem::path FileHere(const TestFolder& folder) {
  return VerdictFile(folder.path(), ReadFingerprint("/").id, CoreHere());
}

TEST(VerdictFileTest, ReadsWhatItWrote) {
  const TestFolder folder;
  const auto state = folder.path() / "a" / "b";
  EXPECT_EQ(ReadVerdicts(state, "/", CoreHere()).error().code, ErrorCode::kNotFound);
  const Verdicts written = Here({Of("A", EventVerdictKind::kDead, "dead: x"),
                                 Of("B", EventVerdictKind::kOver, "over-counts by a factor of 2"),
                                 Of("C", EventVerdictKind::kExact, "exact")});
  ASSERT_TRUE(WriteVerdicts(written, state).ok());
  const auto read = ReadVerdicts(state, "/", CoreHere());
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(ToJson(*read), ToJson(written));
  const Distrust distrust = DistrustOf(*read);
  EXPECT_EQ(distrust.dead.size(), 1u);
  EXPECT_EQ(distrust.wrong.size(), 1u);
  EXPECT_THAT(distrust.dead.at("A"), HasSubstr("A here: dead: x"));
}

TEST(VerdictFileTest, EveryKindOfCoreHasItsOwn) {
  const TestFolder folder;
  Verdicts little = Here({Of("A", EventVerdictKind::kDead, "dead")});
  Verdicts big = Here({Of("A", EventVerdictKind::kExact, "exact")});
  little.core = "cortex-a72";
  big.core = "../big core";
  ASSERT_TRUE(WriteVerdicts(little, folder.path()).ok());
  ASSERT_TRUE(WriteVerdicts(big, folder.path()).ok());
  EXPECT_TRUE(ReadVerdicts(folder.path(), "/", little.core)->events[0].dead());
  EXPECT_FALSE(ReadVerdicts(folder.path(), "/", big.core)->events[0].dead());
  EXPECT_EQ(ReadVerdicts(folder.path(), "/", "cortex-a76").error().code, ErrorCode::kNotFound);
}

TEST(VerdictFileTest, ADamagedFileIsAnErrorWithARemedy) {
  const TestFolder folder;
  for (const char* text : {"", "{", "[]", R"({"schema": "other"})", "null"}) {
    EXPECT_EQ(VerdictsFromJson(text).error().code, ErrorCode::kBadInput) << text;
  }
  std::ofstream(FileHere(folder)) << "{";
  EXPECT_THAT(ReadVerdicts(folder.path(), "/", CoreHere()).error().remedy,
              HasSubstr("pmubench validate"));
}

TEST(VerdictFileTest, AFolderThatCannotBeWrittenIsAnError) {
  EXPECT_EQ(WriteVerdicts(Here({}), "/proc/nowhere").error().code, ErrorCode::kSystem);
}

TEST(VerdictFileTest, EveryTruthOfTheCatalogueHasALoop) {
  int covered = 0;
  for (const BuiltInCore& core : BuiltInCores()) {
    const Catalogue catalogue = *LoadCatalogue(core.name);
    for (const CatalogueEvent& event : catalogue.events) {
      if (event.truth.empty()) continue;
      EXPECT_NE(FindQuantity(event.truth), nullptr) << core.name << " " << event.name;
      ++covered;
    }
  }
  EXPECT_GT(covered, 300);
}

// Page faults are counted on any machine: only a verdict keeps them from it.
TEST(VerdictsInAMeasurementTest, DeadEventsGiveNoValueAndWrongOnesANote) {
  const TestFolder folder;
  MeasurementRequest request;
  request.metrics = {"page_faults", "minor_faults"};
  request.state = folder.path();
  const Catalogue software = *LoadCatalogue("software");

  const std::string dead_event = software.FindMetric("page_faults")->events[0];
  const std::string wrong_event = software.FindMetric("minor_faults")->events[0];
  ASSERT_TRUE(WriteVerdicts(Here({Of(dead_event, EventVerdictKind::kDead, "dead: made up"),
                                  Of(wrong_event, EventVerdictKind::kOver, "made up")}),
                            folder.path())
                  .ok());
  const auto plan = PrepareMeasurement(request, SystemKernel());
  ASSERT_TRUE(plan.ok());
  Measurement measurement;
  measurement.quantities["iterations"] = Value{2, ""};
  measurement.events[wrong_event] = {10, 100, 100};
  for (const MetricValue& value : plan->Evaluate({measurement})) {
    if (value.name == "page_faults") {
      EXPECT_FALSE(value.value.number);
      EXPECT_THAT(value.value.reason, HasSubstr("dead: made up"));
    } else {
      EXPECT_EQ(value.value.number, 5);
      EXPECT_THAT(value.note, HasSubstr("made up"));
    }
  }
  EXPECT_THAT(DescribeMissing(*plan), Contains(HasSubstr("not to be trusted: minor_faults")));
}

TEST(VerdictsInAMeasurementTest, ADamagedFileIsRemarkedAndNotUsed) {
  const TestFolder folder;
  std::ofstream(FileHere(folder)) << "{";
  MeasurementRequest request;
  request.metrics = {"page_faults"};
  request.state = folder.path();
  const auto plan = PrepareMeasurement(request, SystemKernel());
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(DescribeMissing(*plan), Contains(HasSubstr("are not used")));
}

}  // namespace
}  // namespace pmubench
