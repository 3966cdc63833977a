#include "reports/store/sqlite_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/store/packing.h"
#include "reports/store/run_columns.h"
#include "reports/store/sql_store.h"
#include "reports/store/sqlite_schema.h"

namespace pmubench::store {
namespace {

constexpr const char* kRunsJoined =
    "FROM runs r JOIN machines m ON m.id = r.machine "
    "JOIN configurations c ON c.id = r.configuration";

constexpr std::int64_t kBenchmarkBits = 32;

std::int64_t ResultKey(std::int64_t run, std::uint32_t benchmark) {
  return (run << kBenchmarkBits) | benchmark;
}

class SqliteStore final : public SqlStore {
 public:
  SqliteStore(SqliteDatabase database, int version, bool read_only)
      : SqlStore(version, read_only), database_(std::move(database)) {}

  std::string Describe() const override { return database_.path(); }
  Result<std::vector<RunInfo>> Runs(const RunFilter& filter) override;
  Result<void> Scan(std::span<const RunInfo> runs, const RowVisitor& visit) override;
  Result<void> ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                             const RowVisitor& visit) override;
  Result<void> RemoveLaunches(std::span<const RunInfo> runs) override;
  Result<void> Compact() override;
  Result<void> Check() override;
  Result<std::uint64_t> SizeInBytes() override;

 private:
  Error Damaged(const std::string& what) const override;
  Error OpenForReadingOnly() const override;
  Result<Transaction> BeginWriting() override {
    return Transaction::Begin(database_, kSqliteBegin);
  }
  Result<MaybeId> FindRun(const std::string& uuid) override;
  Result<MaybeId> FindText(const char* table, const std::string& text) override;
  Result<std::int64_t> InsertText(const char* table, const std::string& text) override;
  Result<void> LearnTexts(const char* table, TextTable& cache) override;
  Result<std::int64_t> InternDocument(const char* table, const char* column, const std::string& key,
                                      const std::string& document) override;
  Result<std::int64_t> AddHead(const Run& run, std::int64_t machine,
                               std::int64_t configuration) override;
  Result<void> AddRows(const Run& run, std::int64_t id, const RunIds& ids) override;
  Result<std::optional<Run>> ReadHead(const std::string& uuid) override;
  Result<void> ReadLaunches(std::int64_t run, const LaunchVisitor& visit) override;
  Result<void> RemoveAll(std::span<const RunInfo> runs) override;

  Result<MaybeId> FirstId(SqliteStatement query);
  Result<void> Visit(const SqliteStatement& row, std::size_t run_index, const RowVisitor& visit);

