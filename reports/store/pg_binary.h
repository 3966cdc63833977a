// PostgreSQL's binary formats: rows for COPY, and arrays. Numbers are big-endian.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pmubench::store {

template <typename T>
[[nodiscard]] T ReadBigEndian(const char* from) {
  char bytes[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = from[sizeof(T) - 1 - i];
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

template <typename T>
void AppendBigEndian(std::string& to, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  for (std::size_t i = sizeof(T); i-- > 0;) to.push_back(bytes[i]);
}

static_assert(std::endian::native == std::endian::little, "swap nothing on a big-endian machine");

/// pg_type.h: object ids of the element types that we use. They are fixed for all versions.
inline constexpr std::uint32_t kPgInt2 = 21;
inline constexpr std::uint32_t kPgInt4 = 23;
inline constexpr std::uint32_t kPgFloat4 = 700;
inline constexpr std::uint32_t kPgFloat8 = 701;

/// Builds the data of one COPY ... (FORMAT binary).
class PgCopyData {
 public:
  PgCopyData();
  void BeginRow(std::int16_t columns);
  void Null() { AppendBigEndian<std::int32_t>(data_, -1); }
  template <typename T>
  void Number(T value) {
    AppendBigEndian<std::int32_t>(data_, sizeof(T));
    AppendBigEndian(data_, value);
  }
  void Bytes(std::string_view bytes);
  /// One-dimensional; `is_null(i)` elements are NULL. count 0 gives an empty array.
  template <typename T, typename Get, typename IsNull>
  void Array(std::uint32_t type, std::size_t count, const Get& get, const IsNull& is_null) {
    const std::size_t length_at = data_.size();
    AppendBigEndian<std::int32_t>(data_, 0);
    bool nulls = false;
    for (std::size_t i = 0; i < count && !nulls; ++i) nulls = is_null(i);
    AppendBigEndian<std::int32_t>(data_, count == 0 ? 0 : 1);
    AppendBigEndian<std::int32_t>(data_, nulls ? 1 : 0);
    AppendBigEndian<std::uint32_t>(data_, type);
    if (count > 0) {
      AppendBigEndian<std::int32_t>(data_, static_cast<std::int32_t>(count));
      AppendBigEndian<std::int32_t>(data_, 1);
      for (std::size_t i = 0; i < count; ++i) {
        if (is_null(i)) {
          AppendBigEndian<std::int32_t>(data_, -1);
        } else {
          AppendBigEndian<std::int32_t>(data_, sizeof(T));
          AppendBigEndian<T>(data_, get(i));
        }
      }
    }
    SetLength(length_at);
  }
  [[nodiscard]] std::string Finish();

 private:
  void SetLength(std::size_t at);
  std::string data_;
};

/// Elements of a one-dimensional array, `missing` for NULL. False where it is not such an array.
template <typename T>
[[nodiscard]] bool ReadPgArray(std::string_view bytes, T missing, std::vector<T>& elements) {
  elements.clear();
  constexpr std::size_t kHead = 12;
  if (bytes.size() < kHead) return false;
  const auto dimensions = ReadBigEndian<std::int32_t>(bytes.data());
  if (dimensions == 0) return true;
  if (dimensions != 1 || bytes.size() < kHead + 8) return false;
  const auto count = ReadBigEndian<std::int32_t>(bytes.data() + kHead);
  bytes.remove_prefix(kHead + 8);
  for (std::int32_t i = 0; i < count; ++i) {
    if (bytes.size() < 4) return false;
    const auto length = ReadBigEndian<std::int32_t>(bytes.data());
    bytes.remove_prefix(4);
    if (length < 0) {
      elements.push_back(missing);
      continue;
    }
    if (length != sizeof(T) || bytes.size() < sizeof(T)) return false;
    elements.push_back(ReadBigEndian<T>(bytes.data()));
    bytes.remove_prefix(sizeof(T));
  }
  return true;
}

}  // namespace pmubench::store
