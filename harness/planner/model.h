// A problem in numbers: events numbered, metrics reduced to distinct event sets.
#pragma once

#include <string>
#include <vector>

#include "planner/bits.h"
#include "planner/improve.h"
#include "planner/plan.h"
#include "planner/rules.h"

namespace pmubench::planner {

/// Metrics of a problem that are planned together: at most Bits::kCapacity events and sets.
struct Batch {
  Rules rules;
  std::vector<ValuedItem> items;          ///< distinct sets; required: not within another
  std::vector<std::string> item_metrics;  ///< by item: one metric that has this set
};

struct Model {
  std::vector<std::string> free;     ///< used events that ride in every group, sorted
  std::vector<Batch> batches;        ///< one, unless the problem is very large
  std::vector<std::size_t> planned;  ///< indices of metrics that fit some group
  std::vector<UnplannableMetric> unplannable;
  int counting_bound = 0;  ///< over all batches: events' counters over what a group has
};

[[nodiscard]] Model BuildModel(const PlanProblem& problem);

}  // namespace pmubench::planner
