#include "reports/store/pg_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/store/dictionary.h"
#include "reports/store/packing.h"
#include "reports/store/pg_binary.h"
#include "reports/store/pg_connection.h"
#include "reports/store/pg_schema.h"
#include "reports/store/row_copy.h"

namespace pmubench::store {
namespace {

constexpr float kUnknownSpread = std::numeric_limits<float>::quiet_NaN();
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::vector<std::int64_t> Ids(std::span<const RunInfo> runs) {
  std::vector<std::int64_t> ids;
  for (const RunInfo& run : runs) ids.push_back(run.id);
  return ids;
}

class PgStore final : public Store {
 public:
  PgStore(PgConnection connection, int version, bool read_only)
      : connection_(std::move(connection)), version_(version), read_only_(read_only) {}

  std::string Describe() const override { return connection_.Describe(); }
  int schema_version() const override { return version_; }
  bool read_only() const override { return read_only_; }

  Result<AddOutcome> Add(const Run& run) override;
  Result<std::vector<RunInfo>> Runs(const RunFilter& filter) override;
  Result<Run> Read(const std::string& uuid) override;
  Result<void> Scan(std::span<const RunInfo> runs, const RowVisitor& visit) override;
  Result<void> ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                             const RowVisitor& visit) override;
  const Metric& MetricOf(std::uint32_t id) const override { return metrics_.at(id); }
  const std::string& ReasonOf(std::uint32_t id) const override;
  Result<void> Remove(std::span<const RunInfo> runs) override;
  Result<void> RemoveLaunches(std::span<const RunInfo> runs) override;
  Result<void> Compact() override { return connection_.Execute("VACUUM"); }
  Result<void> Check() override;
  Result<std::uint64_t> SizeInBytes() override;

 private:
  Result<void> Writable() const;
  Result<AddOutcome> AddInTransaction(const Run& run);
  Result<std::vector<std::uint32_t>> Intern(const char* table, TextTable& cache,
                                            const std::vector<std::string>& texts);
  Result<std::int64_t> InternDocument(const char* table, const char* column, const std::string& key,
                                      const std::string& document);
  Result<void> CopyRows(const Run& run, std::int64_t id, const RunIds& ids);
  Result<void> LearnAll();
  /// `index_of`: the visitor's number of a run by its id. Everything must be learnt before: a
  /// second query cannot run while rows stream in.
  Result<void> StreamRows(const std::string& sql, const std::vector<PgParameter>& parameters,
                          const std::map<std::int64_t, std::size_t>& index_of,
                          const RowVisitor& visit);
  Result<void> ReadLaunches(Run& run);
  Error Damaged(const std::string& what) const;

