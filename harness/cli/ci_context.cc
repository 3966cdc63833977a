#include "cli/ci_context.h"

namespace pmubench {
namespace {

/// Jenkins' Git plugin gives "origin/main".
std::string WithoutRemote(const std::string& branch) {
  return branch.starts_with("origin/") ? branch.substr(7) : branch;
}

}  // namespace

CiContext ReadCiContext(const std::function<std::string(const std::string&)>& variable) {
  const auto first = [&](const std::string& a, const std::string& b) {
    const std::string value = variable(a);
    return value.empty() ? variable(b) : value;
  };
  if (!variable("GITHUB_ACTIONS").empty()) {
    return {"GitHub Actions", first("GITHUB_HEAD_REF", "GITHUB_REF_NAME"), variable("GITHUB_SHA"),
            variable("GITHUB_BASE_REF")};
  }
  if (!variable("GITLAB_CI").empty()) {
    return {"GitLab", first("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"),
            variable("CI_COMMIT_SHA"), variable("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")};
  }
  if (!variable("JENKINS_URL").empty()) {
    return {"Jenkins", WithoutRemote(first("CHANGE_BRANCH", "GIT_BRANCH")), variable("GIT_COMMIT"),
            variable("CHANGE_TARGET")};
  }
  return {};
}

}  // namespace pmubench
