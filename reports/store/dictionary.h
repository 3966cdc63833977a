// What rows refer to by number: metrics, reasons, layouts, benchmark names.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "reports/store/run.h"

namespace pmubench::store {

/// Texts of one table, by the store's id, as far as they are known here.
class TextTable {
 public:
  void Learn(std::uint32_t id, std::string text);
  /// Null where the id is not known here.
  [[nodiscard]] const std::string* Find(std::uint32_t id) const;
  [[nodiscard]] const std::uint32_t* IdOf(const std::string& text) const;
  void Clear();

 private:
  std::unordered_map<std::uint32_t, std::string> texts_;
  std::unordered_map<std::string, std::uint32_t> ids_;
};

/// Everything a back end caches. What was learnt inside a transaction that failed must be
/// forgotten: call Clear().
struct Dictionaries {
  TextTable metrics;  ///< name, a zero byte, unit
  TextTable reasons;
  TextTable layouts;  ///< packed metric ids
  TextTable benchmarks;

  void Clear();
};

/// A metric as one text for its table, and back.
[[nodiscard]] std::string MetricKey(const Metric& metric);
[[nodiscard]] Metric MetricFromKey(const std::string& key);

/// The numbers that a run's own indices stand for in the store.
struct RunIds {
  std::vector<std::uint32_t> metrics, reasons, layouts, benchmarks;
};

/// Layouts of the run in the store's metric ids, packed: the texts of their table.
[[nodiscard]] std::vector<std::string> PackedLayouts(const Run& run, const RunIds& ids);

}  // namespace pmubench::store