  PgConnection connection_;
  int version_;
  bool read_only_;
  Dictionaries known_;
  std::map<std::uint32_t, Metric> metrics_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> layouts_;
};

Error PgStore::Damaged(const std::string& what) const {
  return {ErrorCode::kBadInput,
          fmt::format("the history in {} is damaged: {}", connection_.Describe(), what),
          "it is left as it is; restore a copy"};
}

Result<void> PgStore::Writable() const {
  if (!read_only_) return {};
  return Error{ErrorCode::kUsage, connection_.Describe() + " is open for reading only",
               version_ > kPgSchema ? "write it with the newer pmubench that made it" : ""};
}

Result<std::vector<std::uint32_t>> PgStore::Intern(const char* table, TextTable& cache,
                                                   const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> ids;
  for (const std::string& text : texts) {
    if (const std::uint32_t* id = cache.IdOf(text)) {
      ids.push_back(*id);
      continue;
    }
    // A serial skips a number for every conflict, so look before inserting.
    auto found =
        connection_.Query(fmt::format("SELECT id FROM pmubench.{} WHERE text = $1::bytea", table),
                          {PgParameter::Bytes(text)});
    if (found && found->size() == 0) {
      found = connection_.Query(
          fmt::format("INSERT INTO pmubench.{}(text) VALUES($1::bytea) RETURNING id", table),
          {PgParameter::Bytes(text)});
    }
    if (!found) return found.error();
    const auto id = static_cast<std::uint32_t>(found->Integer(0, 0));
    cache.Learn(id, text);
    ids.push_back(id);
  }
  return ids;
}

Result<std::int64_t> PgStore::InternDocument(const char* table, const char* column,
                                             const std::string& key, const std::string& document) {
  auto found = connection_.Query(
      fmt::format("SELECT id FROM pmubench.{} WHERE {} = $1::bytea", table, column),
      {PgParameter::Bytes(key)});
  if (found && found->size() == 0) {
    found = connection_.Query(
        fmt::format("INSERT INTO pmubench.{}({}, document) VALUES($1::bytea, $2::bytea) "
                    "RETURNING id",
                    table, column),
        {PgParameter::Bytes(key), PgParameter::Bytes(document)});
  }
  if (!found) return found.error();
  return found->Integer(0, 0);
}

Result<AddOutcome> PgStore::Add(const Run& run) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = PgTransaction::Begin(connection_);
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

Result<AddOutcome> PgStore::AddInTransaction(const Run& run) {
  if (auto locked = LockPgWriters(connection_); !locked) return locked.error();
  auto there = connection_.Query("SELECT id FROM pmubench.runs WHERE uuid = $1",
                                 {PgParameter::Text(run.info.uuid)});
  if (!there) return there.error();
  if (there->size() > 0) return AddOutcome::kAlreadyThere;

  std::vector<std::string> metric_keys, benchmark_names;
  for (const Metric& metric : run.metrics) metric_keys.push_back(MetricKey(metric));
  for (const Row& row : run.rows) benchmark_names.push_back(row.benchmark);
  RunIds ids;
  const auto intern = [&](const char* table, TextTable& cache,
                          const std::vector<std::string>& texts,
                          std::vector<std::uint32_t>& to) -> Result<void> {
    auto given = Intern(table, cache, texts);
    if (!given) return given.error();
    to = std::move(*given);
    return {};
  };
  if (auto done = intern("metrics", known_.metrics, metric_keys, ids.metrics); !done) {
    return done.error();
  }
  if (auto done = intern("reasons", known_.reasons, run.reasons, ids.reasons); !done) {
    return done.error();
  }
  if (auto done = intern("layouts", known_.layouts, PackedLayouts(run, ids), ids.layouts); !done) {
    return done.error();
  }
  if (auto done = intern("benchmarks", known_.benchmarks, benchmark_names, ids.benchmarks); !done) {
    return done.error();
  }
  auto machine = InternDocument("machines", "fingerprint", run.info.machine, run.machine_document);
  if (!machine) return machine.error();
  auto configuration =
      InternDocument("configurations", "name", run.info.configuration, run.configuration_document);
  if (!configuration) return configuration.error();
  if (auto month = EnsurePgMonth(connection_, run.info.started_ms); !month) return month.error();

  auto added = connection_.Query(
      "INSERT INTO pmubench.runs(uuid, started_ms, machine, configuration, branch, commit_id, "
      "status, row_count, document) VALUES($1, $2, $3, $4, $5::bytea, $6::bytea, $7::bytea, $8, "
      "$9::bytea) RETURNING id",
      {PgParameter::Text(run.info.uuid), PgParameter::Integer(run.info.started_ms),
       PgParameter::Integer(*machine), PgParameter::Integer(*configuration),
       PgParameter::Bytes(run.info.branch), PgParameter::Bytes(run.info.commit),
       PgParameter::Bytes(run.info.status),
       PgParameter::Integer(static_cast<std::int64_t>(run.rows.size())),
       PgParameter::Bytes(run.document)});
  if (!added) return added.error();
  if (auto done = CopyRows(run, added->Integer(0, 0), ids); !done) return done.error();
  return AddOutcome::kAdded;
}

Result<void> PgStore::CopyRows(const Run& run, std::int64_t id, const RunIds& ids) {
  PgCopyData results, launches;
  for (std::size_t i = 0; i < run.rows.size(); ++i) {
    const Row& row = run.rows[i];
    const std::size_t count = row.values.size();
    const auto never = [](std::size_t) { return false; };
    const auto missing = [&](std::size_t at) { return !std::isfinite(row.values[at].value); };
    bool any_missing = false;
    for (std::size_t at = 0; at < count; ++at) any_missing |= missing(at);
    results.BeginRow(8);
    results.Number<std::int64_t>(run.info.started_ms);
    results.Number<std::int64_t>(id);
    results.Number<std::uint32_t>(ids.benchmarks[i]);
    results.Number<std::uint32_t>(ids.layouts[row.layout]);
    results.Array<double>(
        kPgFloat8, count, [&](std::size_t at) { return row.values[at].value; }, missing);
    results.Array<float>(
        kPgFloat4, count, [&](std::size_t at) { return row.values[at].spread; },
        [&](std::size_t at) { return missing(at) || std::isnan(row.values[at].spread); });
    results.Array<std::int16_t>(
        kPgInt2, count, [&](std::size_t at) { return row.values[at].sampling; }, never);
    if (any_missing) {
      results.Array<std::uint32_t>(
          kPgInt4, count, [&](std::size_t at) { return ids.reasons[row.values[at].reason - 1]; },
          [&](std::size_t at) {
            const std::size_t reason = row.values[at].reason;
            return !missing(at) || reason == 0 || reason > ids.reasons.size();
          });
    } else {
      results.Null();
    }
    if (row.launches.empty()) continue;
    launches.BeginRow(3);
    launches.Number<std::int64_t>(id);
    launches.Number<std::uint32_t>(ids.benchmarks[i]);
    launches.Bytes(PackLaunches(row.launches, ids.metrics));
  }
  if (auto done = connection_.Copy(
          "COPY pmubench.results(started_ms, run, benchmark, layout, value, spread, sampling, "
          "reason) FROM STDIN (FORMAT binary)",
          results.Finish());
      !done) {
    return done.error();
  }
  return connection_.Copy("COPY pmubench.launches(run, benchmark, data) FROM STDIN (FORMAT binary)",
                          launches.Finish());
}

Result<std::vector<RunInfo>> PgStore::Runs(const RunFilter& filter) {
  std::string sql =
      "SELECT r.id, r.uuid, r.started_ms, m.fingerprint, c.name, r.branch, r.commit_id, "
      "r.status, r.row_count FROM pmubench.runs r JOIN pmubench.machines m ON m.id = r.machine "
      "JOIN pmubench.configurations c ON c.id = r.configuration WHERE true";
  std::vector<PgParameter> parameters;
  const auto where = [&](const char* condition, const char* type, PgParameter parameter) {
    parameters.push_back(std::move(parameter));
    sql += fmt::format(" AND {} ${}::{}", condition, parameters.size(), type);
  };
  if (filter.machine) where("m.fingerprint =", "bytea", PgParameter::Bytes(*filter.machine));
  if (filter.configuration) where("c.name =", "bytea", PgParameter::Bytes(*filter.configuration));
  if (filter.branch) where("r.branch =", "bytea", PgParameter::Bytes(*filter.branch));
  if (filter.since_ms) where("r.started_ms >=", "bigint", PgParameter::Integer(*filter.since_ms));
  if (filter.before_ms) where("r.started_ms <", "bigint", PgParameter::Integer(*filter.before_ms));
  // SQLite compares bytes; the server's collation might not.
  sql += " ORDER BY r.started_ms DESC, r.uuid COLLATE \"C\" DESC";
  if (filter.newest > 0) sql += fmt::format(" LIMIT {}", filter.newest);
  auto rows = connection_.Query(sql, parameters);
  if (!rows) return rows.error();
  std::vector<RunInfo> runs;
  for (int i = rows->size(); i-- > 0;) {
    RunInfo info;
    info.id = rows->Integer(i, 0);
    info.uuid = rows->Bytes(i, 1);
    info.started_ms = rows->Integer(i, 2);
    info.machine = rows->Bytes(i, 3);
    info.configuration = rows->Bytes(i, 4);
    info.branch = rows->Bytes(i, 5);
    info.commit = rows->Bytes(i, 6);
    info.status = rows->Bytes(i, 7);
    info.rows = static_cast<std::uint32_t>(rows->Integer(i, 8));
    runs.push_back(std::move(info));
  }
  return runs;
}

Result<void> PgStore::LearnAll() {
  for (auto [table, cache] :
       {std::pair{"metrics", &known_.metrics}, std::pair{"reasons", &known_.reasons},
        std::pair{"layouts", &known_.layouts}, std::pair{"benchmarks", &known_.benchmarks}}) {
    auto rows = connection_.Query(fmt::format("SELECT id, text FROM pmubench.{}", table));
    if (!rows) return rows.error();
    for (int i = 0; i < rows->size(); ++i) {
      cache->Learn(static_cast<std::uint32_t>(rows->Integer(i, 0)), std::string(rows->Bytes(i, 1)));
    }
  }
  return {};
}

Result<void> PgStore::StreamRows(const std::string& sql, const std::vector<PgParameter>& parameters,
                                 const std::map<std::int64_t, std::size_t>& index_of,
                                 const RowVisitor& visit) {
  std::vector<double> numbers;
  std::vector<float> spreads;
  std::vector<std::int16_t> samplings;
  std::vector<std::uint32_t> reasons;
  std::vector<Value> values;
  return connection_.Stream(sql, parameters, [&](const PgRows& row) -> Result<void> {
    const auto benchmark = static_cast<std::uint32_t>(row.Integer(0, 1));
    const auto layout = static_cast<std::uint32_t>(row.Integer(0, 2));
    const std::string* name = known_.benchmarks.Find(benchmark);
    const std::string* packed = known_.layouts.Find(layout);
    if (name == nullptr || packed == nullptr) return Damaged("a row names no benchmark");
    auto ids = layouts_.find(layout);
    if (ids == layouts_.end()) {
      std::vector<std::uint32_t> unpacked;
      if (!UnpackIds(*packed, unpacked)) return Damaged("a row's layout is cut");
      for (const std::uint32_t id : unpacked) {
        const std::string* key = known_.metrics.Find(id);
        if (key == nullptr) return Damaged("a row names no metric");
        metrics_.emplace(id, MetricFromKey(*key));
      }
      ids = layouts_.emplace(layout, std::move(unpacked)).first;
    }
    const std::size_t count = ids->second.size();
    reasons.assign(count, 0);
    if (!ReadPgArray(row.Bytes(0, 3), kMissing, numbers) ||
        !ReadPgArray(row.Bytes(0, 4), kUnknownSpread, spreads) ||
        !ReadPgArray<std::int16_t>(row.Bytes(0, 5), -1, samplings) ||
        (!row.IsNull(0, 6) && !ReadPgArray<std::uint32_t>(row.Bytes(0, 6), 0, reasons)) ||
        numbers.size() != count || spreads.size() != count || samplings.size() != count ||
        reasons.size() != count) {
      return Damaged(fmt::format("the values of '{}' do not fit its metrics", *name));
    }
    values.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = Value{numbers[i], spreads[i], samplings[i], 0};
    }
    visit(RowView{index_of.at(row.Integer(0, 0)), *name, benchmark, ids->second, values, reasons});
    return {};
  });
}

