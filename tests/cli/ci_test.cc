// `pmubench ci`: a job in one command.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>

#include "cli/ci_context.h"
#include "cli/ci_verb.h"

namespace pmubench {
namespace {

using testing::HasSubstr;

CiContext ContextOf(const std::map<std::string, std::string>& variables) {
  return ReadCiContext([&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

TEST(CiContext, KnowsTheServers) {
  const CiContext github = ContextOf({{"GITHUB_ACTIONS", "true"},
                                      {"GITHUB_HEAD_REF", "faster"},
                                      {"GITHUB_REF_NAME", "7/merge"},
                                      {"GITHUB_SHA", "abc"},
                                      {"GITHUB_BASE_REF", "main"}});
  EXPECT_EQ(github.branch, "faster");
  EXPECT_EQ(github.baseline, "main");
  EXPECT_EQ(github.commit, "abc");
  const CiContext gitlab =
      ContextOf({{"GITLAB_CI", "true"}, {"CI_COMMIT_REF_NAME", "main"}, {"CI_COMMIT_SHA", "def"}});
  EXPECT_EQ(gitlab.branch, "main");
  EXPECT_EQ(gitlab.baseline, "");
  const CiContext jenkins =
      ContextOf({{"JENKINS_URL", "http://j"}, {"GIT_BRANCH", "origin/main"}, {"GIT_COMMIT", "1"}});
  EXPECT_EQ(jenkins.branch, "main");
  EXPECT_EQ(ContextOf({}).branch, "");
}

TEST_F(CiVerb, FailsARegressionAndSeesItTwice) {
  ASSERT_EQ(Ci(std::string("--no-canary --launches 8 --base ") + kSmall + " " + kLarge), 1)
      << Text("messages");
  const auto report = Report();
  EXPECT_EQ(report["summary"]["regression"], 1);
  EXPECT_THAT(report["benchmarks"][0]["name"].get<std::string>(), HasSubstr("work/any"));
  EXPECT_THAT(report["benchmarks"][0]["explanation"].get<std::string>(), HasSubstr("cpu_time x"));
  EXPECT_THAT(Text("messages"), HasSubstr("measuring 1 of 1 benchmarks again"));
  EXPECT_THAT(Text("out"), HasSubstr("#### Regressions"));
  EXPECT_THAT(Text("pmubench-ci/junit.xml"), HasSubstr("failures=\"1\""));
  EXPECT_THAT(Text("pmubench-ci/metrics.prom"), HasSubstr("pmubench_regression{benchmark="));
  EXPECT_THAT(Text("pmubench-ci/report.html"), HasSubstr("work/any"));
}

TEST_F(CiVerb, AnImprovementIsNoFailure) {
  EXPECT_EQ(Ci(std::string("--no-canary --launches 8 --base ") + kLarge + " " + kSmall), 0)
      << Text("messages");
  EXPECT_EQ(Report()["summary"]["improvement"], 1);
}

TEST_F(CiVerb, ComparesWithTheBranchsLastRun) {
  EXPECT_EQ(Ci(std::string("--no-canary --launches 8 --branch main --commit c1 ") + kSmall), 0)
      << "the first night has nothing to be compared with: " << Text("messages");
  EXPECT_EQ(Report()["compared"], false);
  EXPECT_EQ(Ci(std::string("--no-canary --launches 8 --branch main --commit c2 ") + kLarge), 1)
      << Text("messages");
  EXPECT_EQ(Report()["facts"]["baseline"], "c1");
  EXPECT_EQ(Ci(std::string("--no-canary --launches 1 --branch mine --baseline other ") + kSmall), 3)
      << "a pull request without a baseline is no pass";
}

TEST_F(CiVerb, TooFewLaunchesAreNoPass) {
  EXPECT_EQ(Ci(std::string("--no-canary --launches 1 --base ") + kSmall + " " + kLarge), 3);
}

TEST_F(CiVerb, SaysWhatIsNotThere) {
  EXPECT_EQ(Ci("--no-canary no-such-binary"), 2);
  EXPECT_THAT(Text("messages"), HasSubstr("no-such-binary"));
}

TEST_F(CiVerb, LooksAtAllBinariesBeforeItLaunchesOne) {
  for (const std::string& sides :
       {std::string("no-such-binary"), std::string("--base no-such-binary ") + kSmall}) {
    EXPECT_EQ(Ci(std::string("--canary ") + kCanary + " " + sides), 2);
    EXPECT_THAT(Text("messages"), HasSubstr("no-such-binary"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "pmubench-ci")) << "something was launched";
  }
}

}  // namespace
}  // namespace pmubench
