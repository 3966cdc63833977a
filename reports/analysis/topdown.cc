#include "reports/analysis/topdown.h"

#include <array>
#include <cmath>

namespace pmubench {
namespace {

/// How a part of level 1 splits: `share` is a metric in percent of the part.
struct Split {
  const char* share;
  const char* title;
  const char* rest;
};

struct Category {
  const char* name;
  const char* title;
  bool optional;                ///< cores without the event have nothing to count there
  std::array<Split, 2> splits;  ///< the first that has a number
};

constexpr std::array<Category, 5> kCategories = {{
    {"retiring",
     "retiring",
     false,
     {{{"heavy_operations", "heavy operations", "light operations"}}}},
    {"bad_speculation",
     "bad speculation",
     false,
     {{{"mispredict_bound", "branch mispredictions", "machine clears"}}}},
    {"frontend_bound",
     "front-end bound",
     false,
     {{{"frontend_latency_bound", "latency", "bandwidth"},
       {"frontend_mem_bound", "instruction memory", "core"}}}},
    {"backend_bound", "back-end bound", false, {{{"backend_mem_bound", "memory", "core"}}}},
    {"smt_contention", "other hardware thread", true, {}},
}};

TopDownPart Child(const TopDownPart& parent, const char* title, double share) {
  TopDownPart part;
  part.name = parent.name + "/" + title;
  part.title = title;
  part.percent = *parent.percent * share;
  return part;
}

void AddLevel2(const AnalysisInput& table, const Category& category, TopDownPart& part) {
  if (!part.percent) return;
  for (const Split& split : category.splits) {
    if (split.share == nullptr) return;
    const auto share = table.Number(split.share);
    if (!share) continue;
    part.parts = {Child(part, split.title, *share / 100),
                  Child(part, split.rest, 1 - *share / 100)};
    part.parts[0].note = table.Find(split.share)->note;
    return;
  }
}

}  // namespace

std::optional<double> TopDown::error() const {
  if (!sum) return std::nullopt;
  return std::abs(*sum - 100);
}

TopDown TopDownOf(const AnalysisInput& table) {
  TopDown result;
  double sum = 0;
  bool complete = true;
  for (const Category& category : kCategories) {
    const TableMetric* metric = table.Find(category.name);
    if (category.optional && (metric == nullptr || !metric->value)) continue;
    TopDownPart& part = result.parts.emplace_back();
    part.name = category.name;
    part.title = category.title;
    if (metric == nullptr) {
      part.reason = "was not measured";
    } else {
      part.percent = metric->value;
      part.reason = metric->reason;
      part.note = metric->note;
    }
    if (part.percent) {
      sum += *part.percent;
    } else {
      complete = false;
    }
    AddLevel2(table, category, part);
  }
  if (complete) result.sum = sum;
  return result;
}

}  // namespace pmubench