constexpr const char* kRowColumns =
    "SELECT s.run, s.benchmark, s.layout, s.value, s.spread, s.sampling, s.reason "
    "FROM pmubench.results s ";

Result<void> PgStore::Scan(std::span<const RunInfo> runs, const RowVisitor& visit) {
  if (auto learnt = LearnAll(); !learnt) return learnt.error();
  // A query a run: its month's partition and the index on runs find its rows, and the server sorts
  // no more than them. One query for all sorts gigabytes on the server's disk.
  for (std::size_t i = 0; i < runs.size(); ++i) {
    auto done = StreamRows(
        std::string(kRowColumns) +
            "WHERE s.run = $1::bigint AND s.started_ms = $2::bigint ORDER BY s.benchmark",
        {PgParameter::Integer(runs[i].id), PgParameter::Integer(runs[i].started_ms)},
        {{runs[i].id, i}}, visit);
    if (!done) return done;
  }
  return {};
}

Result<void> PgStore::ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                                    const RowVisitor& visit) {
  auto found = connection_.Query("SELECT id FROM pmubench.benchmarks WHERE text = $1::bytea",
                                 {PgParameter::Bytes(benchmark)});
  if (!found) return found.error();
  if (found->size() == 0 || runs.empty()) return {};
  if (auto learnt = LearnAll(); !learnt) return learnt.error();
  std::map<std::int64_t, std::size_t> index_of;
  std::vector<std::int64_t> started;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    index_of[runs[i].id] = i;
    started.push_back(runs[i].started_ms);
  }
  // OFFSET 0 keeps the lookup of each run a lookup, in its month alone: as a join the planner
  // prefers to read the benchmark's rows of all machines.
  return StreamRows(
      "SELECT s.run, s.benchmark, s.layout, s.value, s.spread, s.sampling, s.reason "
      "FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS wanted(run, started_ms, place), "
      "LATERAL (SELECT * FROM pmubench.results r WHERE r.benchmark = $3::int "
      "AND r.run = wanted.run AND r.started_ms = wanted.started_ms OFFSET 0) AS s "
      "ORDER BY wanted.place",
      {PgParameter::Integers(Ids(runs)), PgParameter::Integers(started),
       PgParameter::Integer(found->Integer(0, 0))},
      index_of, visit);
}

