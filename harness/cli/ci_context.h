// What a CI server says of the job, in its environment variables.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace pmubench {

struct CiContext {
  std::string server;  ///< "GitHub Actions", "GitLab", "Jenkins" or ""
  std::string branch;  ///< what is measured
  std::string commit;
  std::string baseline;  ///< the branch that a pull or merge request goes to; "" for a nightly job
};

/// `variable` gives an environment variable, "" where it is not set. Pure.
[[nodiscard]] CiContext ReadCiContext(
    const std::function<std::string(const std::string&)>& variable);

}  // namespace pmubench