  SqliteDatabase database_;
  std::vector<Value> values_;              // reused by Visit
  std::vector<std::uint32_t> reason_ids_;  // reused by Visit
};

Error SqliteStore::Damaged(const std::string& what) const {
  return {ErrorCode::kBadInput,
          fmt::format("the history {} is damaged: {}", database_.path(), what),
          "it is left as it is; restore a copy, or rescue what can be read with "
          "`sqlite3 FILE .recover`"};
}

Error SqliteStore::OpenForReadingOnly() const {
  return {ErrorCode::kUsage,
          fmt::format("the history {} is open for reading only (schema {})", database_.path(),
                      schema_version()),
          schema_version() > kSqliteSchema ? "write it with the newer pmubench that made it" : ""};
}

Result<SqliteStore::MaybeId> SqliteStore::FirstId(SqliteStatement query) {
  auto there = query.Step();
  if (!there) return there.error();
  return *there ? MaybeId(query.Integer(0)) : MaybeId();
}

Result<SqliteStore::MaybeId> SqliteStore::FindRun(const std::string& uuid) {
  auto find = database_.Prepare("SELECT id FROM runs WHERE uuid = ?1");
  if (!find) return find.error();
  find->BindText(1, uuid);
  return FirstId(std::move(*find));
}

Result<SqliteStore::MaybeId> SqliteStore::FindText(const char* table, const std::string& text) {
  auto find = database_.Prepare(fmt::format("SELECT id FROM {} WHERE text = ?1", table));
  if (!find) return find.error();
  find->BindBlob(1, text);
  return FirstId(std::move(*find));
}

Result<std::int64_t> SqliteStore::InsertText(const char* table, const std::string& text) {
  auto insert = database_.Prepare(fmt::format("INSERT INTO {}(text) VALUES(?1)", table));
  if (!insert) return insert.error();
  insert->BindBlob(1, text);
  if (auto done = insert->Step(); !done) return done.error();
  return database_.last_insert_id();
}

Result<void> SqliteStore::LearnTexts(const char* table, TextTable& cache) {
  auto query = database_.Prepare(fmt::format("SELECT id, text FROM {}", table));
  if (!query) return query.error();
  while (true) {
    auto row = query->Step();
    if (!row) return row.error();
    if (!*row) return {};
    cache.Learn(static_cast<std::uint32_t>(query->Integer(0)), std::string(query->Bytes(1)));
  }
}

Result<std::int64_t> SqliteStore::InternDocument(const char* table, const char* column,
                                                 const std::string& key,
                                                 const std::string& document) {
  auto find = database_.Prepare(fmt::format("SELECT id FROM {} WHERE {} = ?1", table, column));
  if (!find) return find.error();
  find->BindText(1, key);
  auto there = FirstId(std::move(*find));
  if (!there) return there.error();
  if (*there) return **there;
  auto insert =
      database_.Prepare(fmt::format("INSERT INTO {}({}, document) VALUES(?1, ?2)", table, column));
  if (!insert) return insert.error();
  insert->BindText(1, key);
  insert->BindText(2, document);
  if (auto done = insert->Step(); !done) return done.error();
  return database_.last_insert_id();
}

Result<std::int64_t> SqliteStore::AddHead(const Run& run, std::int64_t machine,
                                          std::int64_t configuration) {
  auto insert = database_.Prepare(
      "INSERT INTO runs(uuid, started_ms, machine, configuration, branch, commit_id, status, "
      "row_count, document) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  if (!insert) return insert.error();
  insert->BindText(1, run.info.uuid);
  insert->Bind(2, run.info.started_ms);
  insert->Bind(3, machine);
  insert->Bind(4, configuration);
  insert->BindText(5, run.info.branch);
  insert->BindText(6, run.info.commit);
  insert->BindText(7, run.info.status);
  insert->Bind(8, static_cast<std::int64_t>(run.rows.size()));
  insert->BindText(9, run.document);
  if (auto done = insert->Step(); !done) return done.error();
  return database_.last_insert_id();
}

Result<void> SqliteStore::AddRows(const Run& run, std::int64_t id, const RunIds& ids) {
  // Rows in order of their key are appended; any other order would split pages.
  std::vector<std::size_t> order(run.rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ids.benchmarks[a] < ids.benchmarks[b]; });
  auto add_row = database_.Prepare("INSERT INTO results(key, layout, data) VALUES(?1, ?2, ?3)");
  if (!add_row) return add_row.error();
  auto add_launches = database_.Prepare("INSERT INTO launches(key, data) VALUES(?1, ?2)");
  if (!add_launches) return add_launches.error();
  for (const std::size_t i : order) {
    const Row& row = run.rows[i];
    const std::int64_t key = ResultKey(id, ids.benchmarks[i]);
    add_row->Bind(1, key);
    add_row->Bind(2, ids.layouts[row.layout]);
    add_row->BindBlob(3, PackValues(row.values, ids.reasons));
    if (auto done = add_row->Step(); !done) return done.error();
    if (row.launches.empty()) continue;
    add_launches->Bind(1, key);
    add_launches->BindBlob(2, PackLaunches(row.launches, ids.metrics));
    if (auto done = add_launches->Step(); !done) return done.error();
  }
  return {};
}

Result<std::vector<RunInfo>> SqliteStore::Runs(const RunFilter& filter) {
  std::string sql = fmt::format("SELECT {} {} WHERE 1", kInfoColumns, kRunsJoined);
  if (filter.machine) sql += " AND m.fingerprint = ?1";
  if (filter.configuration) sql += " AND c.name = ?2";
  if (filter.branch) sql += " AND r.branch = ?3";
  if (filter.since_ms) sql += " AND r.started_ms >= ?4";
  if (filter.before_ms) sql += " AND r.started_ms < ?5";
  sql += " ORDER BY r.started_ms DESC, r.uuid DESC";
  if (filter.newest > 0) sql += fmt::format(" LIMIT {}", filter.newest);
  auto query = database_.Prepare(sql);
  if (!query) return query.error();
  if (filter.machine) query->BindText(1, *filter.machine);
  if (filter.configuration) query->BindText(2, *filter.configuration);
  if (filter.branch) query->BindText(3, *filter.branch);
  if (filter.since_ms) query->Bind(4, *filter.since_ms);
  if (filter.before_ms) query->Bind(5, *filter.before_ms);
  std::vector<RunInfo> runs;
  while (true) {
    auto row = query->Step();
    if (!row) return row.error();
    if (!*row) break;
    runs.push_back(InfoFrom(*query));
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

Result<void> SqliteStore::Visit(const SqliteStatement& row, std::size_t run_index,
                                const RowVisitor& visit) {
  const auto benchmark = static_cast<std::uint32_t>(row.Integer(0));
  const auto layout = static_cast<std::uint32_t>(row.Integer(1));
  if (!Knows(benchmark, layout)) {
    if (auto learnt = LearnAll(); !learnt) return learnt.error();
  }
  const auto names = NamesOf(benchmark, layout);
  if (!names) return names.error();
  if (!UnpackValues(row.Bytes(2), names->metric_ids.size(), values_, &reason_ids_)) {
    return Damaged(fmt::format("the values of '{}' do not fit its metrics", names->benchmark));
  }
  visit(RowView{run_index, names->benchmark, benchmark, names->metric_ids, values_, reason_ids_});
  return {};
}

Result<void> SqliteStore::Scan(std::span<const RunInfo> runs, const RowVisitor& visit) {
  auto query = database_.Prepare(
      "SELECT key & 4294967295, layout, data FROM results WHERE key >= ?1 AND key < ?2 "
      "ORDER BY key");
  if (!query) return query.error();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    query->Bind(1, ResultKey(runs[i].id, 0));
    query->Bind(2, ResultKey(runs[i].id + 1, 0));
    while (true) {
      auto row = query->Step();
      if (!row) return row.error();
      if (!*row) break;
      if (auto done = Visit(*query, i, visit); !done) return done.error();
    }
  }
  return {};
}

Result<void> SqliteStore::ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                                        const RowVisitor& visit) {
  // Left at its row to the end: a read that is under way holds the lock, and taking that anew for
  // each run doubles the time.
  auto find = database_.Prepare("SELECT id FROM benchmarks WHERE text = ?1");
  if (!find) return find.error();
  find->BindBlob(1, benchmark);
  auto there = find->Step();
  if (!there) return there.error();
  if (!*there) return {};
  const auto id = static_cast<std::uint32_t>(find->Integer(0));
  auto query =
      database_.Prepare("SELECT key & 4294967295, layout, data FROM results WHERE key = ?1");
  if (!query) return query.error();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    query->Bind(1, ResultKey(runs[i].id, id));
    auto row = query->Step();
    if (!row) return row.error();
    if (!*row) continue;
    auto done = Visit(*query, i, visit);
    query->Reset();
    if (!done) return done.error();
  }
  return {};
}

