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

namespace {

// A record is UTF-8: what a name has in place of each byte that is none (U+FFFD).
constexpr std::string_view kReplaced = "\xef\xbf\xbd";

}  // namespace

std::string FilterOf(const std::vector<std::string>& benchmarks) {
  std::string filter;
  for (const std::string& name : benchmarks) {
    filter += filter.empty() ? "^(" : "|";
    for (std::size_t at = 0; at < name.size(); ++at) {
      if (name.compare(at, kReplaced.size(), kReplaced) == 0) {
        filter += ".{1,3}";  // the byte it stood for, or a name's own U+FFFD
        at += kReplaced.size() - 1;
        continue;
      }
      const bool special = std::string_view(R"(\^$.|?*+()[]{})").find(name[at]) != name.npos;
      if (special) filter += '\\';
      filter += name[at];
    }
  }
  return filter.empty() ? filter : filter + ")$";
}

}  // namespace pmubench
