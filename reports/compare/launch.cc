#include "reports/compare/launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "platform/whole_file.h"

namespace pmubench::compare {
namespace {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> FilesOf(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<fs::path>{path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (files.empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("no *.json file in {}", path),
                 "give a folder with one file a launch"};
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<Launch>> ReadLaunches(const std::vector<std::string>& paths) {
  std::vector<Launch> launches;
  for (const std::string& path : paths) {
    const auto files = FilesOf(path);
    if (!files) return files.error();
    for (const fs::path& file : *files) {
      const auto text = ReadWhole(file);
      if (!text) {
        return Error{text.error().code, text.error().message,
                     "give files or folders of records or of Google Benchmark's JSON"};
      }
      auto parsed = ParseLaunches(*text, file.string());
      if (!parsed) return parsed.error();
      std::move(parsed->begin(), parsed->end(), std::back_inserter(launches));
    }
  }
  return launches;
}

}  // namespace pmubench::compare
