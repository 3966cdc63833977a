#include "platform/state_folder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <system_error>

namespace pmubench {
namespace {

namespace fs = std::filesystem;

fs::path FromVariable(const char* name, const char* below) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? fs::path() : fs::path(value) / below;
}

Error Refused(const fs::path& file, const std::string& what) {
  return {ErrorCode::kSystem, fmt::format("{}: {}", file.string(), what),
          "keep it elsewhere: --state DIR, or set PMUBENCH_STATE to a folder that can be written"};
}

}  // namespace

fs::path StateFolder() {
  for (const fs::path& folder :
       {FromVariable("PMUBENCH_STATE", ""), FromVariable("XDG_CACHE_HOME", "pmubench"),
        FromVariable("HOME", ".cache/pmubench")}) {
    if (!folder.empty()) return folder;
  }
  return {};
}

Result<void> WriteStateFile(const fs::path& file, const std::string& text) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return Refused(file, error.message());
  const fs::path beside = file.string() + ".new";
  std::ofstream out(beside);
  out << text << '\n';
  out.close();
  if (!out) return Refused(beside, "cannot be written");
  fs::rename(beside, file, error);
  if (error) return Refused(file, error.message());
  return {};
}

}  // namespace pmubench
