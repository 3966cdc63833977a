#include "runner/exact_filter.h"

#include <string_view>

namespace pmubench {

std::string ExactFilter(const std::vector<std::string>& names) {
  std::string filter;
  for (const std::string& name : names) {
    filter += filter.empty() ? "^(" : "|";
    for (const char c : name) {
      if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos) filter += '\\';
      filter += c;
    }
  }
  return filter + ")$";
}

}  // namespace pmubench
