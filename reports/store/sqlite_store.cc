#include "reports/store/sqlite_store.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "reports/store/dictionary.h"
#include "reports/store/packing.h"
#include "reports/store/row_copy.h"
#include "reports/store/sqlite_database.h"
#include "reports/store/sqlite_schema.h"

namespace pmubench::store {
namespace {

constexpr std::int64_t kBenchmarkBits = 32;

std::int64_t ResultKey(std::int64_t run, std::uint32_t benchmark) {
  return (run << kBenchmarkBits) | benchmark;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(SqliteDatabase database, int version, bool read_only)
      : database_(std::move(database)), version_(version), read_only_(read_only) {}

  std::string Describe() const override { return database_.path(); }
  int schema_version() const override { return version_; }
  bool read_only() const override { return read_only_; }

  Result<AddOutcome> Add(const Run& run) override;
  Result<std::vector<RunInfo>> Runs(const RunFilter& filter) override;
  Result<Run> Read(const std::string& uuid) override;
  Result<void> Scan(std::span<const RunInfo> runs, const RowVisitor& visit) override;
  Result<void> ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                             const RowVisitor& visit) override;
  const Metric& MetricOf(std::uint32_t id) const override;
  const std::string& ReasonOf(std::uint32_t id) const override;
  Result<void> Remove(std::span<const RunInfo> runs) override;
  Result<void> RemoveLaunches(std::span<const RunInfo> runs) override;
  Result<void> Compact() override;
  Result<void> Check() override;
  Result<std::uint64_t> SizeInBytes() override;

 private:
  Result<void> Writable() const;
  Result<AddOutcome> AddInTransaction(const Run& run);
  Result<std::uint32_t> Intern(const char* table, TextTable& cache, const std::string& text);
  Result<std::int64_t> InternDocument(const char* table, const char* column, const std::string& key,
                                      const std::string& document);
  Result<RunIds> InternAll(const Run& run);
  Result<void> LearnTexts(const char* table, TextTable& cache);
  Result<void> LearnAll();
  Result<void> Visit(SqliteStatement& row, std::size_t run_index, const RowVisitor& visit);
  Result<void> ReadLaunches(const RunInfo& info, Run& run);
  Error Damaged(const std::string& what) const;

  SqliteDatabase database_;
  int version_;
  bool read_only_;
  Dictionaries known_;
  std::map<std::uint32_t, Metric> metrics_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> layouts_;
  std::vector<Value> values_;              // reused by Visit
  std::vector<std::uint32_t> reason_ids_;  // reused by Visit
};

Error SqliteStore::Damaged(const std::string& what) const {
  return {ErrorCode::kBadInput,
          fmt::format("the history {} is damaged: {}", database_.path(), what),
          "it is left as it is; restore a copy, or rescue what can be read with "
          "`sqlite3 FILE .recover`"};
}

Result<void> SqliteStore::Writable() const {
  if (!read_only_) return {};
  return Error{ErrorCode::kUsage,
               fmt::format("the history {} is open for reading only (schema {})", database_.path(),
                           version_),
               version_ > kSqliteSchema ? "write it with the newer pmubench that made it" : ""};
}

Result<std::uint32_t> SqliteStore::Intern(const char* table, TextTable& cache,
                                          const std::string& text) {
  if (const std::uint32_t* id = cache.IdOf(text)) return *id;
  auto find = database_.Prepare(fmt::format("SELECT id FROM {} WHERE text = ?1", table));
  if (!find) return find.error();
  find->BindBlob(1, text);
  auto there = find->Step();
  if (!there) return there.error();
  std::int64_t id = 0;
  if (*there) {
    id = find->Integer(0);
  } else {
    auto insert = database_.Prepare(fmt::format("INSERT INTO {}(text) VALUES(?1)", table));
    if (!insert) return insert.error();
    insert->BindBlob(1, text);
    if (auto done = insert->Step(); !done) return done.error();
    id = database_.last_insert_id();
  }
  cache.Learn(static_cast<std::uint32_t>(id), text);
  return static_cast<std::uint32_t>(id);
}

Result<std::int64_t> SqliteStore::InternDocument(const char* table, const char* column,
                                                 const std::string& key,
                                                 const std::string& document) {
  auto find = database_.Prepare(fmt::format("SELECT id FROM {} WHERE {} = ?1", table, column));
  if (!find) return find.error();
  find->BindText(1, key);
  auto there = find->Step();
  if (!there) return there.error();
  if (*there) return find->Integer(0);
  auto insert =
      database_.Prepare(fmt::format("INSERT INTO {}({}, document) VALUES(?1, ?2)", table, column));
  if (!insert) return insert.error();
  insert->BindText(1, key);
  insert->BindText(2, document);
  if (auto done = insert->Step(); !done) return done.error();
  return database_.last_insert_id();
}

Result<RunIds> SqliteStore::InternAll(const Run& run) {
  RunIds ids;
  const auto intern = [&](const char* table, TextTable& cache, const std::string& text,
                          std::vector<std::uint32_t>& to) -> Result<void> {
    auto id = Intern(table, cache, text);
    if (!id) return id.error();
    to.push_back(*id);
    return {};
  };
  for (const Metric& metric : run.metrics) {
    if (auto done = intern("metrics", known_.metrics, MetricKey(metric), ids.metrics); !done) {
      return done.error();
    }
  }
  for (const std::string& reason : run.reasons) {
    if (auto done = intern("reasons", known_.reasons, reason, ids.reasons); !done) {
      return done.error();
    }
  }
  for (const std::string& layout : PackedLayouts(run, ids)) {
    if (auto done = intern("layouts", known_.layouts, layout, ids.layouts); !done) {
      return done.error();
    }
  }
  for (const Row& row : run.rows) {
    if (auto done = intern("benchmarks", known_.benchmarks, row.benchmark, ids.benchmarks); !done) {
      return done.error();
    }
  }
  return ids;
}

Result<AddOutcome> SqliteStore::Add(const Run& run) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = SqliteTransaction::Begin(database_);
  if (!transaction) return transaction.error();
  auto outcome = AddInTransaction(run);
  if (outcome && *outcome == AddOutcome::kAlreadyThere) return outcome;
  if (outcome) {
    if (auto done = transaction->Commit(); done)
      return outcome;
    else
      outcome = done.error();
  }
  // Ids that were given in this transaction do not exist after it is rolled back.
  known_.Clear();
  return outcome;
}