Result<std::optional<Run>> SqliteStore::ReadHead(const std::string& uuid) {
  auto query =
      database_.Prepare(fmt::format("SELECT {} {} WHERE r.uuid = ?1", kHeadColumns, kRunsJoined));
  if (!query) return query.error();
  query->BindText(1, uuid);
  auto there = query->Step();
  if (!there) return there.error();
  return *there ? std::optional(HeadFrom(*query, uuid)) : std::nullopt;
}

Result<void> SqliteStore::ReadLaunches(std::int64_t run, const LaunchVisitor& visit) {
  if (schema_version() < 2) return {};
  auto query =
      database_.Prepare("SELECT key & 4294967295, data FROM launches WHERE key >= ?1 AND key < ?2");
  if (!query) return query.error();
  query->Bind(1, ResultKey(run, 0));
  query->Bind(2, ResultKey(run + 1, 0));
  while (true) {
    auto there = query->Step();
    if (!there) return there.error();
    if (!*there) return {};
    auto done = visit(static_cast<std::uint32_t>(query->Integer(0)), query->Bytes(1));
    if (!done) return done.error();
  }
}

Result<void> SqliteStore::RemoveAll(std::span<const RunInfo> runs) {
  for (const RunInfo& run : runs) {
    const std::string range =
        fmt::format("key >= {} AND key < {}", ResultKey(run.id, 0), ResultKey(run.id + 1, 0));
    auto done = database_.Execute(
        fmt::format("DELETE FROM results WHERE {0}; DELETE FROM launches WHERE {0}; "
                    "DELETE FROM runs WHERE id = {1}",
                    range, run.id));
    if (!done) return done.error();
  }
  return {};
}

Result<void> SqliteStore::RemoveLaunches(std::span<const RunInfo> runs) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = BeginWriting();
  if (!transaction) return transaction.error();
  for (const RunInfo& run : runs) {
    auto done = database_.Execute(fmt::format("DELETE FROM launches WHERE key >= {} AND key < {}",
                                              ResultKey(run.id, 0), ResultKey(run.id + 1, 0)));
    if (!done) return done.error();
  }
  return transaction->Commit();
}

Result<void> SqliteStore::Compact() {
  if (auto writable = Writable(); !writable) return writable.error();
  return database_.Execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<void> SqliteStore::Check() {
  auto check = database_.Prepare("PRAGMA quick_check(1)");
  if (!check) return check.error();
  auto row = check->Step();
  if (!row) return row.error();
  if (*row && check->Bytes(0) != "ok") return Damaged(std::string(check->Bytes(0)));
  check->Reset();
  if (auto whole = CheckRows(); !whole) return whole.error();
  auto orphans = database_.QueryInteger(
      "SELECT count(*) FROM results WHERE key >> 32 NOT IN (SELECT id FROM runs)");
  if (!orphans) return orphans.error();
  if (*orphans != 0) return Damaged(fmt::format("{} rows belong to no run", *orphans));
  return {};
}

Result<std::uint64_t> SqliteStore::SizeInBytes() {
  auto pages = database_.QueryInteger("PRAGMA page_count");
  if (!pages) return pages.error();
  auto size = database_.QueryInteger("PRAGMA page_size");
  if (!size) return size.error();
  return static_cast<std::uint64_t>(*pages) * static_cast<std::uint64_t>(*size);
}

}  // namespace

std::unique_ptr<Store> MakeSqliteStore(SqliteDatabase database, int version, bool read_only) {
  return std::make_unique<SqliteStore>(std::move(database), version, read_only);
}

}  // namespace pmubench::store
