#include "reports/store/retention.h"

#include <map>
#include <set>
#include <string>

namespace pmubench::store {

RetentionPlan PlanRetention(std::span<const RunInfo> runs, const Retention& retention,
                            std::int64_t now_ms) {
  constexpr double kDay = 86'400'000;
  constexpr std::int64_t kWeek = 7 * 86'400'000LL;
  std::map<Context, std::string> newest;
  for (const RunInfo& run : runs) newest[{run.machine, run.configuration}] = run.uuid;
  std::set<std::pair<Context, std::int64_t>> weeks;
  RetentionPlan plan;
  for (const RunInfo& run : runs) {
    const Context context{run.machine, run.configuration};
    const double age = static_cast<double>(now_ms - run.started_ms) / kDay;
    const bool spared = newest[context] == run.uuid;
    bool goes = retention.keep_days && age > *retention.keep_days;
    if (!goes && retention.thin_days && age > *retention.thin_days) {
      goes = !weeks.insert({context, run.started_ms / kWeek}).second;
    }
    if (goes && !spared) {
      plan.remove.push_back(run);
    } else if (retention.launches_days && age > *retention.launches_days && !spared) {
      plan.remove_launches.push_back(run);
    }
  }
  return plan;
}

}  // namespace pmubench::store
