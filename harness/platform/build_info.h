// Which pmubench this is.
#pragma once

#include <map>
#include <string>

namespace pmubench {

/// How this library was built.
struct BuildInfo {
  std::string version;   ///< "0.1.0"
  std::string commit;    ///< git commit, "" where built outside a repository
  bool dirty = false;    ///< tracked files differed from that commit
  std::string compiler;  ///< "GNU 12.2.0"
  std::string flags;     ///< those of every file, with the build type's
  std::string build_type;
  std::map<std::string, std::string> libraries;  ///< name -> version; libc and libpfm as running
};

/// The build that is running.
[[nodiscard]] const BuildInfo& PmubenchBuild();

/// The build as a JSON object, for the record.
[[nodiscard]] std::string BuildJson(const BuildInfo& build);

}  // namespace pmubench
