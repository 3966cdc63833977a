// A history in one SQLite file.
#pragma once

#include <memory>

#include "reports/store/store.h"

namespace pmubench::store {

[[nodiscard]] Result<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path,
                                                             OpenMode mode);

}  // namespace pmubench::store
