// When a pass is run again, and when not.
#include "runner/gbench/fill_holes.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace pmubench::gbench {
namespace {

const Error kLost{ErrorCode::kScheduledOut, "the pinned group lost its counters", "look"};

/// Two passes over benchmarks "a" and "b", on a PMU that others use from time to time.
class FillHolesTest : public ::testing::Test {
 protected:
  std::map<int, std::set<std::string>> missing_;
  std::map<int, Error> errors_;
  std::vector<std::pair<int, std::vector<std::string>>> runs_;
  std::vector<std::string> notes_;
  std::vector<int> waits_;
  int losses_to_come_ = 0;

  void Fill() {
    FillHoles(2, {.missing =
                      [&](int pass) {
                        return std::vector<std::string>(missing_[pass].begin(),
                                                        missing_[pass].end());
                      },
                  .error = [&](int pass) -> std::optional<Error> {
                    return errors_.contains(pass) ? std::optional(errors_.at(pass)) : std::nullopt;
                  },
                  .forget = [&](int pass) { errors_.erase(pass); },
                  .run =
                      [&](int pass, const std::vector<std::string>& benchmarks) {
                        runs_.emplace_back(pass, benchmarks);
                        if (losses_to_come_-- > 0) {
                          errors_.emplace(pass, kLost);
                        } else {
                          missing_[pass].clear();
                        }
                      },
                  .note = [&](const std::string& line) { notes_.push_back(line); },
                  .wait = [&](int milliseconds) { waits_.push_back(milliseconds); }});
  }
};

TEST_F(FillHolesTest, NothingIsMissing) {
  Fill();
  EXPECT_TRUE(runs_.empty());
}

TEST_F(FillHolesTest, HolesOfTheSweepAreFilledOnce) {
  missing_[1] = {"a", "b"};
  Fill();
  ASSERT_EQ(runs_.size(), 1u);
  EXPECT_EQ(runs_[0], (std::pair<int, std::vector<std::string>>{1, {"a", "b"}}));
  EXPECT_TRUE(notes_.empty());
}

TEST_F(FillHolesTest, APassThatLostItsCountersIsReportedAndRunAgain) {
  missing_[0] = {"b"};
  errors_.emplace(0, kLost);
  Fill();
  ASSERT_EQ(runs_.size(), 1u);
  EXPECT_EQ(runs_[0].second, std::vector<std::string>{"b"});
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("lost its counters"), std::string::npos);
  EXPECT_TRUE(errors_.empty()) << "what is complete has no error";
}

TEST_F(FillHolesTest, ItIsRunAgainUntilItSucceeds) {
  missing_[0] = {"a"};
  errors_.emplace(0, kLost);
  losses_to_come_ = 2;
  Fill();
  EXPECT_EQ(runs_.size(), 3u);
  EXPECT_EQ(waits_, (std::vector<int>{100, 400, 1600}));
  EXPECT_TRUE(errors_.empty());
}

TEST_F(FillHolesTest, OneThatKeepsLosingKeepsItsError) {
  missing_[0] = {"a"};
  errors_.emplace(0, kLost);
  losses_to_come_ = 1000;
  Fill();
  EXPECT_EQ(runs_.size(), static_cast<std::size_t>(kReruns));
  EXPECT_EQ(errors_.at(0).code, ErrorCode::kScheduledOut);
}

TEST_F(FillHolesTest, ALossWhileHolesAreFilledIsRunAgain) {
  missing_[1] = {"a"};
  losses_to_come_ = 1;
  Fill();
  EXPECT_EQ(runs_.size(), 2u);
  EXPECT_TRUE(errors_.empty());
}

TEST_F(FillHolesTest, ALossThatCostNothingIsNoError) {
  errors_.emplace(0, kLost);  // of one repetition: the others were counted
  Fill();
  EXPECT_TRUE(runs_.empty());
  EXPECT_TRUE(errors_.empty());
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_NE(notes_[0].find("other repetitions"), std::string::npos);
}

TEST_F(FillHolesTest, OtherErrorsAreLeftAlone) {
  missing_[0] = {"a"};
  errors_.emplace(0, Error{ErrorCode::kNotPermitted, "no", ""});
  Fill();
  EXPECT_TRUE(runs_.empty());
  EXPECT_EQ(errors_.at(0).code, ErrorCode::kNotPermitted);
}

}  // namespace
}  // namespace pmubench::gbench
