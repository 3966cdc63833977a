#include "runner/exact_filter.h"

#include <string_view>

namespace pmubench {

namespace {

// A record is UTF-8: what a name has in place of each byte that is none (U+FFFD).
constexpr std::string_view kReplaced = "\xef\xbf\xbd";

}  // namespace

std::string ExactFilter(const std::vector<std::string>& names) {
  std::string filter;
  for (const std::string& name : names) {
    filter += filter.empty() ? "^(" : "|";
    for (std::size_t at = 0; at < name.size(); ++at) {
      if (name.compare(at, kReplaced.size(), kReplaced) == 0) {
        filter += ".{1,3}";  // the byte it stood for, or a name's own U+FFFD
        at += kReplaced.size() - 1;
        continue;
      }
      const bool special = std::string_view(R"(\^$.|?*+()[]{})").find(name[at]) != name.npos;
      if (special) filter += '\\';
      filter += name[at];
    }
  }
  return filter.empty() ? filter : filter + ")$";
}

}  // namespace pmubench
