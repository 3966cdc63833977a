// Who runs the tasks of a job: this machine, others by ssh, or Slurm. None of it schedules: Slurm
// has its own scheduler, and a machine that ssh reaches takes one task after the other.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/fleet.h"
#include "fleet/scripts.h"

namespace pmubench {

/// Runs tasks here, one after the other. Progress on a terminal; messages go to the tasks' logs.
[[nodiscard]] Result<void> LaunchHere(const fleet::JobFolder& folder,
                                      const std::vector<std::size_t>& tasks,
                                      const std::string& tool);

struct SshOptions {
  std::string command = "ssh";                            ///< with its own options
  std::map<std::string, std::vector<std::string>> hosts;  ///< by machine class
  std::string tool;                                       ///< pmubench there
};

/// Runs tasks on the hosts of their classes, all hosts at the same time. What a host that cannot be
/// reached did not do is left to the others of its class; where there are none it is lost.
[[nodiscard]] Result<void> LaunchBySsh(const fleet::JobFolder& folder, const fleet::Job& job,
                                       const std::vector<std::size_t>& tasks,
                                       const SshOptions& options);

/// Submits one array a class; gives Slurm's numbers.
[[nodiscard]] Result<std::vector<std::string>> LaunchBySlurm(const fleet::JobFolder& folder,
                                                             const fleet::Job& job,
                                                             const std::vector<std::size_t>& tasks,
                                                             const fleet::ScriptOptions& options);

}  // namespace pmubench
