// Problem files and the verb that plans them.
#include "planner/case_file.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/plan.h"
#include "test_folder.h"

namespace pmubench {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kGood[] = R"({"cases": [{
  "id": "one", "platform": "a machine",
  "counters": {"generic": 4, "fixed": {"cycles": "own"}},
  "constraints": {"a": [0, 1]}, "slots": {"b": 2},
  "pinned": ["cycles", "inst"], "effective_generic": 3,
  "event_rules": {"c": {"alone": true, "pmu": "x"}, "d": {"filter_register": "f",
                  "filter_value": "1"}},
  "pmu_counters": {"x": 2},
  "metrics": [{"name": "m", "events": ["a", "cycles"], "weight": 2},
              {"name": "n", "events": ["b", "d"]}, {"name": "o", "events": ["inst"]},
              {"name": "wide", "events": ["b", "d", "e"]}],
  "other_tools": {"tool": [["a"], ["b", "d"]]},
  "expected": {"ignored": 1}}]})";

TEST(CaseFile, ReadsEveryField) {
  const auto cases = ParsePlanCases(kGood);
  ASSERT_TRUE(cases) << cases.error().ToString();
  ASSERT_THAT(*cases, SizeIs(1));
  const PlanCase& read = (*cases)[0];
  EXPECT_EQ(read.id, "one");
  EXPECT_EQ(read.platform, "a machine");
  const PlanProblem& problem = read.problem;
  EXPECT_EQ(problem.general_counters, 3);  // what the pinned events leave
  EXPECT_EQ(problem.dedicated.at("cycles"), "own");
  EXPECT_EQ(problem.dedicated.count("inst"), 1u);
  EXPECT_THAT(problem.constraints.at("a").counters, ElementsAre(0, 1));
  EXPECT_EQ(problem.constraints.at("b").slots, 2);
  EXPECT_TRUE(problem.constraints.at("c").alone);
  EXPECT_EQ(problem.constraints.at("c").pmu, "x");
  EXPECT_EQ(problem.constraints.at("d").filter_value, "1");
  EXPECT_EQ(problem.pmu_counters.at("x"), 2);
  EXPECT_EQ(problem.metrics[0].weight, 2);
  EXPECT_EQ(problem.metrics[1].weight, 1);
  ASSERT_THAT(read.others, SizeIs(1));
  EXPECT_THAT(read.others[0].groups, SizeIs(2));
}

