// Scripts that make other engines run a job's tasks. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fleet/job.h"
#include "pmubench/result.h"

namespace pmubench::fleet {

struct ScriptOptions {
  std::string tool;                        ///< path of pmubench on the machines
  std::string folder;                      ///< of the job, as the machines see it
  std::vector<std::string> slurm_options;  ///< "--partition=bench"
  std::string image = "pmubench";          ///< Kubernetes: with pmubench and the suite
  std::string volume_claim = "pmubench";   ///< Kubernetes: the claim that is mounted at `folder`
};

inline const std::vector<std::string>& ScriptKinds() {
  static const std::vector<std::string> kinds = {"sh", "slurm", "jenkins", "buildkite",
                                                 "kubernetes"};
  return kinds;
}

/// The name of a job with its scheduler: tells its tasks from all others.
[[nodiscard]] std::string SchedulerName(const Job& job);

/// sbatch's script for the tasks of one class, or some of them: an array whose indices are the
/// tasks', on machines alone.
[[nodiscard]] std::string SlurmScript(const Job& job, const std::string& machine_class,
                                      const std::vector<std::size_t>& tasks,
                                      const ScriptOptions& options);

/// One of ScriptKinds() for the whole job. kUsage for another kind.
[[nodiscard]] Result<std::string> PrintScript(std::string_view kind, const Job& job,
                                              const ScriptOptions& options);

/// "0-3,7".
[[nodiscard]] std::string IndexRanges(const std::vector<std::size_t>& indices);

}  // namespace pmubench::fleet
