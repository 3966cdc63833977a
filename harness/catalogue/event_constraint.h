// Which counters an event may use, and what it bears beside it. Plain data.
#pragma once

#include <string>
#include <vector>

namespace pmubench {

/// How one event may sit on the counters. The default is: any one general counter.
struct EventConstraint {
  std::vector<int> counters;    ///< allowed general counters, numbered from 0; empty: any
  int slots = 1;                ///< 2: an even counter and the next one
  bool alone = false;           ///< no other event of this PMU that is not dedicated beside it
  std::string filter_register;  ///< events that name the same register cannot share a group ...
  std::string filter_value;     ///< ... unless they want the same value in it
  std::string pmu;              ///< another PMU's event ("" is the core PMU): costs no core counter
  bool dedicated_only = false;  ///< of a dedicated event: a second one beside it finds no counter
};

}  // namespace pmubench
