#include "reports/store/sql_store.h"

#include <fmt/format.h>

#include "reports/store/packing.h"
#include "reports/store/row_copy.h"

namespace pmubench::store {

Result<void> SqlStore::Writable() const {
  if (!read_only_) return {};
  return OpenForReadingOnly();
}

Result<AddOutcome> SqlStore::Add(const Run& run) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = BeginWriting();
  if (!transaction) return transaction.error();
  auto there = FindRun(run.info.uuid);
  if (!there) return there.error();
  if (*there) return AddOutcome::kAlreadyThere;
  auto done = AddWhole(run);
  if (done) done = transaction->Commit();
  if (!done) {
    // Ids that were given in this transaction do not exist after it is rolled back.
    known_.Clear();
    return done.error();
  }
  return AddOutcome::kAdded;
}

Result<void> SqlStore::AddWhole(const Run& run) {
  auto ids = InternAll(run);
  if (!ids) return ids.error();
  auto machine = InternDocument("machines", "fingerprint", run.info.machine, run.machine_document);
  if (!machine) return machine.error();
  auto configuration =
      InternDocument("configurations", "name", run.info.configuration, run.configuration_document);
  if (!configuration) return configuration.error();
  auto id = AddHead(run, *machine, *configuration);
  if (!id) return id.error();
  return AddRows(run, *id, *ids);
}

Result<std::uint32_t> SqlStore::Intern(const char* table, TextTable& cache,
                                       const std::string& text) {
  if (const std::uint32_t* id = cache.IdOf(text)) return *id;
  auto found = FindText(table, text);
  if (!found) return found.error();
  if (!*found) {
    auto inserted = InsertText(table, text);
    if (!inserted) return inserted.error();
    *found = *inserted;
  }
  const auto id = static_cast<std::uint32_t>(**found);
  cache.Learn(id, text);
  return id;
}

Result<RunIds> SqlStore::InternAll(const Run& run) {
  RunIds ids;
  const auto intern = [&](const char* table, TextTable& cache, const std::string& text,
                          std::vector<std::uint32_t>& to) -> Result<void> {
    auto id = Intern(table, cache, text);
    if (!id) return id.error();
    to.push_back(*id);
    return {};
  };
  for (const Metric& metric : run.metrics) {
    auto done = intern("metrics", known_.metrics, MetricKey(metric), ids.metrics);
    if (!done) return done.error();
  }
  for (const std::string& reason : run.reasons) {
    auto done = intern("reasons", known_.reasons, reason, ids.reasons);
    if (!done) return done.error();
  }
  for (const std::string& layout : PackedLayouts(run, ids)) {
    auto done = intern("layouts", known_.layouts, layout, ids.layouts);
    if (!done) return done.error();
  }
  for (const Row& row : run.rows) {
    auto done = intern("benchmarks", known_.benchmarks, row.benchmark, ids.benchmarks);
    if (!done) return done.error();
  }
  return ids;
}

bool SqlStore::Knows(std::uint32_t benchmark, std::uint32_t layout) const {
  return known_.benchmarks.Find(benchmark) != nullptr && known_.layouts.Find(layout) != nullptr;
}

Result<void> SqlStore::LearnAll() {
  for (auto [table, cache] :
       {std::pair{"metrics", &known_.metrics}, std::pair{"reasons", &known_.reasons},
        std::pair{"layouts", &known_.layouts}, std::pair{"benchmarks", &known_.benchmarks}}) {
    if (auto done = LearnTexts(table, *cache); !done) return done.error();
  }
  return {};
}

Result<SqlStore::RowNames> SqlStore::NamesOf(std::uint32_t benchmark, std::uint32_t layout) {
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
  return RowNames{*name, ids->second};
}

const std::string& SqlStore::ReasonOf(std::uint32_t id) const {
  static const std::string unknown = "not measured";
  const std::string* text = known_.reasons.Find(id);
  return text == nullptr ? unknown : *text;
}

Result<Run> SqlStore::Read(const std::string& uuid) {
  auto head = ReadHead(uuid);
  if (!head) return head.error();
  if (!*head) {
    return Error{ErrorCode::kNotFound, fmt::format("no run {} in {}", uuid, Describe()),
                 "`pmubench history list` lists them"};
  }
  Run run = std::move(**head);
  auto scanned =
      Scan(std::span(&run.info, 1), [&](const RowView& view) { AppendRow(view, *this, run); });
  if (!scanned) return scanned.error();
  if (auto done = AppendLaunches(run); !done) return done.error();
  SortRows(run);
  return run;
}

Result<void> SqlStore::AppendLaunches(Run& run) {
  std::map<std::string, Row*> by_name;
  for (Row& row : run.rows) by_name[row.benchmark] = &row;
  return ReadLaunches(run.info.id,
                      [&](std::uint32_t benchmark, std::string_view packed) -> Result<void> {
                        const std::string* name = known_.benchmarks.Find(benchmark);
                        const auto row = name == nullptr ? by_name.end() : by_name.find(*name);
                        std::vector<Launches> launches;
                        if (row == by_name.end() || !UnpackLaunches(packed, launches)) {
                          return Damaged("launch values of no benchmark");
                        }
                        for (Launches& one : launches) {
                          const auto metric = metrics_.find(one.metric);
                          if (metric == metrics_.end()) continue;
                          one.metric = run.MetricIndex(metric->second);
                          row->second->launches.push_back(std::move(one));
                        }
                        return {};
                      });
}

Result<void> SqlStore::Remove(std::span<const RunInfo> runs) {
  if (auto writable = Writable(); !writable) return writable.error();
  auto transaction = BeginWriting();
  if (!transaction) return transaction.error();
  if (auto done = RemoveAll(runs); !done) return done.error();
  return transaction->Commit();
}

Result<void> SqlStore::CheckRows() {
  auto runs = Runs({});
  if (!runs) return runs.error();
  std::vector<std::uint32_t> counted(runs->size());
  auto scanned = Scan(*runs, [&](const RowView& view) { ++counted[view.run]; });
  if (!scanned) return scanned.error();
  for (std::size_t i = 0; i < runs->size(); ++i) {
    const RunInfo& run = (*runs)[i];
    if (counted[i] != run.rows) {
      return Damaged(
          fmt::format("run {} has {} of its {} benchmarks", run.uuid, counted[i], run.rows));
    }
  }
  return {};
}

}  // namespace pmubench::store
