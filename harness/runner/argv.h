// Words as exec and main take them.
#pragma once

#include <string>
#include <vector>

namespace pmubench {

/// A null-terminated argv over strings that must outlive it.
[[nodiscard]] inline std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace pmubench
