// Bytes that crossed to and from memory, and rates of them.
#pragma once

#include <map>
#include <optional>

#include "bandwidth/source.h"

namespace pmubench {

/// Bytes a second by direction; nullopt where the source cannot tell or nothing was counted.
struct Rates {
  std::optional<double> read;
  std::optional<double> write;
  std::optional<double> total;
};

/// Bytes by direction; nullopt as in Rates.
struct Moved {
  std::optional<double> read;
  std::optional<double> write;
  std::optional<double> total;

  void Add(Direction direction, double bytes);
  void Add(const Moved& more);
  /// Sets the total where both directions are there.
  void Complete();
  /// nullopt everywhere for an interval without length.
  [[nodiscard]] Rates Over(double seconds) const;
};

/// All sockets together and each by itself.
struct MovedBySocket {
  Moved all;
  std::map<int, Moved> sockets;

  void Add(const Traffic& traffic, double bytes);
  void Add(const MovedBySocket& more);
  void Complete();
};

}  // namespace pmubench
