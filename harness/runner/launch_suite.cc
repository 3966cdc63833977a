#include "runner/launch_suite.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>

#include "runner/process_suite.h"

namespace pmubench {
namespace {

ChildOptions MakeChild(const LaunchOptions& options, BinaryKind kind) {
  ChildOptions child;
  // execvp looks a name without a slash up in PATH; the user named a file.
  child.command.push_back(options.binary.is_absolute() || options.binary.has_parent_path()
                              ? options.binary.string()
                              : "./" + options.binary.string());
  child.command.insert(child.command.end(), options.arguments.begin(), options.arguments.end());
  child.environment["PMUBENCH_METRICS"] = fmt::format("{}", fmt::join(options.metrics, ","));
  child.environment["PMUBENCH_OUT"] = options.out.string();
  child.environment["PMUBENCH_BANDWIDTH"] = options.bandwidth;
  child.environment["PMUBENCH_KERNEL"] = options.count_kernel ? "true" : "false";
  if (!options.catalogue_file.empty()) {
    child.environment["PMUBENCH_CATALOGUE"] = options.catalogue_file;
  }
  if (kind == BinaryKind::kSharedEngine) child.environment["LD_PRELOAD"] = options.preload.string();
  if (options.table_to_stderr) child.output = ChildOptions::Output::kToStandardError;
  child.errors = options.errors;
  if (options.quiet) child.output = ChildOptions::Output::kCapture;
  return child;
}

/// Device, inode and time of its last change (an inode's number is used again); nullopt where there
/// is no plain file.
using FileIdentity = std::optional<std::tuple<dev_t, ino_t, time_t, long>>;

FileIdentity IdentityOf(const std::filesystem::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return std::tuple(status.st_dev, status.st_ino, status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

/// An old record must not pass for this run's if the binary died before it wrote one. A record is
/// written beside the old one, so it is another file; what is no plain file cannot tell.
bool HoldsNewRecord(const std::filesystem::path& file, const FileIdentity& before) {
  const FileIdentity now = IdentityOf(file);
  std::error_code ignored;
  return now ? now != before : std::filesystem::exists(file, ignored);
}

/// Whether the binary was asked for its help or its benchmarks: no record is to be expected.
bool OnlyTells(const LaunchOptions& options) {
  return std::any_of(options.arguments.begin(), options.arguments.end(), [](const auto& argument) {
    return argument == "--help" || argument.starts_with("--benchmark_list_tests");
  });
}

/// The child saved its record while it ran; what ended it is ours to add.
std::string MarkCrash(const LaunchOptions& options, int signal) {
  const std::string what =
      fmt::format("the benchmark was ended by signal {} ({})", signal, strsignal(signal));
  auto record = ReadRecord(options.out);
  if (!record) return what + "; nothing was measured before";
  record->status = RecordStatus::kPartial;
  record->reason = what;
  if (auto written = WriteRecord(*record, options.out); !written) {
    return what + "; " + written.error().ToString();
  }
  return fmt::format("{}; the {} rows measured before are kept, marked partial", what,
                     record->rows.size());
}

}  // namespace

Result<LaunchEnd> LaunchSuite(const LaunchOptions& options) {
  auto kind = InspectBinary(options.binary);
  if (!kind) return kind.error();
  const bool preload_there = std::filesystem::exists(options.preload);
  if (*kind == BinaryKind::kStaticEngine ||
      (*kind == BinaryKind::kSharedEngine && !preload_there)) {
    return RunProcessSuite(options);
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(options.out, ignored)) {
    return Error{ErrorCode::kUsage, options.out.string() + " is a folder", "name a file"};
  }
  const FileIdentity before = IdentityOf(options.out);
  auto child = Child::Start(MakeChild(options, *kind));
  if (!child) return child.error();
  if (auto released = child->Release(); !released) return released.error();
  const ChildEnd end = child->Wait();
  const bool has_record = HoldsNewRecord(options.out, before);
  LaunchEnd result{end.exit_code, "", has_record};
  if (end.signal != 0) {
    result.note = has_record ? MarkCrash(options, end.signal)
                             : fmt::format(
                                   "the benchmark was ended by signal {} ({}); nothing was "
                                   "measured before",
                                   end.signal, strsignal(end.signal));
    result.exit_code = 2;
  } else if (!has_record && end.exit_code == 0 && !OnlyTells(options) &&
             *kind != BinaryKind::kLinked) {
    return RunProcessSuite(options);
  }
  return result;
}

}  // namespace pmubench
