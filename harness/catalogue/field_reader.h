// Typed access to the fields of a JSON object, with the place in every error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/json_tree.h"

namespace pmubench {

/// Reads fields of one object. Setters leave their target alone where the field is absent. After
/// the first error everything else is skipped; Finish() gives it, or complains of a field that
/// nothing asked for.
class FieldReader {
 public:
  /// `what` names the object in messages: "event 'CPU_CYCLES'".
  FieldReader(const JsonNode& node, const std::string& file, std::string what);

  void Text(std::string_view name, std::string& target);
  void TextList(std::string_view name, std::vector<std::string>& target);
  /// A whole number from 0, as a number or as text in hexadecimal ("0x11").
  void Whole(std::string_view name, std::uint64_t& target, std::uint64_t max);
  void SmallWhole(std::string_view name, int& target, int min, int max);
  void SmallWholeList(std::string_view name, std::vector<int>& target, int max);
  void Real(std::string_view name, double& target);
  void Flag(std::string_view name, bool& target);
  /// The field itself, to be read by someone else. Null where it is absent.
  const JsonNode* Object(std::string_view name);
  /// Any kind of value.
  const JsonNode* Any(std::string_view name);

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] Result<void> Finish();

 private:
  const JsonNode* Take(std::string_view name, JsonNode::Kind kind, const char* wanted);
  bool ToWhole(const JsonNode& node, std::string_view name, std::uint64_t max,
               std::uint64_t& target);
  void Fail(const JsonNode& at, const std::string& message, std::string remedy = "");

  const JsonNode& node_;
  const std::string& file_;
  std::string what_;
  std::vector<std::string> known_;
  bool failed_ = false;
  Error error_;
};

/// kBadInput "file:line:column: message".
[[nodiscard]] Error ErrorAt(const std::string& file, int line, int column,
                            const std::string& message, std::string remedy = "");

}  // namespace pmubench
