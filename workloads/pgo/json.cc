// A recursive-descent parser of JSON-like text: long chains of comparisons in which a few outcomes
// are common and the rest are errors.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::uint64_t Document() {
    const std::uint64_t value = Value(0);
    Blanks();
    if (at_ != text_.size()) Fail("text after the value");
    return value;
  }

 private:
  std::uint64_t Value(int depth) {
    if (depth > 100) Fail("nested too deep");
    Blanks();
    switch (Peek()) {
      case '{':
        return Object(depth);
      case '[':
        return Array(depth);
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  std::uint64_t Object(int depth) {
    std::uint64_t hash = 17;
    Expect('{');
    Blanks();
    if (Peek() == '}') {
      ++at_;
      return hash;
    }
    for (;;) {
      Blanks();
      hash = hash * 31 + String();
      Blanks();
      Expect(':');
      hash = hash * 31 + Value(depth + 1);
      Blanks();
      if (Peek() == ',') {
        ++at_;
        continue;
      }
      Expect('}');
      return hash;
    }
  }

  std::uint64_t Array(int depth) {
    std::uint64_t hash = 19;
    Expect('[');
    Blanks();
    if (Peek() == ']') {
      ++at_;
      return hash;
    }
    for (;;) {
      hash = hash * 31 + Value(depth + 1);
      Blanks();
      if (Peek() == ',') {
        ++at_;
        continue;
      }
      Expect(']');
      return hash;
    }
  }

  std::uint64_t String() {
    Expect('"');
    std::uint64_t hash = 5381;
    for (;;) {
      const char c = Take();
      if (c == '"') return hash;
      if (c == '\\') {
        hash = hash * 33 + Escape();
      } else if (static_cast<unsigned char>(c) < 0x20) {
        Fail("control character in a string");
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        hash = hash * 33 + Utf8(static_cast<unsigned char>(c));
      } else {
        hash = hash * 33 + static_cast<unsigned char>(c);
      }
    }
  }

  std::uint32_t Escape() {
    switch (Take()) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case '"':
        return '"';
      case '\\':
        return '\\';
      case '/':
        return '/';
      case 'u': {
        std::uint32_t code = 0;
        for (int i = 0; i < 4; ++i) {
          const char c = Take();
          if (c >= '0' && c <= '9') {
            code = code * 16 + static_cast<std::uint32_t>(c - '0');
          } else if (c >= 'a' && c <= 'f') {
            code = code * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
          } else if (c >= 'A' && c <= 'F') {
            code = code * 16 + static_cast<std::uint32_t>(c - 'A' + 10);
          } else {
            Fail("bad \\u escape");
          }
        }
        return code;
      }
      default:
        Fail("bad escape");
    }
  }

  std::uint32_t Utf8(unsigned char first) {
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : -1;
    if (more < 0) Fail("bad UTF-8");
    std::uint32_t code = first;
    for (int i = 0; i < more; ++i) {
      const auto next = static_cast<unsigned char>(Take());
      if ((next & 0xC0) != 0x80) Fail("bad UTF-8");
      code = code << 6 | (next & 0x3F);
    }
    return code;
  }

  std::uint64_t Number() {
    bool negative = false;
    if (Peek() == '-') {
      negative = true;
      ++at_;
    }
    if (Peek() < '0' || Peek() > '9') Fail("a value was expected");
    std::uint64_t value = 0;
    while (Peek() >= '0' && Peek() <= '9') value = value * 10 + static_cast<unsigned>(Take() - '0');
    if (Peek() == '.') {
      ++at_;
      if (Peek() < '0' || Peek() > '9') Fail("digits were expected");
      while (Peek() >= '0' && Peek() <= '9') {
        value = value * 10 + static_cast<unsigned>(Take() - '0');
      }
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      if (Peek() == '+' || Peek() == '-') ++at_;
      if (Peek() < '0' || Peek() > '9') Fail("digits were expected");
      while (Peek() >= '0' && Peek() <= '9') value += static_cast<unsigned>(Take() - '0');
    }
    return negative ? ~value : value;
  }

  std::uint64_t Word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) Fail("unknown word");
    at_ += word.size();
    return word.size();
  }

  void Blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char Take() {
    if (at_ >= text_.size()) Fail("the text ends too early");
    return text_[at_++];
  }
  void Expect(char c) {
    if (Take() != c) Fail(std::string("expected ") + c);
  }
  [[noreturn]] void Fail(const std::string& what) const {
    throw std::runtime_error(what + " at " + std::to_string(at_));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string Text(int rows) {
  std::string text = "[";
  for (int i = 0; i < rows; ++i) {
    if (i != 0) text += ",\n ";
    text += "{\"id\": " + std::to_string(i) + ", \"name\": \"row number " + std::to_string(i * 7) +
            "\", \"tags\": [\"red\", \"gr\\u00fcn\", \"" + std::string(i % 13, 'x') +
            "\"], \"score\": " + std::to_string(i % 89) + "." + std::to_string(i % 10) +
            (i % 50 == 0 ? "e3" : "") + ", \"ok\": " + (i % 3 == 0 ? "false" : "true") +
            ", \"next\": " + (i % 11 == 0 ? "null" : std::to_string(-i)) + "}";
  }
  return text + "]";
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 100;
  const std::string text = Text(1500);
  std::uint64_t sum = 0;
  for (int round = 0; round < rounds; ++round) sum = sum * 3 + Parser(text).Document();
  std::printf("%llu\n", static_cast<unsigned long long>(sum));
}
