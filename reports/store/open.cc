#include <string_view>

#include "reports/store/pg_open.h"
#include "reports/store/sqlite_open.h"
#include "reports/store/store.h"

namespace pmubench::store {

Result<std::unique_ptr<Store>> OpenStore(const std::string& location, OpenMode mode) {
  for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
    if (location.starts_with(scheme)) return OpenPostgresStore(location, mode);
  }
  constexpr std::string_view kWords = "postgres:";
  if (location.starts_with(kWords)) {
    return OpenPostgresStore(location.substr(kWords.size()), mode);
  }
  if (location.empty()) {
    return Error{ErrorCode::kUsage, "no history was named",
                 "--store FILE or --store postgresql://..."};
  }
  return OpenSqliteStore(location, mode);
}

}  // namespace pmubench::store