Result<AddOutcome> SqliteStore::AddInTransaction(const Run& run) {
  auto find = database_.Prepare("SELECT id FROM runs WHERE uuid = ?1");
  if (!find) return find.error();
  find->BindText(1, run.info.uuid);
  auto there = find->Step();
  if (!there) return there.error();
  if (*there) return AddOutcome::kAlreadyThere;

  auto ids = InternAll(run);
  if (!ids) return ids.error();
  auto machine = InternDocument("machines", "fingerprint", run.info.machine, run.machine_document);
  if (!machine) return machine.error();
  auto configuration =
      InternDocument("configurations", "name", run.info.configuration, run.configuration_document);
  if (!configuration) return configuration.error();

  auto insert = database_.Prepare(
      "INSERT INTO runs(uuid, started_ms, machine, configuration, branch, commit_id, status, "
      "row_count, document) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  if (!insert) return insert.error();
  insert->BindText(1, run.info.uuid);
  insert->Bind(2, run.info.started_ms);
  insert->Bind(3, *machine);
  insert->Bind(4, *configuration);
  insert->BindText(5, run.info.branch);
  insert->BindText(6, run.info.commit);
  insert->BindText(7, run.info.status);
  insert->Bind(8, static_cast<std::int64_t>(run.rows.size()));
  insert->BindText(9, run.document);
  if (auto done = insert->Step(); !done) return done.error();
  const std::int64_t id = database_.last_insert_id();

  // Rows in order of their key are appended; any other order would split pages.
  std::vector<std::size_t> order(run.rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ids->benchmarks[a] < ids->benchmarks[b]; });
  auto add_row = database_.Prepare("INSERT INTO results(key, layout, data) VALUES(?1, ?2, ?3)");
  if (!add_row) return add_row.error();
  auto add_launches = database_.Prepare("INSERT INTO launches(key, data) VALUES(?1, ?2)");
  if (!add_launches) return add_launches.error();
  for (const std::size_t i : order) {
    const Row& row = run.rows[i];
    const std::int64_t key = ResultKey(id, ids->benchmarks[i]);
    add_row->Bind(1, key);
    add_row->Bind(2, ids->layouts[row.layout]);
    add_row->BindBlob(3, PackValues(row.values, ids->reasons));
    if (auto done = add_row->Step(); !done) return done.error();
    if (row.launches.empty()) continue;
    add_launches->Bind(1, key);
    add_launches->BindBlob(2, PackLaunches(row.launches, ids->metrics));
    if (auto done = add_launches->Step(); !done) return done.error();
  }
  return AddOutcome::kAdded;
}

