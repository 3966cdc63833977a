// A history in a PostgreSQL database, in its schema `pmubench`.
#pragma once

#include <memory>

#include "reports/store/store.h"

namespace pmubench::store {

/// `connection`: anything libpq takes.
[[nodiscard]] Result<std::unique_ptr<Store>> OpenPostgresStore(const std::string& connection,
                                                               OpenMode mode);

}  // namespace pmubench::store
