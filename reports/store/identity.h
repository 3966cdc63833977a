// Identities of what has none of its own.
#pragma once

#include <string>
#include <string_view>

namespace pmubench::store {

/// A UUID (version 8) made of the bytes: the same file imported twice is one run.
[[nodiscard]] std::string UuidOf(std::string_view bytes);

/// 16 hexadecimal digits of the bytes.
[[nodiscard]] std::string DigestOf(std::string_view bytes);

/// Whether the text is a UUID in lower-case hexadecimal digits.
[[nodiscard]] bool IsUuid(std::string_view text);

}  // namespace pmubench::store
