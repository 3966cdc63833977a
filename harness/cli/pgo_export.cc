// `pmubench pgo export`: a profile in the format of the tool that applies it, checked first.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "branches/export.h"
#include "branches/validate.h"
#include "cli/pgo.h"
#include "cli/verb.h"
#include "platform/whole_file.h"

namespace pmubench {
namespace {

struct ExportOptions {
  std::vector<std::string> profiles;
  std::string binary;
  std::string target;
  std::string output;
  std::string format = "text";
  bool force = false;
};

std::string NextCommand(const ExportOptions& options, ExportFormat format) {
  switch (format) {
    case ExportFormat::kLlvm:
      return fmt::format(
          "llvm-profgen-19 --binary={} --unsymbolized-profile={} --output=app.prof\n"
          "  clang++-19 ... -fprofile-sample-use=app.prof",
          options.binary, options.output);
    case ExportFormat::kBolt:
      return fmt::format(
          "/usr/lib/llvm-19/bin/perf2bolt {0} -pa -p {1} -o app.fdata\n"
          "  /usr/lib/llvm-19/bin/llvm-bolt {0} -data=app.fdata -o app.bolt "
          "-reorder-blocks=ext-tsp -reorder-functions=hfsort -split-functions",
          options.binary, options.output);
    case ExportFormat::kAutofdo:
      return fmt::format(
          "create_gcov --binary={} --profiler=text --profile={} --gcov=app.gcov -gcov_version=2\n"
          "  (autofdo 0.19 writes strings that GCC 12 and newer crash on: use a newer autofdo, or "
          "-fprofile-generate, or BOLT)",
          options.binary, options.output);
    case ExportFormat::kText:
      break;
  }
  return "";
}

int RunExport(const ExportOptions& options) {
  auto format = ExportFormatFromName(options.target);
  if (!format) return Fail(format.error());
  BranchProfile all;
  for (const std::string& path : options.profiles) {
    auto profile = LoadProfile(path);
    if (!profile) return Fail(profile.error());
    all.Add(*profile);
  }
  std::string binary = options.binary;
  if (binary.empty() && all.Busiest() != nullptr) binary = all.Busiest()->path;
  auto image = ElfImage::Read(binary);
  if (!image) return Fail(image.error());
  auto part = PartOf(all, *image);
  if (!part) return Fail(part.error());
  const ProfileCheck check = CheckProfile(**part, *image, *format, all.source);
  for (const std::string& warning : check.warnings) {
    fmt::print(stderr, "pmubench: warning: {}\n", warning);
  }
  for (const Error& error : check.errors) {
    fmt::print(stderr, "pmubench: {}{}\n", options.force ? "warning: " : "", error.ToString());
  }
  if (!check.errors.empty() && !options.force) return ExitCode(check.errors.front().code);

  const std::string text = ExportProfile(**part, *image, *format);
  ExportOptions resolved = options;
  resolved.binary = binary;
  if (options.output.empty()) {
    fmt::print("{}", text);
    return 0;
  }
  if (auto saved = WriteWhole(options.output, text); !saved) return Fail(saved.error());
  if (options.format == "json") {
    const nlohmann::ordered_json result = {{"output", options.output},
                                           {"binary", binary},
                                           {"build_id", image->build_id()},
                                           {"taken_branches", check.taken},
                                           {"ranges", check.ranges},
                                           {"branch_share", check.branch_share},
                                           {"function_share", check.function_share},
                                           {"functions_seen", check.functions_seen},
                                           {"functions_known", check.functions_known},
                                           {"crossing_share", check.crossing_share},
                                           {"outside_share", check.outside_share}};
    fmt::print("{}\n", result.dump(2));
    return 0;
  }
  fmt::print(
      "{}: {} taken branches and {} ranges of {} (build {:.16}); {} of {} functions seen; "
      "{:.1f} % of sources are branches, {:.1f} % of ranges leave their function\n",
      options.output, check.taken, check.ranges, binary, image->build_id(), check.functions_seen,
      check.functions_known, 100 * check.branch_share, 100 * check.crossing_share);
  const std::string next = NextCommand(resolved, *format);
  if (!next.empty()) fmt::print("next: {}\n", next);
  return 0;
}

}  // namespace

void AddPgoExport(CLI::App& pgo, int& exit_code) {
  auto* verb =
      pgo.add_subcommand("export", "Write a recorded profile for the tool that applies it");
  auto options = std::make_shared<ExportOptions>();
  verb->add_option("--for", options->target, "llvm, bolt, autofdo or text")->required();
  verb->add_option("--binary", options->binary, "the program; default: the profile's busiest");
  verb->add_option("-o,--output", options->output, "the file to write; default: standard output");
  verb->add_flag("--force", options->force, "write even what did not pass the checks");
  verb->add_option("profiles", options->profiles, "profiles of `pgo record`; several add up")
      ->required();
  AddFormat(*verb, options->format);
  verb->callback([options, &exit_code] { exit_code = RunExport(*options); });
}

}  // namespace pmubench
