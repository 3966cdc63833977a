#include "platform/build_info.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <perfmon/pfmlib.h>

#include "pmubench_build.h"

namespace pmubench {

const BuildInfo& PmubenchBuild() {
  static const BuildInfo build = [] {
    BuildInfo info;
    info.version = PMUBENCH_BUILD_VERSION;
    info.commit = PMUBENCH_BUILD_COMMIT;
    info.dirty = PMUBENCH_BUILD_DIRTY != 0;
    info.compiler = PMUBENCH_BUILD_COMPILER;
    info.flags = PMUBENCH_BUILD_FLAGS;
    info.build_type = PMUBENCH_BUILD_TYPE;
    const int pfm = pfm_get_version();
    info.libraries = {
        {"benchmark", PMUBENCH_BUILD_BENCHMARK},
        {"fmt", PMUBENCH_BUILD_FMT},
        {"nlohmann_json", PMUBENCH_BUILD_JSON},
        {"libc", fmt::format("glibc {}", gnu_get_libc_version())},
        {"libpfm", fmt::format("{}.{}", PFM_MAJ_VERSION(pfm), PFM_MIN_VERSION(pfm))},
    };
    return info;
  }();
  return build;
}

}  // namespace pmubench