const std::string& PgStore::ReasonOf(std::uint32_t id) const {
  static const std::string unknown = "not measured";
  const std::string* text = known_.reasons.Find(id);
  return text == nullptr ? unknown : *text;
}

Result<void> PgStore::ReadLaunches(Run& run) {
  auto rows = connection_.Query("SELECT benchmark, data FROM pmubench.launches WHERE run = $1",
                                {PgParameter::Integer(run.info.id)});
  if (!rows) return rows.error();
  std::map<std::string, Row*> by_name;
  for (Row& row : run.rows) by_name[row.benchmark] = &row;
  for (int i = 0; i < rows->size(); ++i) {
    const std::string* name =
        known_.benchmarks.Find(static_cast<std::uint32_t>(rows->Integer(i, 0)));
    const auto row = name == nullptr ? by_name.end() : by_name.find(*name);
    std::vector<Launches> launches;
    if (row == by_name.end() || !UnpackLaunches(rows->Bytes(i, 1), launches)) {
      return Damaged("launch values of no benchmark");
    }
    for (Launches& one : launches) {
      const auto metric = metrics_.find(one.metric);
      if (metric == metrics_.end()) continue;
      one.metric = run.MetricIndex(metric->second);
      row->second->launches.push_back(std::move(one));
    }
  }
  return {};
}

