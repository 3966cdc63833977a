// From rows as they are read to a run that stands on its own.
#pragma once

#include "reports/store/store.h"

namespace pmubench::store {

/// Appends the row with the run's own indices in place of the store's ids.
void AppendRow(const RowView& view, const Store& store, Run& run);

/// Appends the rows of another run of the same night: of the canary beside the suite.
void AppendRows(const Run& from, Run& run);

/// By name: the same order from every back end.
void SortRows(Run& run);

}  // namespace pmubench::store
