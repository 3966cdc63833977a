// JSON as benchmarks really write it, and names of any bytes through it.
#pragma once

#include <string>
#include <string_view>

namespace pmubench::store {

/// Makes strict JSON of what Google Benchmark writes: a bare NaN or Infinity becomes null, and a
/// byte that is no UTF-8 (a benchmark's name may hold any) becomes a code point of its own at the
/// end of the last private-use plane, U+10FF80..U+10FFFF.
[[nodiscard]] std::string RepairJson(std::string_view text);

/// The bytes that RepairJson stood code points for. Text without them is unchanged.
[[nodiscard]] std::string RestoreBytes(std::string_view text);

/// Text for a JSON string: its bytes that are no UTF-8 as RepairJson writes them.
[[nodiscard]] std::string ProtectBytes(std::string_view text);

/// Length of the UTF-8 sequence that `text` begins with; 0 where it is none (overlong forms,
/// surrogates and code points beyond U+10FFFF are none).
[[nodiscard]] std::size_t Utf8Length(std::string_view text);

/// Text for people, as valid UTF-8 that moves no cursor: what is no UTF-8, control characters and
/// marks that turn the direction of writing, as \xNN.
[[nodiscard]] std::string Printable(std::string_view text);

}  // namespace pmubench::store
