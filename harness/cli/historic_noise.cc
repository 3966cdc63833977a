#include "cli/historic_noise.h"

#include <fmt/format.h>

#include "cli/night_report.h"
#include "reports/history/noise.h"
#include "reports/store/bundle.h"

namespace pmubench {

Result<void> TakeHistoricNoise(const CompareFlags& flags, const std::filesystem::path& record,
                               compare::CompareOptions& options) {
  if (flags.history.empty()) return {};
  // When it was measured does not matter here, and not every file says it.
  store::ImportOptions any_time;
  any_time.started_ms = 0;
  const auto launch = store::ReadBundle(record, any_time);
  if (!launch) return launch.error();
  auto store = store::OpenStore(flags.history, store::OpenMode::kRead);
  if (!store) return store.error();
  const RunSelection same{launch->info.machine, launch->info.configuration, flags.history_branch,
                          0};
  const auto night = ReadNight(**store, same, {});
  if (!night && night.error().code == ErrorCode::kNotFound) {
    fmt::print(stderr,
               "pmubench: {} has no run by this machine ({}) in configuration {}: its noise from "
               "night to night is not known\n",
               (*store)->Describe(), same.machine, same.configuration);
    return {};
  }
  if (!night) return night.error();
  options.historic_noise = history::Lookup(history::NoiseOf(night->table, night->analysis));
  return {};
}

}  // namespace pmubench
