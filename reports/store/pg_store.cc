#include "reports/store/pg_store.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>

#include "reports/store/packing.h"
#include "reports/store/pg_binary.h"
#include "reports/store/pg_schema.h"
#include "reports/store/run_columns.h"
#include "reports/store/sql_store.h"

namespace pmubench::store {
namespace {

constexpr float kUnknownSpread = std::numeric_limits<float>::quiet_NaN();
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

constexpr const char* kRunsJoined =
    "FROM pmubench.runs r JOIN pmubench.machines m ON m.id = r.machine "
    "JOIN pmubench.configurations c ON c.id = r.configuration";

// In the order in which StreamRows() reads them.
constexpr const char* kRowColumns =
    "s.run, s.benchmark, s.layout, s.value, s.spread, s.sampling, s.reason";

std::vector<std::int64_t> Ids(std::span<const RunInfo> runs) {
  std::vector<std::int64_t> ids;
  for (const RunInfo& run : runs) ids.push_back(run.id);
  return ids;
}

class PgStore final : public SqlStore {
 public:
  PgStore(PgConnection connection, int version, bool read_only)
      : SqlStore(version, read_only), connection_(std::move(connection)) {}

  std::string Describe() const override { return connection_.Describe(); }
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
  Result<Transaction> BeginWriting() override { return BeginPgWriting(connection_); }
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

  Result<MaybeId> FirstId(const std::string& sql, PgParameter parameter);
  /// `index_of`: the visitor's number of a run by its id. Everything must be learnt before: a
  /// second query cannot run while rows stream in.
  Result<void> StreamRows(const std::string& sql, const std::vector<PgParameter>& parameters,
                          const std::map<std::int64_t, std::size_t>& index_of,
                          const RowVisitor& visit);

  PgConnection connection_;
};

Error PgStore::Damaged(const std::string& what) const {
  return {ErrorCode::kBadInput,
          fmt::format("the history in {} is damaged: {}", connection_.Describe(), what),
          "it is left as it is; restore a copy"};
}

Error PgStore::OpenForReadingOnly() const {
  return {ErrorCode::kUsage, Describe() + " is open for reading only",
          schema_version() > kPgSchema ? "write it with the newer pmubench that made it" : ""};
}

Result<PgStore::MaybeId> PgStore::FirstId(const std::string& sql, PgParameter parameter) {
  auto found = connection_.Query(sql, {std::move(parameter)});
  if (!found) return found.error();
  return found->size() > 0 ? MaybeId(found->Integer(0, 0)) : MaybeId();
}

Result<PgStore::MaybeId> PgStore::FindRun(const std::string& uuid) {
  return FirstId("SELECT id FROM pmubench.runs WHERE uuid = $1", PgParameter::Text(uuid));
}

Result<PgStore::MaybeId> PgStore::FindText(const char* table, const std::string& text) {
  return FirstId(fmt::format("SELECT id FROM pmubench.{} WHERE text = $1::bytea", table),
                 PgParameter::Bytes(text));
}

Result<std::int64_t> PgStore::InsertText(const char* table, const std::string& text) {
  auto added = connection_.Query(
      fmt::format("INSERT INTO pmubench.{}(text) VALUES($1::bytea) RETURNING id", table),
      {PgParameter::Bytes(text)});
  if (!added) return added.error();
  return added->Integer(0, 0);
}

Result<void> PgStore::LearnTexts(const char* table, TextTable& cache) {
  auto rows = connection_.Query(fmt::format("SELECT id, text FROM pmubench.{}", table));
  if (!rows) return rows.error();
  for (int i = 0; i < rows->size(); ++i) {
    cache.Learn(static_cast<std::uint32_t>(rows->Integer(i, 0)), std::string(rows->Bytes(i, 1)));
  }
  return {};
}

Result<std::int64_t> PgStore::InternDocument(const char* table, const char* column,
                                             const std::string& key, const std::string& document) {
  auto there =
      FirstId(fmt::format("SELECT id FROM pmubench.{} WHERE {} = $1::bytea", table, column),
              PgParameter::Bytes(key));
  if (!there) return there.error();
  if (*there) return **there;
  auto added = connection_.Query(
      fmt::format("INSERT INTO pmubench.{}({}, document) VALUES($1::bytea, $2::bytea) "
                  "RETURNING id",
                  table, column),
      {PgParameter::Bytes(key), PgParameter::Bytes(document)});
  if (!added) return added.error();
  return added->Integer(0, 0);
}

Result<std::int64_t> PgStore::AddHead(const Run& run, std::int64_t machine,
                                      std::int64_t configuration) {
  if (auto month = EnsurePgMonth(connection_, run.info.started_ms); !month) return month.error();
  auto added = connection_.Query(
      "INSERT INTO pmubench.runs(uuid, started_ms, machine, configuration, branch, commit_id, "
      "status, row_count, document) VALUES($1, $2, $3, $4, $5::bytea, $6::bytea, $7::bytea, $8, "
      "$9::bytea) RETURNING id",
      {PgParameter::Text(run.info.uuid), PgParameter::Integer(run.info.started_ms),
       PgParameter::Integer(machine), PgParameter::Integer(configuration),
       PgParameter::Bytes(run.info.branch), PgParameter::Bytes(run.info.commit),
       PgParameter::Bytes(run.info.status),
       PgParameter::Integer(static_cast<std::int64_t>(run.rows.size())),
       PgParameter::Bytes(run.document)});
  if (!added) return added.error();
  return added->Integer(0, 0);
}

Result<void> PgStore::AddRows(const Run& run, std::int64_t id, const RunIds& ids) {
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
  std::string sql = fmt::format("SELECT {} {} WHERE true", kInfoColumns, kRunsJoined);
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
  for (int i = rows->size(); i-- > 0;) runs.push_back(InfoFrom(PgRow(*rows, i)));
  return runs;
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
    const auto names = NamesOf(benchmark, layout);
    if (!names) return names.error();
    const std::size_t count = names->metric_ids.size();
    reasons.assign(count, 0);
    if (!ReadPgArray(row.Bytes(0, 3), kMissing, numbers) ||
        !ReadPgArray(row.Bytes(0, 4), kUnknownSpread, spreads) ||
        !ReadPgArray<std::int16_t>(row.Bytes(0, 5), -1, samplings) ||
        (!row.IsNull(0, 6) && !ReadPgArray<std::uint32_t>(row.Bytes(0, 6), 0, reasons)) ||
        numbers.size() != count || spreads.size() != count || samplings.size() != count ||
        reasons.size() != count) {
      return Damaged(fmt::format("the values of '{}' do not fit its metrics", names->benchmark));
    }
    values.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = Value{numbers[i], spreads[i], samplings[i], 0};
    }
    visit(RowView{index_of.at(row.Integer(0, 0)), names->benchmark, benchmark, names->metric_ids,
                  values, reasons});
    return {};
  });
}