Result<Run> PgStore::Read(const std::string& uuid) {
  auto rows = connection_.Query(
      "SELECT r.id, r.started_ms, m.fingerprint, m.document, c.name, c.document, r.branch, "
      "r.commit_id, r.status, r.row_count, r.document FROM pmubench.runs r "
      "JOIN pmubench.machines m ON m.id = r.machine "
      "JOIN pmubench.configurations c ON c.id = r.configuration WHERE r.uuid = $1",
      {PgParameter::Text(uuid)});
  if (!rows) return rows.error();
  if (rows->size() == 0) {
    return Error{ErrorCode::kNotFound, fmt::format("no run {} in {}", uuid, Describe()),
                 "`pmubench history runs` lists them"};
  }
  Run run;
  run.info.uuid = uuid;
  run.info.id = rows->Integer(0, 0);
  run.info.started_ms = rows->Integer(0, 1);
  run.info.machine = rows->Bytes(0, 2);
  run.machine_document = rows->Bytes(0, 3);
  run.info.configuration = rows->Bytes(0, 4);
  run.configuration_document = rows->Bytes(0, 5);
  run.info.branch = rows->Bytes(0, 6);
  run.info.commit = rows->Bytes(0, 7);
  run.info.status = rows->Bytes(0, 8);
  run.info.rows = static_cast<std::uint32_t>(rows->Integer(0, 9));
  run.document = rows->Bytes(0, 10);
  auto scanned =
      Scan(std::span(&run.info, 1), [&](const RowView& view) { AppendRow(view, *this, run); });
  if (!scanned) return scanned.error();
  if (auto done = ReadLaunches(run); !done) return done.error();
  SortRows(run);
  return run;
}

