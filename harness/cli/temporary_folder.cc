#include "cli/temporary_folder.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace pmubench {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::Make() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "pmubench-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    return Error{ErrorCode::kSystem,
                 fmt::format("cannot make a temporary folder: {}", std::strerror(errno)),
                 "set TMPDIR to a folder that can be written to"};
  }
  TemporaryFolder folder;
  folder.path_ = name;
  return folder;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace pmubench
