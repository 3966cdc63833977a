// What the HTML report embeds; see reports/web.
#pragma once

#include <string_view>

namespace pmubench::pages {

struct Assets {
  std::string_view style;
  std::string_view script;
  std::string_view uplot_script;  ///< empty where the build had no npm
  std::string_view uplot_style;
  std::string_view uplot_licence;
};

[[nodiscard]] const Assets& ReportAssets();

}  // namespace pmubench::pages
