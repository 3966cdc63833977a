#include "reports/store/pg_binary.h"

namespace pmubench::store {

PgCopyData::PgCopyData() {
  data_.append("PGCOPY\n\377\r\n\0", 11);
  AppendBigEndian<std::int32_t>(data_, 0);  // flags
  AppendBigEndian<std::int32_t>(data_, 0);  // header extension
}

void PgCopyData::BeginRow(std::int16_t columns) { AppendBigEndian(data_, columns); }

void PgCopyData::Bytes(std::string_view bytes) {
  AppendBigEndian<std::int32_t>(data_, static_cast<std::int32_t>(bytes.size()));
  data_.append(bytes);
}

void PgCopyData::SetLength(std::size_t at) {
  std::string length;
  AppendBigEndian<std::int32_t>(length, static_cast<std::int32_t>(data_.size() - at - 4));
  data_.replace(at, 4, length);
}

std::string PgCopyData::Finish() {
  AppendBigEndian<std::int16_t>(data_, -1);
  return std::move(data_);
}

}  // namespace pmubench::store