TEST(CaseFile, SaysWhatIsWrongWhere) {
  const auto message = [](const std::string& text) {
    const auto cases = ParsePlanCases(text);
    if (cases) return std::string("accepted");
    EXPECT_EQ(ExitCode(cases.error().code), 2);
    return cases.error().message;
  };
  EXPECT_THAT(message("{"), HasSubstr("not valid JSON"));
  EXPECT_THAT(message("[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(message(R"({"cases": 3})"), HasSubstr("not a list"));
  EXPECT_THAT(message(R"({"cases": [{"id": "x"}]})"), HasSubstr(R"(case "x": "counters")"));
  EXPECT_THAT(message(R"({"id": "x", "counters": {"generic": -1}, "metrics": []})"),
              HasSubstr("counters.generic"));
  EXPECT_THAT(message(R"({"id": "x", "counters": {"generic": 4e9}, "metrics": []})"),
              HasSubstr("counters.generic"));
  EXPECT_THAT(message(R"({"id": "x", "counters": {"generic": 4}})"), HasSubstr("metrics"));
  EXPECT_THAT(message(R"({"counters": {"generic": 4}, "metrics": [{"name": "m"}]})"),
              HasSubstr("metrics.m"));
  EXPECT_THAT(message(R"({"counters": {"generic": 4}, "metrics": [{"name": "m", "events": [1]}]})"),
              HasSubstr("not a string"));
  EXPECT_THAT(message(R"({"counters": {"generic": 4}, "slots": {"a": 3}, "metrics": []})"),
              HasSubstr("slots"));
  EXPECT_THAT(message(R"({"counters": {"generic": 4}, "constraints": {"a": 3}, "metrics": []})"),
              HasSubstr("constraints"));
  EXPECT_THAT(
      message(R"({"counters": {"generic": 4}, "event_rules": {"a": {"alon": 1}}, "metrics": []})"),
      HasSubstr("alon"));
  EXPECT_EQ(message(R"({"counters": {"generic": 4}, "metrics": []})"), "accepted");
}

class PlanVerb : public ::testing::Test {
 protected:
  PlanVerb() { request_.case_file = folder_.Write("case.json", kGood); }
  int Run() { return RunPlan(request_, nullptr, out_, err_); }

  const TestFolder folder_;
  PlanRequest request_;
  std::stringstream out_, err_;
};

TEST_F(PlanVerb, PrintsJson) {
  request_.format = "json";
  request_.compare = true;
  ASSERT_EQ(Run(), 0) << err_.str();
  const json document = json::parse(out_.str());
  const json& solved = document["cases"][0];
  EXPECT_EQ(solved["id"], "one");
  ASSERT_THAT(solved["groups"], SizeIs(2));
  for (const json& group : solved["groups"]) {
    EXPECT_THAT(group.get<std::vector<std::string>>(), ::testing::Contains("cycles"));
  }
  EXPECT_EQ(solved["lower_bound"], 2);
  EXPECT_EQ(solved["proven"], true);
  EXPECT_EQ(solved["metrics"][0]["name"], "m");
  EXPECT_GT(solved["metrics"][0]["ratio_union"], 0.);
  EXPECT_GT(solved["mean_ratio"]["union"], 0.);
  EXPECT_EQ(solved["unplannable"][0]["name"], "wide");
  EXPECT_EQ(solved["unplannable"][0]["counters_short"], 1);
  EXPECT_THAT(solved["compare"], SizeIs(6));
  EXPECT_THAT(err_.str(), HasSubstr("wide is not planned"));
}

TEST_F(PlanVerb, PrintsText) {
  request_.compare = true;
  ASSERT_EQ(Run(), 0);
  for (const char* part : {"one: a machine", "2 groups, proven", "greedy merging", "union",
                           "not planned", "wide: ", "(1 short)"}) {
    EXPECT_THAT(out_.str(), HasSubstr(part));
  }
  EXPECT_THAT(err_.str(), IsEmpty());
}

TEST_F(PlanVerb, ExitsWithAReason) {
  request_.ids = {"two"};
  EXPECT_EQ(Run(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("no case 'two'"));
  request_.ids.clear();
  request_.case_file += ".gone";
  EXPECT_EQ(Run(), 2);
  request_.case_file.clear();
  EXPECT_EQ(Run(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--case FILE"));
}

TEST_F(PlanVerb, PlansForOtherCounters) {
  request_.counters = 16;
  request_.format = "json";
  ASSERT_EQ(Run(), 0);
  EXPECT_THAT(json::parse(out_.str())["cases"][0]["groups"], SizeIs(1));
}

TEST_F(PlanVerb, TakesProblemsFromElsewhere) {
  request_.case_file.clear();
  const PlanSource source = [](const PlanRequest& request) -> Result<PlanCase> {
    if (request.cpu == "none") return Error{ErrorCode::kNoPmu, "no PMU", ""};
    PlanCase one;
    one.id = "here";
    one.problem.general_counters = 0;
    one.problem.metrics = {{"m", {"a"}, 1}};
    return one;
  };
  EXPECT_EQ(RunPlan(request_, source, out_, err_), 3);  // nothing can be planned
  EXPECT_THAT(out_.str(), HasSubstr("not planned"));
  request_.cpu = "none";
  EXPECT_EQ(RunPlan(request_, source, out_, err_), 3);
  EXPECT_THAT(err_.str(), HasSubstr("no PMU"));
}

}  // namespace
}  // namespace pmubench
