#include "runner/launch_suite.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>

#include "runner/child.h"
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
  if (options.quiet) child.output = ChildOptions::Output::kCapture;
  return child;
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
  // An old record must not pass for this run's if the binary dies before it writes one.
  std::error_code ignored;
  std::filesystem::path kept = options.out;
  kept += ".before";
  const bool had_one = std::filesystem::exists(options.out, ignored);
  if (had_one) std::filesystem::rename(options.out, kept, ignored);

  auto child = Child::Start(MakeChild(options, *kind));
  Result<void> released = child ? child->Release() : Result<void>(child.error());
  if (!released) {
    if (had_one) std::filesystem::rename(kept, options.out, ignored);
    return released.error();
  }
  const ChildEnd end = child->Wait();
  const bool has_record = std::filesystem::exists(options.out, ignored);
  LaunchEnd result{end.exit_code, "", has_record};
  if (had_one) {
    if (has_record) {
      std::filesystem::remove(kept, ignored);
    } else {
      std::filesystem::rename(kept, options.out, ignored);
    }
  }
  if (end.signal != 0) {
    result.note = has_record ? MarkCrash(options, end.signal)
                             : fmt::format(
                                   "the benchmark was ended by signal {} ({}); nothing was "
                                   "measured before",
                                   end.signal, strsignal(end.signal));
    result.exit_code = 2;
  } else if (!has_record && end.exit_code == 0) {
    return RunProcessSuite(options);
  }
  return result;
}

}  // namespace pmubench