Result<void> PgStore::Scan(std::span<const RunInfo> runs, const RowVisitor& visit) {
  if (auto learnt = LearnAll(); !learnt) return learnt.error();
  // A query a run: its month's partition and the index on runs find its rows, and the server sorts
  // no more than them. One query for all sorts gigabytes on the server's disk.
  for (std::size_t i = 0; i < runs.size(); ++i) {
    auto done =
        StreamRows(fmt::format("SELECT {} FROM pmubench.results s WHERE s.run = $1::bigint "
                               "AND s.started_ms = $2::bigint ORDER BY s.benchmark",
                               kRowColumns),
                   {PgParameter::Integer(runs[i].id), PgParameter::Integer(runs[i].started_ms)},
                   {{runs[i].id, i}}, visit);
    if (!done) return done;
  }
  return {};
}

Result<void> PgStore::ScanBenchmark(std::span<const RunInfo> runs, const std::string& benchmark,
                                    const RowVisitor& visit) {
  auto found = FindText("benchmarks", benchmark);
  if (!found) return found.error();
  if (!*found || runs.empty()) return {};
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
      fmt::format("SELECT {} FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY "
                  "AS wanted(run, started_ms, place), "
                  "LATERAL (SELECT * FROM pmubench.results r WHERE r.benchmark = $3::int "
                  "AND r.run = wanted.run AND r.started_ms = wanted.started_ms OFFSET 0) AS s "
                  "ORDER BY wanted.place",
                  kRowColumns),
      {PgParameter::Integers(Ids(runs)), PgParameter::Integers(started),
       PgParameter::Integer(**found)},
      index_of, visit);
}

Result<std::optional<Run>> PgStore::ReadHead(const std::string& uuid) {
  auto rows =
      connection_.Query(fmt::format("SELECT {} {} WHERE r.uuid = $1", kHeadColumns, kRunsJoined),
                        {PgParameter::Text(uuid)});
  if (!rows) return rows.error();
  return rows->size() > 0 ? std::optional(HeadFrom(PgRow(*rows, 0), uuid)) : std::nullopt;
}

Result<void> PgStore::ReadLaunches(std::int64_t run, const LaunchVisitor& visit) {
  auto rows = connection_.Query("SELECT benchmark, data FROM pmubench.launches WHERE run = $1",
                                {PgParameter::Integer(run)});
  if (!rows) return rows.error();
  for (int i = 0; i < rows->size(); ++i) {
    auto done = visit(static_cast<std::uint32_t>(rows->Integer(i, 0)), rows->Bytes(i, 1));
    if (!done) return done.error();
  }
  return {};
}

Result<void> PgStore::RemoveAll(std::span<const RunInfo> runs) {
  for (const char* sql : {"DELETE FROM pmubench.results WHERE run = ANY($1::bigint[])",
                          "DELETE FROM pmubench.launches WHERE run = ANY($1::bigint[])",
                          "DELETE FROM pmubench.runs WHERE id = ANY($1::bigint[])"}) {
    auto done = connection_.Query(sql, {PgParameter::Integers(Ids(runs))});
    if (!done) return done.error();
  }
  return {};
}

Result<void> PgStore::RemoveLaunches(std::span<const RunInfo> runs) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto done = connection_.Query("DELETE FROM pmubench.launches WHERE run = ANY($1::bigint[])",
                                {PgParameter::Integers(Ids(runs))});
  if (!done) return done.error();
  return {};
}

Result<void> PgStore::Compact() {
  if (auto writable = Writable(); !writable) return writable.error();
  return connection_.Execute("VACUUM");
}

Result<void> PgStore::Check() {
  if (auto whole = CheckRows(); !whole) return whole.error();
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

std::unique_ptr<Store> MakePgStore(PgConnection connection, int version, bool read_only) {
  return std::make_unique<PgStore>(std::move(connection), version, read_only);
}

}  // namespace pmubench::store
