// A run's columns, as both back ends select and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reports/store/run.h"

namespace pmubench::store {

/// One row of an answer while it is read.
class SqlRow {
 public:
  [[nodiscard]] virtual std::int64_t Integer(int column) const = 0;
  /// Valid until the answer's next row.
  [[nodiscard]] virtual std::string_view Bytes(int column) const = 0;

 protected:
  ~SqlRow() = default;
};

/// Of runs r, machines m and configurations c: what InfoFrom() reads, in its order.
inline constexpr std::string_view kInfoColumns =
    "r.id, r.uuid, r.started_ms, m.fingerprint, c.name, r.branch, r.commit_id, r.status, "
    "r.row_count";
[[nodiscard]] RunInfo InfoFrom(const SqlRow& row);

/// The same for HeadFrom(): one run that is known by its UUID, with its documents.
inline constexpr std::string_view kHeadColumns =
    "r.id, r.started_ms, m.fingerprint, m.document, c.name, c.document, r.branch, r.commit_id, "
    "r.status, r.row_count, r.document";
[[nodiscard]] Run HeadFrom(const SqlRow& row, const std::string& uuid);

}  // namespace pmubench::store
