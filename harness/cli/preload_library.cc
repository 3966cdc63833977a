#include "cli/preload_library.h"

#include "cli/program_folder.h"

namespace pmubench {

std::filesystem::path PreloadLibrary() {
  const auto prefix = ProgramFolder().parent_path();
  for (const char* folder : {"lib", PMUBENCH_LIBRARY_FOLDER}) {
    const auto library = prefix / folder / "libpmubench_preload.so";
    if (std::filesystem::exists(library)) return library;
  }
  return {};
}

}  // namespace pmubench
