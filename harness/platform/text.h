// Small pure functions on text that several parts need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pmubench {

/// The parts of "a,b, c" without blanks around them; empty parts are left out.
[[nodiscard]] std::vector<std::string> SplitList(std::string_view text, char separator = ',');

[[nodiscard]] std::string ToUpper(std::string_view text);
[[nodiscard]] std::string ToLower(std::string_view text);

/// The candidate with the smallest edit distance, if it is close enough to be a typing mistake
/// (a third of the letters at most); else "".
[[nodiscard]] std::string Nearest(std::string_view name,
                                  const std::vector<std::string>& candidates);

/// What a JSON library's exception says, without its "[json.exception...] " in front.
[[nodiscard]] std::string JsonReason(std::string_view what);

/// `text` as one word of a POSIX shell.
[[nodiscard]] std::string ShellQuote(std::string_view text);

/// Up to 32 hexadecimal digits by chance.
[[nodiscard]] std::string RandomHex(std::size_t digits);

}  // namespace pmubench
