// Runs as files: what is imported, and what is exported.
//
// A bundle is a record (schema/record-1.0.json), so that whatever reads records or Google
// Benchmark's JSON reads a bundle too. The key "history" of its "pmubench" section holds what the
// history adds: start, branch, commit, configuration. Launch values stand at each metric.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "pmubench/result.h"
#include "reports/store/run.h"

namespace pmubench::store {

/// What is not in the file, or shall be other than there.
struct ImportOptions {
  std::optional<std::string> branch;
  std::optional<std::string> commit;
  std::optional<std::string> configuration;
  std::optional<std::int64_t> started_ms;
};

/// Reads a bundle, a record of `pmubench run`, or Google Benchmark's own JSON. A row that failed,
/// a NaN or an infinity becomes a value that is missing with its reason. kBadInput where the text
/// is corrupt, cut, or of a newer major schema.
[[nodiscard]] Result<Run> ParseBundle(std::string_view text, const ImportOptions& options);
[[nodiscard]] Result<Run> ReadBundle(const std::filesystem::path& file,
                                     const ImportOptions& options);

/// A run as a bundle: ParseBundle gives the same run back.
[[nodiscard]] std::string FormatBundle(const Run& run);

/// What the record had against metrics that have a value, by metric.
[[nodiscard]] std::map<std::string, std::string> NotesOf(const Run& run);

/// FormatBundle into a file that is complete or not there: a temporary one, synced and renamed.
[[nodiscard]] Result<void> WriteBundle(const Run& run, const std::filesystem::path& file);

/// "2026-11-21T11:25:24+01:00", "...Z" or without a zone (taken as UTC) in milliseconds.
[[nodiscard]] std::optional<std::int64_t> ParseTime(std::string_view text);
/// "2026-11-21T11:25:24Z".
[[nodiscard]] std::string FormatTime(std::int64_t ms);

}  // namespace pmubench::store