Result<void> PgStore::Remove(std::span<const RunInfo> runs) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = PgTransaction::Begin(connection_);
  if (!transaction) return transaction.error();
  if (auto locked = LockPgWriters(connection_); !locked) return locked.error();
  for (const char* sql : {"DELETE FROM pmubench.results WHERE run = ANY($1::bigint[])",
                          "DELETE FROM pmubench.launches WHERE run = ANY($1::bigint[])",
                          "DELETE FROM pmubench.runs WHERE id = ANY($1::bigint[])"}) {
    auto done = connection_.Query(sql, {PgParameter::Integers(Ids(runs))});
    if (!done) return done.error();
  }
  return transaction->Commit();
}

Result<void> PgStore::RemoveLaunches(std::span<const RunInfo> runs) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto done = connection_.Query("DELETE FROM pmubench.launches WHERE run = ANY($1::bigint[])",
                                {PgParameter::Integers(Ids(runs))});
  if (!done) return done.error();
  return {};
}

Result<void> PgStore::Check() {
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
  auto orphans = connection_.Query(
      "SELECT count(*) FROM pmubench.results s "
      "WHERE NOT EXISTS (SELECT FROM pmubench.runs r WHERE r.id = s.run)");
  if (!orphans) return orphans.error();
  if (orphans->Integer(0, 0) != 0) return Damaged("rows belong to no run");
  return {};
}

Result<std::uint64_t> PgStore::SizeInBytes() {
  auto rows = connection_.Query(
      "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n "
      "ON n.oid = c.relnamespace WHERE n.nspname = 'pmubench' AND c.relkind = 'r'");
  if (!rows) return rows.error();
  return static_cast<std::uint64_t>(rows->Integer(0, 0));
}

}  // namespace

Result<std::unique_ptr<Store>> OpenPostgresStore(const std::string& location, OpenMode mode) {
  auto connection = PgConnection::Open(location);
  if (!connection) return connection.error();
  auto schema = ReadPgSchema(*connection);
  if (!schema) return schema.error();
  const bool read = mode == OpenMode::kRead;
  if (schema->empty && mode != OpenMode::kCreate) {
    return Error{ErrorCode::kNotFound, connection->Describe() + " holds no history",
                 "`pmubench history import --store ... RECORD...` makes one"};
  }
  if (schema->version > kPgSchema && (schema->oldest_reader > kPgSchema || !read)) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format("{} has the newer schema {}, which this pmubench (schema {}) cannot {}",
                    connection->Describe(), schema->version, kPgSchema,
                    schema->oldest_reader > kPgSchema ? "read" : "write"),
        "use the newer pmubench that made it"};
  }
  if (read) {
    if (auto set = connection->Execute("SET default_transaction_read_only = on"); !set) {
      return set.error();
    }
  } else if (schema->version < kPgSchema) {
    if (auto done = MigratePg(*connection); !done) return done.error();
    schema->version = kPgSchema;
  }
  return std::unique_ptr<Store>(
      std::make_unique<PgStore>(std::move(*connection), schema->version, read));
}

}  // namespace pmubench::store
