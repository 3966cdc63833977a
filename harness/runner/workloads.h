// The bundled workloads by name: what each is, what it needs, which program runs it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// One entry of workloads/workloads.json.
struct Workload {
  struct Need {
    std::string program;  ///< must be on the PATH or in a system folder
    std::string package;  ///< the Debian package that has it
  };
  struct Knob {
    std::string variable;  ///< of the environment
    std::string what;      ///< with the standard value in brackets
  };
  std::string name;
  std::string binary;      ///< a Google Benchmark program, beside the tool
  std::string summary;     ///< what it is, one line
  std::string stresses;    ///< what of the machine it shows
  std::string built_with;  ///< packages without which it is not built; "" none beyond the tool's
  std::string metrics;     ///< that `run` measures where none are asked for; empty: "basic"
  std::vector<Need> needs;
  std::vector<Knob> knobs;
};

/// Reads the registry's text. kBadInput names the entry that is wrong.
[[nodiscard]] Result<std::vector<Workload>> ParseWorkloads(std::string_view json);

/// The registry that was built in.
[[nodiscard]] const std::vector<Workload>& BundledWorkloads();

/// By name; kNotFound suggests the nearest.
[[nodiscard]] Result<Workload> FindWorkload(std::string_view name);

/// The workload's program in `folder` (where the tool stands). kNotFound where it was not built or
/// something it needs is missing, with the package to install; `path` is the list of folders
/// searched for programs, as in $PATH.
[[nodiscard]] Result<std::filesystem::path> LocateWorkload(const Workload& workload,
                                                           const std::filesystem::path& folder,
                                                           std::string_view path);

/// The program `name` in the folders of `path` or in the system's, where servers often are and the
/// PATH of a user does not lead; empty where there is none.
[[nodiscard]] std::filesystem::path FindProgram(std::string_view name, std::string_view path);

}  // namespace pmubench