Result<std::vector<RunInfo>> SqliteStore::Runs(const RunFilter& filter) {
  std::string sql =
      "SELECT r.id, r.uuid, r.started_ms, m.fingerprint, c.name, r.branch, r.commit_id, "
      "r.status, r.row_count FROM runs r JOIN machines m ON m.id = r.machine "
      "JOIN configurations c ON c.id = r.configuration WHERE 1";
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
    RunInfo info;
    info.id = query->Integer(0);
    info.uuid = query->Bytes(1);
    info.started_ms = query->Integer(2);
    info.machine = query->Bytes(3);
    info.configuration = query->Bytes(4);
    info.branch = query->Bytes(5);
    info.commit = query->Bytes(6);
    info.status = query->Bytes(7);
    info.rows = static_cast<std::uint32_t>(query->Integer(8));
    runs.push_back(std::move(info));
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
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

Result<void> SqliteStore::LearnAll() {
  for (auto [table, cache] :
       {std::pair{"metrics", &known_.metrics}, std::pair{"reasons", &known_.reasons},
        std::pair{"layouts", &known_.layouts}, std::pair{"benchmarks", &known_.benchmarks}}) {
    if (auto done = LearnTexts(table, *cache); !done) return done.error();
  }
  return {};
}

Result<void> SqliteStore::Visit(SqliteStatement& row, std::size_t run_index,
                                const RowVisitor& visit) {
  const auto benchmark = static_cast<std::uint32_t>(row.Integer(0));
  const auto layout = static_cast<std::uint32_t>(row.Integer(1));
  if (known_.benchmarks.Find(benchmark) == nullptr || known_.layouts.Find(layout) == nullptr) {
    if (auto learnt = LearnAll(); !learnt) return learnt.error();
  }
  const std::string* name = known_.benchmarks.Find(benchmark);
  const std::string* packed_layout = known_.layouts.Find(layout);
  if (name == nullptr || packed_layout == nullptr) return Damaged("a row names no benchmark");
  auto ids = layouts_.find(layout);
  if (ids == layouts_.end()) {
    std::vector<std::uint32_t> unpacked;
    if (!UnpackIds(*packed_layout, unpacked)) return Damaged("a row's layout is cut");
    for (const std::uint32_t id : unpacked) {
      const std::string* key = known_.metrics.Find(id);
      if (key == nullptr) return Damaged("a row names no metric");
      metrics_.emplace(id, MetricFromKey(*key));
    }
    ids = layouts_.emplace(layout, std::move(unpacked)).first;
  }
  if (!UnpackValues(row.Bytes(2), ids->second.size(), values_, &reason_ids_)) {
    return Damaged(fmt::format("the values of '{}' do not fit its metrics", *name));
  }
  visit(RowView{run_index, *name, benchmark, ids->second, values_, reason_ids_});
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
      if (auto done = Visit(*query, i, visit); !done) {
        query->Reset();
        return done.error();
      }
    }
  }
  return {};
}

Result<void> SqliteStore::ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                                        const RowVisitor& visit) {
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

const Metric& SqliteStore::MetricOf(std::uint32_t id) const { return metrics_.at(id); }

const std::string& SqliteStore::ReasonOf(std::uint32_t id) const {
  static const std::string unknown = "not measured";
  const std::string* text = known_.reasons.Find(id);
  return text == nullptr ? unknown : *text;
}

Result<void> SqliteStore::ReadLaunches(const RunInfo& info, Run& run) {
  if (version_ < 2) return {};
  auto query =
      database_.Prepare("SELECT key & 4294967295, data FROM launches WHERE key >= ?1 AND key < ?2");
  if (!query) return query.error();
  query->Bind(1, ResultKey(info.id, 0));
  query->Bind(2, ResultKey(info.id + 1, 0));
  std::map<std::string, Row*> by_name;
  for (Row& row : run.rows) by_name[row.benchmark] = &row;
  while (true) {
    auto there = query->Step();
    if (!there) return there.error();
    if (!*there) return {};
    const std::string* name = known_.benchmarks.Find(static_cast<std::uint32_t>(query->Integer(0)));
    const auto row = name == nullptr ? by_name.end() : by_name.find(*name);
    std::vector<Launches> launches;
    if (row == by_name.end() || !UnpackLaunches(query->Bytes(1), launches)) {
      query->Reset();
      return Damaged("launch values of no benchmark");
    }
    for (Launches& one : launches) {
      const auto metric = metrics_.find(one.metric);
      if (metric == metrics_.end()) continue;
      one.metric = run.MetricIndex(metric->second);
      row->second->launches.push_back(std::move(one));
    }
  }
}

Result<Run> SqliteStore::Read(const std::string& uuid) {
  auto query = database_.Prepare(
      "SELECT r.id, r.started_ms, m.fingerprint, m.document, c.name, c.document, r.branch, "
      "r.commit_id, r.status, r.row_count, r.document FROM runs r JOIN machines m "
      "ON m.id = r.machine JOIN configurations c ON c.id = r.configuration WHERE r.uuid = ?1");
  if (!query) return query.error();
  query->BindText(1, uuid);
  auto there = query->Step();
  if (!there) return there.error();
  if (!*there) {
    return Error{ErrorCode::kNotFound, fmt::format("no run {} in {}", uuid, database_.path()),
                 "`pmubench history runs` lists them"};
  }
  Run run;
  run.info.uuid = uuid;
  run.info.id = query->Integer(0);
  run.info.started_ms = query->Integer(1);
  run.info.machine = query->Bytes(2);
  run.machine_document = query->Bytes(3);
  run.info.configuration = query->Bytes(4);
  run.configuration_document = query->Bytes(5);
  run.info.branch = query->Bytes(6);
  run.info.commit = query->Bytes(7);
  run.info.status = query->Bytes(8);
  run.info.rows = static_cast<std::uint32_t>(query->Integer(9));
  run.document = query->Bytes(10);
  query->Reset();

  auto scanned =
      Scan(std::span(&run.info, 1), [&](const RowView& view) { AppendRow(view, *this, run); });
  if (!scanned) return scanned.error();
  if (auto done = ReadLaunches(run.info, run); !done) return done.error();
  SortRows(run);
  return run;
}

Result<void> SqliteStore::Remove(std::span<const RunInfo> runs) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = SqliteTransaction::Begin(database_);
  if (!transaction) return transaction.error();
  for (const RunInfo& run : runs) {
    const std::string range =
        fmt::format("key >= {} AND key < {}", ResultKey(run.id, 0), ResultKey(run.id + 1, 0));
    auto done = database_.Execute(
        fmt::format("DELETE FROM results WHERE {0}; DELETE FROM launches WHERE {0}; "
                    "DELETE FROM runs WHERE id = {1}",
                    range, run.id));
    if (!done) return done.error();
  }
  return transaction->Commit();
}

