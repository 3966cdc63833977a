// The data files that are part of the library. Internal to the catalogue.
#pragma once

#include <string_view>
#include <vector>

namespace pmubench {

struct BuiltInFile {
  std::string_view name;  ///< "neoverse-n1" of data/neoverse-n1.json: the core's name
  std::string_view text;
};

/// All of them, by name. Generated from data/*.json.
[[nodiscard]] const std::vector<BuiltInFile>& BuiltInFiles();

}  // namespace pmubench
