// The packed form of a benchmark's metric vector, little-endian on every machine.
//
// Columns rather than records, so that a reader of values alone touches only them:
//   double value[n] | float spread_or_reason[n] | int16 sampling[n]
// 14 bytes a value. A value that was not measured is a NaN, and the four bytes of its spread hold
// the store's id of the reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/store/run.h"

namespace pmubench::store {

inline constexpr std::size_t kPackedValueSize = 14;

/// `reason_ids[i]` is the store's id of the run's reason i.
[[nodiscard]] std::string PackValues(std::span<const Value> values,
                                     std::span<const std::uint32_t> reason_ids);

/// False where `packed` does not hold exactly `count` values: the row is damaged. `reason_ids`
/// may be null; else it gets the store's id of each missing value's reason (0: none).
[[nodiscard]] bool UnpackValues(std::string_view packed, std::size_t count,
                                std::vector<Value>& values, std::vector<std::uint32_t>* reason_ids);

/// Launch values of some metrics: (metric id, count, doubles) one after the other.
/// `metric_ids[i]` is the store's id of the run's metric i.
[[nodiscard]] std::string PackLaunches(std::span<const Launches> launches,
                                       std::span<const std::uint32_t> metric_ids);
/// `Launches::metric` then holds the store's id. False where `packed` is damaged.
[[nodiscard]] bool UnpackLaunches(std::string_view packed, std::vector<Launches>& launches);

/// A layout as the store's metric ids.
[[nodiscard]] std::string PackIds(std::span<const std::uint32_t> ids);
[[nodiscard]] bool UnpackIds(std::string_view packed, std::vector<std::uint32_t>& ids);

}  // namespace pmubench::store
