// What a history in SQLite and one in PostgreSQL do alike: all but the SQL and its values.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/store/dictionary.h"
#include "reports/store/store.h"
#include "reports/store/transaction.h"

namespace pmubench::store {

class SqlStore : public Store {
 public:
  int schema_version() const final { return version_; }
  bool read_only() const final { return read_only_; }

  Result<AddOutcome> Add(const Run& run) final;
  Result<Run> Read(const std::string& uuid) final;
  const Metric& MetricOf(std::uint32_t id) const final { return metrics_.at(id); }
  const std::string& ReasonOf(std::uint32_t id) const final;
  Result<void> Remove(std::span<const RunInfo> runs) final;

 protected:
  using MaybeId = std::optional<std::int64_t>;
  /// A benchmark's id and its packed launch values.
  using LaunchVisitor = std::function<Result<void>(std::uint32_t, std::string_view)>;

  /// What a row's numbers stand for. Valid until the next row.
  struct RowNames {
    std::string_view benchmark;
    std::span<const std::uint32_t> metric_ids;
  };

  SqlStore(int version, bool read_only) : version_(version), read_only_(read_only) {}

  Result<void> Writable() const;
  /// True where NamesOf() needs no text that is not learnt yet.
  [[nodiscard]] bool Knows(std::uint32_t benchmark, std::uint32_t layout) const;
  Result<void> LearnAll();
  /// Of what is learnt; an id that is not is damage.
  Result<RowNames> NamesOf(std::uint32_t benchmark, std::uint32_t layout);
  /// Reads all rows: each fits its metrics, and every run has as many as it says.
  Result<void> CheckRows();

 private:
  [[nodiscard]] virtual Error Damaged(const std::string& what) const = 0;
  [[nodiscard]] virtual Error OpenForReadingOnly() const = 0;

  /// A transaction during which nobody else writes.
  virtual Result<Transaction> BeginWriting() = 0;
  virtual Result<MaybeId> FindRun(const std::string& uuid) = 0;
  /// `table` is one of Dictionaries'.
  virtual Result<MaybeId> FindText(const char* table, const std::string& text) = 0;
  virtual Result<std::int64_t> InsertText(const char* table, const std::string& text) = 0;
  virtual Result<void> LearnTexts(const char* table, TextTable& cache) = 0;
  /// The id of the row whose `column` is `key`, added with its document where it is new.
  virtual Result<std::int64_t> InternDocument(const char* table, const char* column,
                                              const std::string& key,
                                              const std::string& document) = 0;
  /// The run without its rows; its id.
  virtual Result<std::int64_t> AddHead(const Run& run, std::int64_t machine,
                                       std::int64_t configuration) = 0;
  virtual Result<void> AddRows(const Run& run, std::int64_t id, const RunIds& ids) = 0;

  /// The run without its rows.
  virtual Result<std::optional<Run>> ReadHead(const std::string& uuid) = 0;
  virtual Result<void> ReadLaunches(std::int64_t run, const LaunchVisitor& visit) = 0;
  virtual Result<void> RemoveAll(std::span<const RunInfo> runs) = 0;

  Result<void> AddWhole(const Run& run);
  Result<std::uint32_t> Intern(const char* table, TextTable& cache, const std::string& text);
  Result<RunIds> InternAll(const Run& run);
  Result<void> AppendLaunches(Run& run);

  int version_;
  bool read_only_;
  Dictionaries known_;
  std::map<std::uint32_t, Metric> metrics_;                      // of the rows that were read
  std::map<std::uint32_t, std::vector<std::uint32_t>> layouts_;  // of the rows that were read
};

}  // namespace pmubench::store
