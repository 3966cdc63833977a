// SQLite in memory: insert, point select, scan and join, each with a sum known in advance.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

namespace pmubench::libraries {
namespace {

constexpr std::int64_t kRows = 20'000;
constexpr std::int64_t kGroups = 100;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Database Open() {
  sqlite3* database = nullptr;
  sqlite3_open(":memory:", &database);
  sqlite3_exec(database,
               "CREATE TABLE item (id INTEGER PRIMARY KEY, team INTEGER, name TEXT, price INTEGER);"
               "CREATE TABLE team (id INTEGER PRIMARY KEY, factor INTEGER);",
               nullptr, nullptr, nullptr);
  return Database(database);
}

Statement Prepare(const Database& database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database.get(), sql, -1, &statement, nullptr);
  return Statement(statement);
}

/// Price of a row: what sums are made of.
std::int64_t Price(std::int64_t id) { return id * 7 % 1000; }

void Insert(const Database& database) {
  sqlite3_exec(database.get(), "BEGIN", nullptr, nullptr, nullptr);
  const Statement item = Prepare(database, "INSERT INTO item VALUES (?, ?, ?, ?)");
  for (std::int64_t id = 0; id < kRows; ++id) {
    const std::string name = "name of item " + std::to_string(id);
    sqlite3_bind_int64(item.get(), 1, id);
    sqlite3_bind_int64(item.get(), 2, id % kGroups);
    sqlite3_bind_text(item.get(), 3, name.c_str(), -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(item.get(), 4, Price(id));
    sqlite3_step(item.get());
    sqlite3_reset(item.get());
  }
  const Statement team = Prepare(database, "INSERT INTO team VALUES (?, ?)");
  for (std::int64_t id = 0; id < kGroups; ++id) {
    sqlite3_bind_int64(team.get(), 1, id);
    sqlite3_bind_int64(team.get(), 2, id);
    sqlite3_step(team.get());
    sqlite3_reset(team.get());
  }
  sqlite3_exec(database.get(), "COMMIT", nullptr, nullptr, nullptr);
}

std::int64_t One(const Statement& statement) {
  const std::int64_t value =
      sqlite3_step(statement.get()) == SQLITE_ROW ? sqlite3_column_int64(statement.get(), 0) : -1;
  sqlite3_reset(statement.get());
  return value;
}

std::int64_t SumOfPrices() {
  std::int64_t sum = 0;
  for (std::int64_t id = 0; id < kRows; ++id) sum += Price(id);
  return sum;
}

void InsertRows(benchmark::State& state) {
  std::int64_t sum = 0;
  for (auto _ : state) {
    const Database database = Open();
    Insert(database);
    sum = One(Prepare(database, "SELECT sum(price) FROM item"));
  }
  if (sum != SumOfPrices()) state.SkipWithError("not all rows were inserted");
  state.SetItemsProcessed(state.iterations() * kRows);
}

void SelectPoint(benchmark::State& state) {
  const Database database = Open();
  Insert(database);
  const Statement select = Prepare(database, "SELECT price FROM item WHERE id = ?");
  std::int64_t id = 0;
  bool right = true;
  for (auto _ : state) {
    id = (id + 7919) % kRows;
    sqlite3_bind_int64(select.get(), 1, id);
    right = One(select) == Price(id) && right;
  }
  if (!right) state.SkipWithError("a wrong row");
  state.SetItemsProcessed(state.iterations());
}

void Query(benchmark::State& state, const char* sql, std::int64_t expected) {
  const Database database = Open();
  Insert(database);
  const Statement select = Prepare(database, sql);
  std::int64_t value = 0;
  for (auto _ : state) value = One(select);
  if (value != expected) state.SkipWithError("a wrong sum");
  state.SetItemsProcessed(state.iterations() * kRows);
}

void Scan(benchmark::State& state) {
  std::int64_t count = 0;
  for (std::int64_t id = 0; id < kRows; ++id) count += Price(id) > 500;
  Query(state, "SELECT count(*) FROM item WHERE price > 500 AND name LIKE 'name%'", count);
}

void Join(benchmark::State& state) {
  std::int64_t sum = 0;
  for (std::int64_t id = 0; id < kRows; ++id) sum += Price(id) * (id % kGroups);
  Query(state, "SELECT sum(price * factor) FROM item JOIN team ON team.id = item.team", sum);
}

BENCHMARK(InsertRows)->Name("sqlite/insert")->Unit(benchmark::kMillisecond);
BENCHMARK(SelectPoint)->Name("sqlite/select_point");
BENCHMARK(Scan)->Name("sqlite/scan")->Unit(benchmark::kMillisecond);
BENCHMARK(Join)->Name("sqlite/join")->Unit(benchmark::kMillisecond);

[[maybe_unused]] const bool kContext = [] {
  benchmark::AddCustomContext("sqlite_version", sqlite3_libversion());
  return true;
}();

}  // namespace
}  // namespace pmubench::libraries
