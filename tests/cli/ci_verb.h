// `pmubench ci` in a folder of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "reports/store/sample_runs.h"
#include "test_folder.h"

namespace pmubench {

inline constexpr const char* kSmall = PMUBENCH_CI_SMALL;  ///< "work/any"
inline constexpr const char* kLarge = PMUBENCH_CI_LARGE;  ///< the same with twenty times the work
inline constexpr const char* kCanary = PMUBENCH_CI_CANARY;

class CiVerb : public testing::Test {
 protected:
  /// Its exit code.
  int Ci(const std::string& arguments) {
    const std::string command =
        "cd " + folder_ / "." + " && env -u GITHUB_ACTIONS -u GITLAB_CI -u JENKINS_URL " +
        environment_ + PMUBENCH_TOOL + " ci --store h.db " + arguments + " >out 2>messages";
    return WEXITSTATUS(std::system(command.c_str()));
  }

  nlohmann::json Report() {
    return nlohmann::json::parse(std::ifstream(folder_ / "pmubench-ci/report.json"), nullptr,
                                 false);
  }

  std::string Text(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(folder_ / file).rdbuf();
    return text.str();
  }

  TestFolder folder_;
  std::string environment_;  ///< "NAME=value " for the programs
};

}  // namespace pmubench
