#include "reports/store/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace pmubench::store {
namespace {

// U+10FF80 + (byte - 0x80) is F4 8F BE 80 .. F4 8F BF BF.
void AppendStandIn(std::string& to, unsigned char byte) {
  to += "\xF4\x8F";
  to += static_cast<char>(byte < 0xC0 ? 0xBE : 0xBF);
  to += static_cast<char>(0x80 | (byte & 0x3F));
}

// Longest first, so that "Infinity" is not read as "Inf" and a rest.
constexpr std::array<std::string_view, 7> kNotNumbers = {"Infinity", "infinity", "-nan", "NaN",
                                                         "nan",      "inf",      "Inf"};

}  // namespace

std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  const auto follows = [&](std::size_t at) { return (byte(at) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

std::string RepairJson(std::string_view text) {
  std::string strict;
  strict.reserve(text.size());
  bool in_string = false;
  while (!text.empty()) {
    const char first = text.front();
    std::size_t length = 1;
    if (in_string) {
      if (first == '\\' && text.size() > 1) {
        length = 2;
      } else if (first == '"') {
        in_string = false;
      }
    } else if (first == '"') {
      in_string = true;
    } else if (first == 'N' || first == 'n' || first == 'I' || first == 'i' || first == '-') {
      const std::string_view rest = first == '-' ? text.substr(1) : text;
      for (const std::string_view word : kNotNumbers) {
        if (!rest.starts_with(word)) continue;
        strict += "null";
        text.remove_prefix(word.size() + (first == '-' ? 1 : 0));
        length = 0;
        break;
      }
      if (length == 0) continue;
    }
    if (length == 1) length = Utf8Length(text);
    if (length == 0) {
      AppendStandIn(strict, static_cast<unsigned char>(first));
      length = 1;
    } else {
      strict.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return strict;
}

std::string ProtectBytes(std::string_view text) {
  std::string protected_text;
  while (!text.empty()) {
    std::size_t length = Utf8Length(text);
    if (length == 0) {
      AppendStandIn(protected_text, static_cast<unsigned char>(text.front()));
      length = 1;
    } else {
      protected_text.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return protected_text;
}

std::string RestoreBytes(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto at = [&](std::size_t offset) {
      return i + offset < text.size() ? static_cast<unsigned char>(text[i + offset]) : 0U;
    };
    if (at(0) == 0xF4 && at(1) == 0x8F && (at(2) == 0xBE || at(2) == 0xBF) &&
        (at(3) & 0xC0) == 0x80) {
      bytes += static_cast<char>((at(2) == 0xBE ? 0x80 : 0xC0) | (at(3) & 0x3F));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

namespace {

/// The code point of a valid UTF-8 sequence of `length` bytes.
char32_t CodePoint(std::string_view text, std::size_t length) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (length == 1) return first;
  char32_t code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return code;
}

bool MovesTheCursor(char32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool line_or_direction =
      (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  const bool no_character = code == 0xFFFE || code == 0xFFFF;
  return control || line_or_direction || no_character;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const std::size_t bytes = std::max<std::size_t>(length, 1);
    if (length == 0 || MovesTheCursor(CodePoint(text, length))) {
      for (std::size_t i = 0; i < bytes; ++i) {
        printable += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
      }
    } else {
      printable.append(text.substr(0, length));
    }
    text.remove_prefix(bytes);
  }
  return printable;
}

}  // namespace pmubench::store
