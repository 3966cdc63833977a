#include "cli/history_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/verb.h"

namespace pmubench {
namespace {

std::optional<std::string> IfGiven(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

void AddStoreOption(CLI::App& verb, std::string& location) {
  const char* set = std::getenv("PMUBENCH_STORE");
  location = set != nullptr && *set != '\0' ? set : "pmubench-history.db";
  verb.add_option("--store", location,
                  "an SQLite file, or postgresql://...; default: $PMUBENCH_STORE, else "
                  "pmubench-history.db");
}

store::RunFilter RunSelection::Filter() const {
  store::RunFilter filter;
  filter.machine = IfGiven(machine);
  filter.configuration = IfGiven(configuration);
  filter.branch = IfGiven(branch);
  filter.newest = newest;
  return filter;
}

void AddRunSelection(CLI::App& verb, RunSelection& selection) {
  verb.add_option("--machine", selection.machine, "only of this machine fingerprint");
  verb.add_option("--configuration", selection.configuration, "only of this build configuration");
  verb.add_option("--branch", selection.branch, "only of this branch");
  verb.add_option("--newest", selection.newest, "only so many, the newest");
}

Result<store::ImportOptions> ImportFlags::Options() const {
  store::ImportOptions options;
  options.branch = IfGiven(branch);
  options.commit = IfGiven(commit);
  options.configuration = IfGiven(configuration);
  if (!started.empty()) {
    options.started_ms = store::ParseTime(started);
    if (!options.started_ms) {
      return Error{ErrorCode::kUsage, "--started '" + started + "' is no time",
                   "write it as 2026-01-31T02:00:00Z"};
    }
  }
  return options;
}

void AddImportFlags(CLI::App& verb, ImportFlags& flags) {
  verb.add_option("--branch", flags.branch, "the branch that was measured");
  verb.add_option("--commit", flags.commit, "the commit that was measured");
  verb.add_option("--configuration", flags.configuration,
                  "the build configuration; values of two are never one series");
  verb.add_option("--started", flags.started, "when it was measured, 2026-01-31T02:00:00Z");
}

Progress::Progress(std::size_t total, const char* what)
    : total_(total), what_(what), shown_(total > 1 && isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_ && done_ > 0) fmt::print(stderr, "\r\033[K");
}

void Progress::Step() {
  ++done_;
  if (shown_) fmt::print(stderr, "\r{}/{} {}", done_, total_, what_);
}

void AddHistoryStoreVerbs(CLI::App& history, int& exit_code) {
  AddHistoryImportVerb(history, exit_code);
  AddHistoryExportVerb(history, exit_code);
  AddHistoryMigrateVerb(history, exit_code);
  AddHistoryListVerb(history, exit_code);
  AddHistoryShowVerb(history, exit_code);
  AddHistoryPruneVerb(history, exit_code);
  AddHistoryCheckVerb(history, exit_code);
}

}  // namespace pmubench
