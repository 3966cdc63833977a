// What a history says of its tables, and what a pmubench that knows tables so far may do with it.
#pragma once

namespace pmubench::store {

struct Schema {
  bool empty = false;  ///< a database without tables of ours: a history can be made of it
  int version = 0;
  int oldest_reader = 0;  ///< the oldest schema whose reader reads this one too

  [[nodiscard]] bool ReadableBy(int known) const {
    return version <= known || oldest_reader <= known;
  }
  /// Written by us a newer one might lose what it holds beyond our schema.
  [[nodiscard]] bool WritableBy(int known) const { return version <= known; }
};

}  // namespace pmubench::store
