// The history of runs, behind one interface: SQLite in a file, or PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"
#include "reports/store/run.h"

namespace pmubench::store {

enum class OpenMode {
  kRead,   ///< an older schema is read as it is; nothing is ever changed
  kWrite,  ///< must be there; an older schema is migrated first
  kCreate  ///< as kWrite; made where it is not there
};

enum class AddOutcome {
  kAdded,
  kAlreadyThere,  ///< a run of this UUID: nothing changed
};

/// Which runs. Empty fields do not select.
struct RunFilter {
  std::optional<std::string> machine;
  std::optional<std::string> configuration;
  std::optional<std::string> branch;
  std::optional<std::int64_t> since_ms;   ///< from here on
  std::optional<std::int64_t> before_ms;  ///< and before this
  std::size_t newest = 0;                 ///< only so many, the newest; 0: all
};

/// One benchmark of one run while it is read. Valid during the visit only.
struct RowView {
  std::size_t run = 0;  ///< index into the runs that were asked for
  std::string_view benchmark;
  std::uint32_t benchmark_id = 0;             ///< the store's own
  std::span<const std::uint32_t> metric_ids;  ///< for Store::MetricOf
  std::span<const Value> values;
  std::span<const std::uint32_t> reason_ids;  ///< for Store::ReasonOf, where a value is missing
};
using RowVisitor = std::function<void(const RowView&)>;

/// Not thread-safe: one thread a Store. Several stores, processes and machines may use one
/// database at the same time.
class Store {
 public:
  virtual ~Store() = default;

  [[nodiscard]] virtual std::string Describe() const = 0;  ///< without a password
  [[nodiscard]] virtual int schema_version() const = 0;
  [[nodiscard]] virtual bool read_only() const = 0;

  /// Adds the run in one transaction: all of it or nothing, whatever happens meanwhile.
  virtual Result<AddOutcome> Add(const Run& run) = 0;

  /// In order of (started_ms, uuid): the same in every back end.
  virtual Result<std::vector<RunInfo>> Runs(const RunFilter& filter) = 0;

  /// One whole run, launch values included. kNotFound where there is none.
  virtual Result<Run> Read(const std::string& uuid) = 0;

  /// Every row of `runs`, which Runs() gave, run by run.
  virtual Result<void> Scan(std::span<const RunInfo> runs, const RowVisitor& visit) = 0;

  /// The rows of one benchmark, run by run.
  virtual Result<void> ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                                     const RowVisitor& visit) = 0;

  [[nodiscard]] virtual const Metric& MetricOf(std::uint32_t id) const = 0;
  [[nodiscard]] virtual const std::string& ReasonOf(std::uint32_t id) const = 0;

  /// Removes runs with all their values, in one transaction.
  virtual Result<void> Remove(std::span<const RunInfo> runs) = 0;
  /// Removes launch values, keeps medians and spreads.
  virtual Result<void> RemoveLaunches(std::span<const RunInfo> runs) = 0;
  /// Gives free space back to the file system.
  virtual Result<void> Compact() = 0;

  /// Reads everything once: structure, packing, that every run has all its rows.
  virtual Result<void> Check() = 0;

  /// Bytes that the history takes in its database.
  virtual Result<std::uint64_t> SizeInBytes() = 0;
};

/// `location`: "postgresql://..." or "postgres://...", libpq's "key=value" words after
/// "postgres:", or the path of an SQLite file. A database that is not a history, is damaged, or
/// has a schema too new to be read is an error, and is left as it is.
[[nodiscard]] Result<std::unique_ptr<Store>> OpenStore(const std::string& location, OpenMode mode);

}  // namespace pmubench::store
