// Records on disk: a reader never sees half a record, and a failed write leaves the one before.
#include <fmt/format.h>

#include "platform/text.h"
#include "platform/whole_file.h"
#include "reports/record.h"

namespace pmubench {

Result<void> WriteRecord(const Record& record, const std::filesystem::path& file) {
  return WriteWhole(file, ToJson(record));
}

Result<Record> ReadRecord(const std::filesystem::path& file) {
  const auto text = ReadWhole(file);
  if (!text) return text.error();
  auto record = RecordFromJson(*text);
  if (record) return record;
  Error failed = record.error();
  failed.message = fmt::format("{}: {}", file.string(), failed.message);
  return failed;
}

std::string NewRunId() {
  std::string hex = RandomHex(32);
  // RFC 9562: version 4 in digit 13, variant 10xx in digit 17.
  hex[12] = '4';
  hex[16] = "89ab"[hex[16] % 4];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

}  // namespace pmubench
