// JSON with the line and column of every value, for errors that say where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pmubench/result.h"

namespace pmubench {

/// A place in a file. Lines and columns (bytes) count from 1.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;

  /// "file:line:column".
  [[nodiscard]] std::string ToString() const;
};

/// One value and where it starts.
struct JsonNode {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  struct Member;

  Kind kind = Kind::kNull;
  int line = 0;
  int column = 0;
  bool boolean = false;
  double number = 0;
  std::optional<std::uint64_t> integer;  ///< of a number that is a whole one and not negative
  std::string string;
  std::vector<JsonNode> items;
  std::vector<Member> members;  ///< in the file's order; names are unique

  [[nodiscard]] const JsonNode* Find(std::string_view name) const;
  /// "an object", "a string": for messages.
  [[nodiscard]] const char* kind_name() const;
};

struct JsonNode::Member {
  std::string name;
  int line = 0;
  int column = 0;
  JsonNode value;
};

inline constexpr std::size_t kMaxJsonBytes = 16u << 20;
inline constexpr std::size_t kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxJsonMembers = 10'000;

/// Reads JSON text. kBadInput names file, line and column of a syntax error, of a name that an
/// object holds twice and of values nested too deep.
[[nodiscard]] Result<JsonNode> ReadJsonTree(std::string_view text, const std::string& file);

/// The text of a regular file of at most kMaxJsonBytes; larger ones are refused unread.
[[nodiscard]] Result<std::string> ReadSmallFile(const std::filesystem::path& path);

}  // namespace pmubench
