// `pmubench history prune` and `check`: keep a history small and whole.
#include <fmt/format.h>

#include <chrono>

#include "cli/history_store.h"
#include "cli/verb.h"
#include "reports/store/retention.h"

namespace pmubench {
namespace {

constexpr double kMostDays = 36500;  // a century

struct PruneArguments {
  std::string store;
  RunSelection selection;
  store::Retention retention;
  bool dry_run = false;
  std::string format = "text";
};

int Prune(const PruneArguments& arguments) {
  const store::Retention& retention = arguments.retention;
  if (!retention.keep_days && !retention.thin_days && !retention.launches_days) {
    return Fail({ErrorCode::kUsage, "nothing says what to remove",
                 "give --keep, --thin or --keep-launches"});
  }
  auto store = store::OpenStore(
      arguments.store, arguments.dry_run ? store::OpenMode::kRead : store::OpenMode::kWrite);
  if (!store) return Fail(store.error());
  auto runs = (*store)->Runs(arguments.selection.Filter());
  if (!runs) return Fail(runs.error());
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const store::RetentionPlan plan = store::PlanRetention(*runs, retention, now);
  if (!arguments.dry_run) {
    if (auto done = (*store)->Remove(plan.remove); !done) return Fail(done.error());
    if (auto done = (*store)->RemoveLaunches(plan.remove_launches); !done) {
      return Fail(done.error());
    }
    if (auto done = (*store)->Compact(); !done) return Fail(done.error());
  }
  if (arguments.format == "json") {
    fmt::print("{{\"runs\": {}, \"removed\": {}, \"launches_removed\": {}, \"dry_run\": {}}}\n",
               runs->size(), plan.remove.size(), plan.remove_launches.size(), arguments.dry_run);
    return 0;
  }
  fmt::print("{}{} of {} runs removed, launch values of {} more\n",
             arguments.dry_run ? "would be: " : "", plan.remove.size(), runs->size(),
             plan.remove_launches.size());
  return 0;
}

int Check(const std::string& location, const std::string& format) {
  auto store = store::OpenStore(location, store::OpenMode::kRead);
  if (!store) return Fail(store.error());
  if (auto whole = (*store)->Check(); !whole) {
    (void)Fail(whole.error());
    return 1;
  }
  auto runs = (*store)->Runs({});
  auto size = (*store)->SizeInBytes();
  if (!runs) return Fail(runs.error());
  if (!size) return Fail(size.error());
  if (format == "json") {
    fmt::print("{{\"whole\": true, \"runs\": {}, \"bytes\": {}, \"schema\": {}}}\n", runs->size(),
               *size, (*store)->schema_version());
    return 0;
  }
  fmt::print("{}: whole; {} runs, {:.1f} MB, schema {}\n", (*store)->Describe(), runs->size(),
             static_cast<double>(*size) / 1e6, (*store)->schema_version());
  return 0;
}

}  // namespace

void AddHistoryPruneVerb(CLI::App& history, int& exit_code) {
  auto* verb = history.add_subcommand("prune", "Remove what is old");
  auto arguments = std::make_shared<PruneArguments>();
  AddStoreOption(*verb, arguments->store);
  AddRunSelection(*verb, arguments->selection);
  const CLI::Range days(0.0, kMostDays);
  verb->add_option("--keep", arguments->retention.keep_days, "remove runs older than so many days")
      ->check(days);
  verb->add_option("--thin", arguments->retention.thin_days,
                   "of runs older than so many days keep one a week")
      ->check(days);
  verb->add_option("--keep-launches", arguments->retention.launches_days,
                   "drop launch values older than so many days; medians and spreads stay")
      ->check(days);
  verb->add_flag("--dry-run", arguments->dry_run, "only say what would be removed");
  AddFormat(*verb, arguments->format);
  verb->footer(
      "The newest run of each machine and configuration always stays.\n\nExample:\n"
      "  pmubench history prune --keep 1100 --thin 400 --keep-launches 60");
  verb->callback([arguments, &exit_code] { exit_code = Prune(*arguments); });
}

void AddHistoryCheckVerb(CLI::App& history, int& exit_code) {
  auto* verb = history.add_subcommand("check", "Read a whole history and say whether it is intact");
  auto location = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>("text");
  AddStoreOption(*verb, *location);
  AddFormat(*verb, *format);
  verb->footer("Exit code 1 where it is not; nothing is changed.");
  verb->callback([=, &exit_code] { exit_code = Check(*location, *format); });
}

}  // namespace pmubench
