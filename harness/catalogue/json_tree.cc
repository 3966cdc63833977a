#include "catalogue/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

namespace pmubench {
namespace {

using nlohmann::json;

/// Hands bytes to the parser and counts them: its SAX interface gives values without a place.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    *furthest_ = std::max(*furthest_, at_);
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) { return !(a == b); }

 private:
  const char* at_;
  const char** furthest_;
};

/// Lines and columns of offsets that are asked for in nearly rising order.
class LineFinder {
 public:
  explicit LineFinder(std::string_view text) : text_(text) {}

  std::pair<int, int> At(std::size_t offset) {
    if (offset < line_start_) {
      line_ = 1;
      line_start_ = 0;
      scanned_ = 0;
    }
    for (; scanned_ < offset; ++scanned_) {
      if (text_[scanned_] == '\n') {
        ++line_;
        line_start_ = scanned_ + 1;
      }
    }
    return {line_, static_cast<int>(offset - line_start_) + 1};
  }

 private:
  std::string_view text_;
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

class TreeBuilder : public json::json_sax_t {
 public:
  TreeBuilder(std::string_view text, const std::string& file, const char* const* furthest)
      : text_(text), file_(file), furthest_(furthest), lines_(text) {}

  std::optional<Error>& error() { return error_; }
  JsonNode& root() { return root_; }

  bool null() override { return Add(JsonNode::Kind::kNull, WordStart()) != nullptr; }
  bool boolean(bool value) override {
    JsonNode* node = Add(JsonNode::Kind::kBool, WordStart());
    node->boolean = value;
    return true;
  }
  bool number_integer(number_integer_t value) override {
    Add(JsonNode::Kind::kNumber, WordStart())->number = static_cast<double>(value);
    return true;
  }
  bool number_unsigned(number_unsigned_t value) override {
    JsonNode* node = Add(JsonNode::Kind::kNumber, WordStart());
    node->number = static_cast<double>(value);
    node->integer = value;
    return true;
  }
  bool number_float(number_float_t value, const string_t&) override {
    Add(JsonNode::Kind::kNumber, WordStart())->number = value;
    return true;
  }
  bool string(string_t& value) override {
    Add(JsonNode::Kind::kString, StringStart())->string = std::move(value);
    return true;
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return Open(JsonNode::Kind::kObject); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(JsonNode::Kind::kArray); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    const auto [line, column] = lines_.At(StringStart());
    JsonNode& object = *open_.back();
    if (object.Find(name) != nullptr) {
      return Fail(line, column, fmt::format("'{}' is there twice", name));
    }
    // Looking for a second one is linear: no honest file comes near this.
    if (object.members.size() == kMaxJsonMembers) {
      return Fail(line, column, fmt::format("more than {} names in one object", kMaxJsonMembers));
    }
    object.members.push_back({std::move(name), line, column, {}});
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& exception) override {
    // The position is one past the byte that was not expected; the library's own text repeats it.
    const auto [line, column] = lines_.At(std::min(position == 0 ? 0 : position - 1, text_.size()));
    std::string what = exception.what();
    if (const auto at = what.find(": syntax error"); at != std::string::npos) what.erase(0, at + 2);
    return Fail(line, column, what);
  }

 private:
  JsonNode* Add(JsonNode::Kind kind, std::size_t offset) {
    JsonNode* node = &root_;
    if (!open_.empty()) {
      JsonNode& parent = *open_.back();
      node = parent.kind == JsonNode::Kind::kObject ? &parent.members.back().value
                                                    : &parent.items.emplace_back();
    }
    node->kind = kind;
    std::tie(node->line, node->column) = lines_.At(offset);
    return node;
  }

  bool Open(JsonNode::Kind kind) {
    JsonNode* node = Add(kind, Consumed() - 1);
    if (open_.size() == kMaxJsonDepth) {
      return Fail(node->line, node->column, fmt::format("nested more than {} deep", kMaxJsonDepth));
    }
    open_.push_back(node);
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  bool Fail(int line, int column, const std::string& what) {
    error_ = Error{ErrorCode::kBadInput,
                   fmt::format("{}: {}", Place{file_, line, column}.ToString(), what), ""};
    return false;
  }

  [[nodiscard]] std::size_t Consumed() const {
    return static_cast<std::size_t>(*furthest_ - text_.data());
  }

  /// Start of the number, true, false or null that was just read: the parser may have looked one
  /// byte further.
  [[nodiscard]] std::size_t WordStart() const {
    const auto in_word = [this](std::size_t i) {
      const char c = text_[i];
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '+' || c == '-' ||
             c == '.';
    };
    std::size_t end = Consumed();
    if (end > 0 && !in_word(end - 1)) --end;
    while (end > 0 && in_word(end - 1)) --end;
    return end;
  }

  /// Opening quote of the string whose closing quote was just read.
  [[nodiscard]] std::size_t StringStart() const {
    std::size_t at = Consumed() - 1;
    while (at > 0) {
      --at;
      if (text_[at] != '"') continue;
      std::size_t slashes = 0;
      while (slashes < at && text_[at - slashes - 1] == '\\') ++slashes;
      if (slashes % 2 == 0) break;
    }
    return at;
  }

  std::string_view text_;
  const std::string& file_;
  const char* const* furthest_;
  LineFinder lines_;
  JsonNode root_;
  std::vector<JsonNode*> open_;
  std::optional<Error> error_;
};

}  // namespace

std::string Place::ToString() const { return fmt::format("{}:{}:{}", file, line, column); }

const JsonNode* JsonNode::Find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

const char* JsonNode::kind_name() const {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "a boolean";
    case Kind::kNumber:
      return "a number";
    case Kind::kString:
      return "a string";
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      break;
  }
  return "an object";
}

Result<JsonNode> ReadJsonTree(std::string_view text, const std::string& file) {
  const char* furthest = text.data();
  TreeBuilder builder(text, file, &furthest);
  const bool ok = json::sax_parse(CountingIterator(text.data(), &furthest),
                                  CountingIterator(text.data() + text.size(), &furthest), &builder);
  if (!ok) return std::move(*builder.error());
  return std::move(builder.root());
}

Result<std::string> ReadSmallFile(const std::filesystem::path& path) {
  const auto fail = [&](ErrorCode code, const std::string& what, const std::string& remedy) {
    return Error{code, fmt::format("{}: {}", path.string(), what), remedy};
  };
  std::error_code status;
  const auto type = std::filesystem::status(path, status).type();
  if (type == std::filesystem::file_type::not_found) {
    return fail(ErrorCode::kNotFound, "no such file", "");
  }
  if (status) return fail(ErrorCode::kBadInput, status.message(), "");
  if (type != std::filesystem::file_type::regular) {
    return fail(ErrorCode::kBadInput, "not a regular file", "");
  }
  const auto size = std::filesystem::file_size(path, status);
  if (status) return fail(ErrorCode::kBadInput, status.message(), "");
  if (size > kMaxJsonBytes) {
    return fail(ErrorCode::kBadInput,
                fmt::format("{} bytes; a catalogue file has at most {}", size, kMaxJsonBytes),
                "is it the right file?");
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in && !in.eof())
    return fail(ErrorCode::kBadInput, "cannot be read", "check its permissions");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace pmubench
