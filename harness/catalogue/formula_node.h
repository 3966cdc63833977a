// The tree behind a Formula. Internal to the catalogue.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "catalogue/formula.h"

namespace pmubench {

struct Formula::Node {
  enum class Kind { kNumber, kName, kAdd, kSubtract, kMultiply, kDivide, kNegate, kMin, kMax };

  Kind kind = Kind::kNumber;
  double number = 0;
  std::string name;  ///< of kName
  std::vector<std::shared_ptr<const Node>> operands;
};

/// What the root holds beside the tree.
struct Formula::Root {
  std::shared_ptr<const Node> node;
  std::string text;
  std::vector<std::string> names;
};

}  // namespace pmubench
