// Small files of /sys and /proc, read as text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pmubench {

/// The whole file without surrounding white space; nullopt where it cannot be read. Suits sysfs
/// and procfs, whose files have no size and may refuse the read itself.
[[nodiscard]] std::optional<std::string> ReadText(const std::filesystem::path& path);

/// The file as a whole number, decimal or 0x hexadecimal; nullopt where it is not one.
[[nodiscard]] std::optional<std::int64_t> ReadInteger(const std::filesystem::path& path);

/// Names in a folder, sorted; empty where it cannot be read.
[[nodiscard]] std::vector<std::string> ListNames(const std::filesystem::path& folder);

/// The value of "key : value" or "key: value" lines as in /proc/cpuinfo and /proc/self/status:
/// the first line of that key.
[[nodiscard]] std::optional<std::string> FieldOf(std::string_view text, std::string_view key);

/// `text` without surrounding white space.
[[nodiscard]] std::string_view Trim(std::string_view text);

/// `text` cut at every `separator`, parts trimmed, empty parts kept.
[[nodiscard]] std::vector<std::string> Split(std::string_view text, char separator);

/// The word in brackets of a sysfs file that lists its choices, "always [madvise] never"; other
/// text as it is.
[[nodiscard]] std::string Chosen(const std::string& text);

/// A whole number in base 10, or 16 after "0x"; nullopt for anything else, overflow included.
[[nodiscard]] std::optional<std::uint64_t> ParseUnsigned(std::string_view text);

}  // namespace pmubench
