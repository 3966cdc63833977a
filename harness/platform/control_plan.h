// Settings of a machine that make figures noisy, and which files would change them. Reads only.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// "governor" to "performance".
struct ControlRequest {
  std::string setting;
  std::string value;
};

/// "governor=performance,turbo=off,irq_cpus=0-1:8". A list of CPUs has ':' in place of ','. Errors:
/// kUsage names the setting that is not known or the value it cannot take.
[[nodiscard]] Result<std::vector<ControlRequest>> ParseControl(std::string_view text);

/// What can be asked for: name, values, and what it does; one a line.
[[nodiscard]] std::string DescribeControls();

/// One step of a change. Steps are taken in order and undone in reverse order.
struct ControlStep {
  enum class Kind {
    kWrite,   ///< `path` holds `before`; write `after`; undone by writing `before`
    kFolder,  ///< make the folder `path`; undone by removing it
    kJoin,    ///< put this process into the cgroup `path`; undone by moving all its processes to
              ///< the cgroup `before`
  };
  std::string setting;
  Kind kind = Kind::kWrite;
  std::filesystem::path path;  ///< relative to the root
  std::string before, after;
};

struct ControlPlan {
  std::vector<ControlStep> steps;
  std::vector<std::string>
      refused;  ///< what was asked for and cannot be: "turbo: no such file ..."
};

/// The steps that are left to do under `root`: a setting that is as asked needs none.
[[nodiscard]] ControlPlan PlanControl(const std::filesystem::path& root,
                                      const std::vector<ControlRequest>& requests);

}  // namespace pmubench
