#include "reports/store/pg_schema.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace pmubench::store {
namespace {

// Names are bytea: a benchmark's name may hold bytes that are no UTF-8 and zero bytes.
constexpr std::array<const char*, kPgSchema> kMigrations = {
    R"sql(
CREATE SCHEMA pmubench;
CREATE TABLE pmubench.format(version int NOT NULL, oldest_reader int NOT NULL);
INSERT INTO pmubench.format VALUES(0, 1);
CREATE TABLE pmubench.machines(id serial PRIMARY KEY, fingerprint bytea NOT NULL UNIQUE,
                               document bytea NOT NULL);
CREATE TABLE pmubench.configurations(id serial PRIMARY KEY, name bytea NOT NULL UNIQUE,
                                     document bytea NOT NULL);
CREATE TABLE pmubench.metrics(id serial PRIMARY KEY, text bytea NOT NULL UNIQUE);
CREATE TABLE pmubench.reasons(id serial PRIMARY KEY, text bytea NOT NULL UNIQUE);
CREATE TABLE pmubench.layouts(id serial PRIMARY KEY, text bytea NOT NULL UNIQUE);
CREATE TABLE pmubench.benchmarks(id serial PRIMARY KEY, text bytea NOT NULL UNIQUE);
CREATE TABLE pmubench.runs(id bigserial PRIMARY KEY, uuid text NOT NULL UNIQUE,
                           started_ms bigint NOT NULL,
                           machine int NOT NULL REFERENCES pmubench.machines(id),
                           configuration int NOT NULL REFERENCES pmubench.configurations(id),
                           branch bytea NOT NULL, commit_id bytea NOT NULL, status bytea NOT NULL,
                           row_count int NOT NULL, document bytea NOT NULL);
CREATE INDEX runs_by_context ON pmubench.runs(machine, configuration, started_ms);
CREATE TABLE pmubench.results(started_ms bigint NOT NULL, run bigint NOT NULL,
                              benchmark int NOT NULL, layout int NOT NULL,
                              value float8[] NOT NULL, spread float4[] NOT NULL,
                              sampling int2[] NOT NULL, reason int4[],
                              PRIMARY KEY (benchmark, run, started_ms))
  PARTITION BY RANGE (started_ms);
CREATE TABLE pmubench.results_default PARTITION OF pmubench.results DEFAULT;
CREATE TABLE pmubench.launches(run bigint NOT NULL, benchmark int NOT NULL, data bytea NOT NULL,
                               PRIMARY KEY (run, benchmark));
)sql",
    // A whole run is read by its number: without this, by reading all runs.
    R"sql(
CREATE INDEX results_by_run ON pmubench.results(run);
)sql",
};

constexpr std::int64_t kWriterLock = 0x504d5542;

}  // namespace

Result<Schema> ReadPgSchema(PgConnection& connection) {
  Schema schema;
  auto there = connection.Query("SELECT (to_regclass('pmubench.format') IS NOT NULL)::int");
  if (!there) return there.error();
  if (there->Integer(0, 0) == 0) {
    schema.empty = true;
    return schema;
  }
  auto format = connection.Query("SELECT version, oldest_reader FROM pmubench.format");
  if (!format) return format.error();
  if (format->size() != 1) {
    return Error{ErrorCode::kBadInput,
                 "the history in " + connection.Describe() + " does not say its schema",
                 "restore a copy of pmubench.format"};
  }
  schema.version = static_cast<int>(format->Integer(0, 0));
  schema.oldest_reader = static_cast<int>(format->Integer(0, 1));
  return schema;
}

Result<Transaction> BeginPgWriting(PgConnection& connection) {
  auto transaction = Transaction::Begin(connection, "BEGIN");
  if (!transaction) return transaction.error();
  auto locked = connection.Execute(fmt::format("SELECT pg_advisory_xact_lock({})", kWriterLock));
  if (!locked) return locked.error();
  return transaction;
}

Result<void> MigratePg(PgConnection& connection) {
  auto transaction = BeginPgWriting(connection);
  if (!transaction) return transaction.error();
  auto schema = ReadPgSchema(connection);
  if (!schema) return schema.error();
  for (int version = schema->version; version < kPgSchema; ++version) {
    auto done = connection.Execute(kMigrations[static_cast<std::size_t>(version)]);
    if (!done) return done.error();
  }
  if (schema->version < kPgSchema) {
    auto set = connection.Execute(fmt::format(
        "UPDATE pmubench.format SET version = {}, oldest_reader = {}", kPgSchema, kPgOldestReader));
    if (!set) return set.error();
  }
  return transaction->Commit();
}

Result<void> EnsurePgMonth(PgConnection& connection, std::int64_t started_ms) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_time<milliseconds>(milliseconds(started_ms)));
  const year_month_day date(day);
  if (date.year() < year(1990) || date.year() > year(2099)) return {};
  const year_month month = date.year() / date.month();
  const auto begin = sys_days(month / 1).time_since_epoch();
  const auto end = sys_days((month + months(1)) / 1).time_since_epoch();
  return connection.Execute(fmt::format(
      "CREATE TABLE IF NOT EXISTS pmubench.results_{:04}_{:02} PARTITION OF pmubench.results "
      "FOR VALUES FROM ({}) TO ({})",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      duration_cast<milliseconds>(begin).count(), duration_cast<milliseconds>(end).count()));
}

}  // namespace pmubench::store