Result<void> SqliteStore::RemoveLaunches(std::span<const RunInfo> runs) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = SqliteTransaction::Begin(database_);
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
  auto runs = Runs({});
  if (!runs) return runs.error();
  std::vector<std::uint32_t> counted(runs->size());
  auto scanned = Scan(*runs, [&](const RowView& view) { ++counted[view.run]; });
  if (!scanned) return scanned.error();
  for (std::size_t i = 0; i < runs->size(); ++i) {
    if (counted[i] != (*runs)[i].rows) {
      return Damaged(fmt::format("run {} has {} of its {} benchmarks", (*runs)[i].uuid, counted[i],
                                 (*runs)[i].rows));
    }
  }
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

// Read-write handles keep the WAL; only this sets it, since it changes the file.
Result<void> PrepareForWriting(SqliteDatabase& database) {
  return database.Execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
      "PRAGMA cache_size = -65536");
}

}  // namespace

Result<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path, OpenMode mode) {
  struct stat status {};
  const bool there = stat(path.c_str(), &status) == 0;
  if (!there && mode != OpenMode::kCreate) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no history at {}", path),
                 "`pmubench history import --store FILE RECORD...` makes one"};
  }
  if (there && !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kBadInput, path + " is not a file", "name the history's file"};
  }
  const int flags = mode == OpenMode::kRead    ? SQLITE_OPEN_READONLY
                    : mode == OpenMode::kWrite ? SQLITE_OPEN_READWRITE
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  auto database = SqliteDatabase::Open(path, flags);
  if (!database) return database.error();
  auto schema = ReadSqliteSchema(*database);
  if (!schema) return schema.error();
  if (schema->version > kSqliteSchema) {
    if (schema->oldest_reader > kSqliteSchema) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("{} has schema {}, which this pmubench (schema {}) cannot read",
                               path, schema->version, kSqliteSchema),
                   "use the newer pmubench that made it"};
    }
    // Written by us it might lose what it holds beyond our schema.
    if (mode != OpenMode::kRead) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("{} has the newer schema {}: it can be read, not written", path,
                               schema->version),
                   "use the newer pmubench that made it"};
    }
  }
  if (mode == OpenMode::kRead) {
    if (schema->empty) {
      return Error{ErrorCode::kBadInput, path + " is an empty database", ""};
    }
    if (auto done = database->Execute("PRAGMA cache_size = -65536"); !done) {
      return done.error();
    }
    return std::unique_ptr<Store>(
        std::make_unique<SqliteStore>(std::move(*database), schema->version, true));
  }
  if (schema->empty) {
    // 8 KiB pages hold 14 rows of 40 metrics and waste 2 %; 4 KiB pages waste 5 %.
    if (auto sized = database->Execute("PRAGMA page_size = 8192"); !sized) return sized.error();
  }
  if (auto ready = PrepareForWriting(*database); !ready) return ready.error();
  if (schema->version < kSqliteSchema) {
    if (auto done = MigrateSqlite(*database, schema->version); !done) return done.error();
  }
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(std::move(*database), kSqliteSchema, false));
}

}  // namespace pmubench::store
