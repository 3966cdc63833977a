// `pmubench history`, as a person calls it.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/store/bundle.h"
#include "reports/store/sample_runs.h"
#include "test_folder.h"

namespace pmubench {
namespace {

using store::SampleRun;
using store::SampleUuid;
using testing::HasSubstr;

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class HistoryVerb : public testing::Test {
 protected:
  Outcome Call(const std::string& arguments) {
    const std::string messages = folder_ / "messages";
    const std::string command = "PMUBENCH_STORE=" + folder_ / "history.db" +
                                " " PMUBENCH_TOOL " history " + arguments + " 2>" + messages;
    Outcome outcome;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[4096];
    while (const std::size_t count = fread(buffer, 1, sizeof buffer, pipe)) {
      outcome.out.append(buffer, count);
    }
    outcome.exit_code = WEXITSTATUS(pclose(pipe));
    std::ostringstream text;
    text << std::ifstream(messages).rdbuf();
    outcome.err = text.str();
    return outcome;
  }

  nlohmann::json CallJson(const std::string& arguments) {
    const Outcome outcome = Call(arguments + " --format json");
    EXPECT_EQ(outcome.exit_code, 0) << arguments << ": " << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
  }

  std::string Bundle(const store::Run& run) {
    const std::string file = folder_ / (run.info.uuid + ".json");
    EXPECT_TRUE(store::WriteBundle(run, file).ok());
    return file;
  }

  TestFolder folder_;
};

TEST_F(HistoryVerb, ImportsARunOnce) {
  const std::string file = Bundle(SampleRun(1));
  EXPECT_EQ(CallJson("import " + file)["added"], 1);
  const auto again = CallJson("import " + file);
  EXPECT_EQ(again["added"], 0);
  EXPECT_EQ(again["already_there"], 1);
  EXPECT_EQ(CallJson("list")["runs"].size(), 1U);
}

TEST_F(HistoryVerb, ABadRecordKeepsNoOtherOut) {
  const std::string good = Bundle(SampleRun(1)), cut = folder_ / "cut.json";
  std::ofstream(cut) << store::FormatBundle(SampleRun(2)).substr(0, 500);
  const Outcome outcome = Call("import " + cut + " " + good);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("cut.json"));
  EXPECT_THAT(outcome.out, HasSubstr("1 run added"));
}

TEST_F(HistoryVerb, ListsAndShows) {
  for (unsigned night = 1; night <= 3; ++night) Call("import " + Bundle(SampleRun(night)));
  const auto runs = CallJson("list --newest 2");
  ASSERT_EQ(runs["runs"].size(), 2U);
  EXPECT_EQ(runs["runs"][1]["run_id"], SampleUuid(3));
  const auto benchmarks = CallJson("list --benchmarks");
  ASSERT_EQ(benchmarks["benchmarks"].size(), 5U);
  EXPECT_EQ(benchmarks["benchmarks"][0]["runs"], 3);
  const auto shown = CallJson("show bench/000000 --metrics real_time,metric_1");
  ASSERT_EQ(shown["history"].size(), 3U);
  const auto& metrics = shown["history"][2]["metrics"];
  EXPECT_EQ(metrics["real_time"]["value"], SampleRun(3).rows[0].values[0].value);
  EXPECT_TRUE(metrics["metric_1"]["value"].is_null());
  EXPECT_EQ(metrics["metric_1"]["reason"], "no such event");
  EXPECT_EQ(shown["units"]["real_time"], "ns");
  EXPECT_THAT(Call("show bench/000000").out, HasSubstr("things/iteration"));
  EXPECT_EQ(Call("show nothing").exit_code, 2);
}

TEST_F(HistoryVerb, NamesOfAnyBytesBecomeText) {
  store::Run run = SampleRun(1);
  run.rows[0].benchmark = "\x1b[31mred\xff";
  Call("import " + Bundle(run));
  EXPECT_THAT(Call("list --benchmarks").out, HasSubstr("\\x1b[31mred\\xff"));
  EXPECT_EQ(CallJson("list --benchmarks")["benchmarks"].size(), 5U);
}

TEST_F(HistoryVerb, ExportsWhatItImports) {
  Call("import " + Bundle(SampleRun(1)) + " " + Bundle(SampleRun(2)));
  EXPECT_EQ(Call("export").exit_code, 2) << "two runs do not fit standard output";
  EXPECT_EQ(CallJson("export --out " + folder_ / "out")["written"], 2);
  EXPECT_EQ(Call("export " + SampleUuid(2)).out, store::FormatBundle(SampleRun(2)));
  const auto back = CallJson("import --store " + folder_ / "other.db " + folder_ / "out");
  EXPECT_EQ(back["added"], 2);
}

TEST_F(HistoryVerb, MigratesOnce) {
  Call("import " + Bundle(SampleRun(1)) + " " + Bundle(SampleRun(2)));
  const std::string there = folder_ / "history.db " + folder_ / "new.db";
  EXPECT_EQ(CallJson("migrate " + there)["added"], 2);
  EXPECT_EQ(CallJson("migrate " + there)["added"], 0);
  EXPECT_EQ(CallJson("check --store " + folder_ / "new.db")["runs"], 2);
}

TEST_F(HistoryVerb, MergesLaunches) {
  std::string files;
  for (unsigned launch = 1; launch <= 3; ++launch) {
    store::Run run = SampleRun(launch, {1, 1, false});
    run.rows[0].values[0].value = 10.0 * launch;
    files += " " + Bundle(run);
  }
  EXPECT_EQ(CallJson("import --launches" + files)["added"], 1);
  const auto shown = CallJson("show bench/000000");
  ASSERT_EQ(shown["history"].size(), 1U);
  EXPECT_EQ(shown["history"][0]["metrics"]["real_time"]["value"], 20);
}

TEST_F(HistoryVerb, PrunesOnlyWhatItIsTold) {
  for (unsigned night = 1; night <= 4; ++night) Call("import " + Bundle(SampleRun(night)));
  EXPECT_EQ(Call("prune").exit_code, 2);
  const auto refused = Call("prune --keep -5");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("to 36500"));
  EXPECT_EQ(CallJson("prune --keep 1 --dry-run")["removed"], 3);
  EXPECT_EQ(CallJson("list")["runs"].size(), 4U);
  EXPECT_EQ(CallJson("prune --keep 1")["removed"], 3) << "the newest run stays, old as it is";
  EXPECT_EQ(CallJson("list")["runs"].size(), 1U);
}

TEST_F(HistoryVerb, SaysWhenTheClockWentBackwards) {
  Call("import " + Bundle(SampleRun(5)));
  const Outcome outcome = Call("import " + Bundle(SampleRun(2)));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("--started"));
}

TEST_F(HistoryVerb, SaysWhatIsNoHistory) {
  EXPECT_EQ(Call("list").exit_code, 2) << "there is none yet, and listing makes none";
  std::ofstream(folder_ / "history.db") << "not a database, but a text of more than a hundred "
                                           "bytes, as long as the header of a database is, or so";
  const Outcome outcome = Call("import " + Bundle(SampleRun(1)));
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("history.db"));
}

}  // namespace
}  // namespace pmubench
