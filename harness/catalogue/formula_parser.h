// Text to formula tree. Internal to the catalogue.
#pragma once

#include <memory>
#include <string_view>

#include "catalogue/formula_node.h"

namespace pmubench {

/// Parses the whole of `text`; the error names the column (from 1).
[[nodiscard]] Result<std::shared_ptr<const Formula::Node>> ParseFormulaText(std::string_view text);

}  // namespace pmubench
