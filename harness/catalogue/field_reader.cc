#include "catalogue/field_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "catalogue/nearest.h"

namespace pmubench {
namespace {

/// "0x1f", up to 64 bits.
bool ParseHex(std::string_view text, std::uint64_t& value) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return false;
  text.remove_prefix(2);
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return status == std::errc() && end == text.data() + text.size();
}

}  // namespace

Error ErrorAt(const std::string& file, int line, int column, const std::string& message,
              std::string remedy) {
  return {ErrorCode::kBadInput,
          fmt::format("{}: {}", Place{file, line, column}.ToString(), message), std::move(remedy)};
}

FieldReader::FieldReader(const JsonNode& node, const std::string& file, std::string what)
    : node_(node), file_(file), what_(std::move(what)) {
  if (node.kind != JsonNode::Kind::kObject) {
    Fail(node, fmt::format("{} must be an object, not {}", what_, node.kind_name()));
  }
}

void FieldReader::Text(std::string_view name, std::string& target) {
  if (const JsonNode* node = Take(name, JsonNode::Kind::kString, "a string")) target = node->string;
}

void FieldReader::TextList(std::string_view name, std::vector<std::string>& target) {
  const JsonNode* node = Take(name, JsonNode::Kind::kArray, "an array of strings");
  if (node == nullptr) return;
  target.clear();
  for (const JsonNode& item : node->items) {
    if (item.kind != JsonNode::Kind::kString) {
      return Fail(item,
                  fmt::format("{}: '{}' holds {}, wanted strings", what_, name, item.kind_name()));
    }
    target.push_back(item.string);
  }
}

void FieldReader::Whole(std::string_view name, std::uint64_t& target, std::uint64_t max) {
  if (const JsonNode* node = Any(name)) ToWhole(*node, name, max, target);
}

void FieldReader::SmallWhole(std::string_view name, int& target, int min, int max) {
  const JsonNode* node = Any(name);
  std::uint64_t value = 0;
  if (node == nullptr || !ToWhole(*node, name, static_cast<std::uint64_t>(max), value)) return;
  if (static_cast<int>(value) < min) {
    return Fail(*node, fmt::format("{}: '{}' is {}, the least is {}", what_, name, value, min));
  }
  target = static_cast<int>(value);
}

void FieldReader::SmallWholeList(std::string_view name, std::vector<int>& target, int max) {
  const JsonNode* node = Take(name, JsonNode::Kind::kArray, "an array of whole numbers");
  if (node == nullptr) return;
  target.clear();
  for (const JsonNode& item : node->items) {
    std::uint64_t value = 0;
    if (!ToWhole(item, name, static_cast<std::uint64_t>(max), value)) return;
    target.push_back(static_cast<int>(value));
  }
}

void FieldReader::Real(std::string_view name, double& target) {
  if (const JsonNode* node = Take(name, JsonNode::Kind::kNumber, "a number")) target = node->number;
}

void FieldReader::Flag(std::string_view name, bool& target) {
  if (const JsonNode* node = Take(name, JsonNode::Kind::kBool, "true or false")) {
    target = node->boolean;
  }
}

const JsonNode* FieldReader::Object(std::string_view name) {
  return Take(name, JsonNode::Kind::kObject, "an object");
}

const JsonNode* FieldReader::Any(std::string_view name) {
  known_.emplace_back(name);
  return failed_ ? nullptr : node_.Find(name);
}

Result<void> FieldReader::Finish() {
  if (failed_) return error_;
  for (const JsonNode::Member& member : node_.members) {
    if (std::find(known_.begin(), known_.end(), member.name) == known_.end()) {
      return ErrorAt(file_, member.line, member.column,
                     fmt::format("{} has no field '{}'", what_, member.name),
                     DidYouMean(member.name, known_));
    }
  }
  return {};
}

const JsonNode* FieldReader::Take(std::string_view name, JsonNode::Kind kind, const char* wanted) {
  const JsonNode* node = Any(name);
  if (node == nullptr || node->kind == kind) return node;
  Fail(*node, fmt::format("{}: '{}' must be {}, not {}", what_, name, wanted, node->kind_name()));
  return nullptr;
}

bool FieldReader::ToWhole(const JsonNode& node, std::string_view name, std::uint64_t max,
                          std::uint64_t& target) {
  std::uint64_t value = 0;
  if (node.integer) {
    value = *node.integer;
  } else if (node.kind != JsonNode::Kind::kString || !ParseHex(node.string, value)) {
    Fail(node,
         fmt::format("{}: '{}' must be a whole number from 0, or text like \"0x1f\"", what_, name));
    return false;
  }
  if (value > max) {
    Fail(node, fmt::format("{}: '{}' is 0x{:x}, out of range: the most is 0x{:x}", what_, name,
                           value, max));
    return false;
  }
  target = value;
  return true;
}

void FieldReader::Fail(const JsonNode& at, const std::string& message, std::string remedy) {
  if (failed_) return;
  failed_ = true;
  error_ = ErrorAt(file_, at.line, at.column, message, std::move(remedy));
}

}  // namespace pmubench
