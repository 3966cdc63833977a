// The subcommands of `pmubench history` that work on a store, and what they share.
#pragma once

#include <cstdint>
#include <string>

#include "reports/store/bundle.h"
#include "reports/store/store.h"

namespace CLI {
class App;
}

namespace pmubench {

/// Adds `--store LOCATION`; the environment's PMUBENCH_STORE is its default, then
/// pmubench-history.db here.
void AddStoreOption(CLI::App& verb, std::string& location);

/// `--machine`, `--configuration`, `--branch`, `--newest`.
struct RunSelection {
  std::string machine, configuration, branch;
  std::size_t newest = 0;

  [[nodiscard]] store::RunFilter Filter() const;
};
void AddRunSelection(CLI::App& verb, RunSelection& selection);

/// `--branch`, `--commit`, `--configuration`, `--started` of what is imported.
struct ImportFlags {
  std::string branch, commit, configuration, started;

  [[nodiscard]] Result<store::ImportOptions> Options() const;
};
void AddImportFlags(CLI::App& verb, ImportFlags& flags);

/// A counter on standard error, where that is a terminal.
class Progress {
 public:
  Progress(std::size_t total, const char* what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void Step();

 private:
  std::size_t done_ = 0, total_;
  const char* what_;
  bool shown_;
};

// Each adds a subcommand to `history`.
void AddHistoryStoreVerbs(CLI::App& history, int& exit_code);  ///< all of the following
void AddHistoryImportVerb(CLI::App& history, int& exit_code);
void AddHistoryExportVerb(CLI::App& history, int& exit_code);
void AddHistoryMigrateVerb(CLI::App& history, int& exit_code);
void AddHistoryListVerb(CLI::App& history, int& exit_code);
void AddHistoryShowVerb(CLI::App& history, int& exit_code);
void AddHistoryPruneVerb(CLI::App& history, int& exit_code);
void AddHistoryCheckVerb(CLI::App& history, int& exit_code);

}  // namespace pmubench
