#include "cli/pgo_pipeline.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <filesystem>

#include "branches/aggregate.h"
#include "branches/export.h"
#include "branches/validate.h"
#include "cli/pgo_recording.h"
#include "counters/kernel.h"
#include "platform/text.h"
#include "platform/whole_file.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

// A training run may be short, so it is recorded again and again, but not for ever.
constexpr int kMostRecordings = 200;
constexpr double kMostMismatches = 10;  // percent

std::string Tail(const std::string& text) {
  constexpr std::size_t kShown = 1500;
  return text.size() <= kShown ? text : "..." + text.substr(text.size() - kShown);
}

Error Failed(const std::string& what, const std::string& command, const ToolRun& run,
             const std::string& remedy) {
  return {ErrorCode::kBadInput,
          fmt::format("{} failed with exit code {}:\n  {}\n{}", what, run.exit_code, command,
                      Tail(run.output)),
          remedy};
}

Result<std::string> CMakeBuild(const PgoProject& project, const BuildFlags& flags,
                               const std::string& folder, const std::string& out) {
  const bool clang = project.family == CompilerFamily::kClang;
  std::string configure =
      fmt::format("cmake -S {} -B {}", ShellQuote(project.cmake_folder), ShellQuote(folder));
  if (!project.preset.empty()) {
    configure = fmt::format("cd {} && cmake --preset {} -B {}", ShellQuote(project.cmake_folder),
                            ShellQuote(project.preset), ShellQuote(folder));
  } else {
    configure += " -DCMAKE_BUILD_TYPE=Release";
  }
  if (clang) {
    configure += fmt::format(" -DCMAKE_C_COMPILER={} -DCMAKE_CXX_COMPILER={}", project.tools.clang,
                             project.tools.clangxx);
  }
  // Added to the project's own flags, whether they stand in its files or in a preset.
  const std::string include = folder + ".flags.cmake";
  if (auto saved = WriteWhole(include, CMakeFlags(flags)); !saved) return saved.error();
  configure += " -DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=" + ShellQuote(include);
  ToolRun run = RunShell(configure);
  if (run.exit_code != 0) return Failed("configuring", configure, run, "configure it by hand");
  const std::string build =
      fmt::format("cmake --build {} --target {}", ShellQuote(folder), ShellQuote(project.target));
  run = RunShell(build);
  if (run.exit_code != 0) return Failed("building", build, run, "build it by hand");
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.path().filename() != project.target || !entry.is_regular_file()) continue;
    fs::copy_file(entry.path(), out, fs::copy_options::overwrite_existing, error);
    if (!error) return out;
  }
  return Error{ErrorCode::kNotFound,
               fmt::format("no program {} was built under {}", project.target, folder),
               "--target must name an executable"};
}

// Functions with samples in llvm-profgen's text result start in the first column.
std::uint64_t CountFunctions(const std::string& listing) {
  std::uint64_t functions = 0;
  for (std::size_t at = 0; (at = listing.find("Function: ", at)) != std::string::npos; ++at) {
    ++functions;
  }
  return functions;
}

void MakeLlvmProfile(const PgoProject& project, const ImageProfile& part, const ElfImage& image,
                     PgoRecording& recording) {
  const ProfileCheck check =
      CheckProfile(part, image, ExportFormat::kLlvm, recording.profile.source);
  if (!check.errors.empty()) {
    recording.llvm_reason = check.errors.front().ToString();
    return;
  }
  for (const std::string& warning : check.warnings) recording.warnings.push_back(warning);
  const std::string input = project.work + "/profile.unsym";
  const std::string output = project.work + "/profile.prof";
  if (auto saved = WriteWhole(input, ExportProfile(part, image, ExportFormat::kLlvm)); !saved) {
    recording.llvm_reason = saved.error().ToString();
    return;
  }
  const std::string command =
      fmt::format("{} --binary={} --unsymbolized-profile={} --output={}", project.tools.profgen,
                  ShellQuote(image.path()), ShellQuote(input), ShellQuote(output));
  const ToolRun run = RunShell(command);
  if (run.exit_code != 0) {
    recording.llvm_reason = Failed("llvm-profgen", command, run, "").message;
    return;
  }
  // An empty profile is written with exit code 0.
  const ToolRun show =
      RunShell(fmt::format("{} show --sample {}", project.tools.profdata, ShellQuote(output)));
  if (show.exit_code != 0 || CountFunctions(show.output) == 0) {
    recording.llvm_reason = "llvm-profgen wrote an empty profile: " + Tail(run.output);
    return;
  }
  recording.llvm_profile = output;
}

}  // namespace

double MismatchPercent(const std::string& output) {
  const auto at = output.find("traces mismatching disassembled function contents");
  if (at == std::string::npos) return -1;
  const auto open = output.find('(', at);
  const auto end_of_line = output.find('\n', at);
  if (open == std::string::npos || open > end_of_line) return -1;
  double share = -1;
  std::from_chars(output.data() + open + 1, output.data() + output.size(), share);
  return share;
}

Result<std::string> BuildVariant(const PgoProject& project, const std::string& name,
                                 const BuildFlags& flags, const std::string& folder) {
  const BuildFlags all = Join(BaseFlags(project.family, project.tools), flags);
  const std::string out = project.work + "/" + name;
  if (!project.cmake_folder.empty()) {
    return CMakeBuild(project, all, folder.empty() ? out + ".build" : folder, out);
  }
  const bool clang = project.family == CompilerFamily::kClang;
  const std::string command =
      FillIn(project.build, {{"cflags", all.compile},
                             {"ldflags", all.link},
                             {"out", out},
                             {"cc", clang ? project.tools.clang : "gcc"},
                             {"cxx", clang ? project.tools.clangxx : "g++"}});
  std::error_code error;
  fs::remove(out, error);
  const ToolRun run = RunShell(command);
  if (run.exit_code != 0) {
    return Failed("building " + name, command, run,
                  run.output.find("libclang_rt.profile") != std::string::npos
                      ? fmt::format("apt-get install libclang-rt-{}-dev", project.tools.version)
                      : "run the command by hand");
  }
  if (!fs::exists(out)) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("the build command did not write {}:\n  {}", out, command),
                 "--build must hold {cflags}, {ldflags} and {out}"};
  }
  return out;
}

Result<PgoRecording> RecordAndConvert(const PgoProject& project, const std::string& binary,
                                      bool for_llvm, bool for_bolt) {
  auto image = ElfImage::Read(binary);
  if (!image) return image.error();
  const Permissions permissions = ReadPermissions("/");
  auto source =
      ChooseBranchSource(FindBranchSources(SystemKernel(), permissions, "/"), project.source);
  if (!source) return source.error();
  PgoRecording recording;
  recording.source = source->name;
  RecordingRequest request;
  request.command = {"/bin/sh", "-c",
                     FillIn(project.train, {{"binary", binary}}) + " > /dev/null 2>&1"};
  request.only = binary;
  request.interval_us = project.interval_us;
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  for (int run = 0; run < kMostRecordings && elapsed() < project.record_limit; ++run) {
    BranchAggregator aggregator(source->name);
    auto end = RecordBranches(request, *source, permissions, aggregator);
    if (!end) return end.error();
    if (end->exit_code != 0) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("the training run ended with exit code {}", end->exit_code),
                   "run it by hand: " + request.command.back()};
    }
    recording.profile.Add(aggregator.profile());
    const auto part = recording.profile.images.find(image->build_id());
    if (part != recording.profile.images.end() &&
        part->second.TakenTotal() >= project.enough_branches) {
      break;
    }
  }
  if (auto saved = WriteWhole(project.work + "/profile.branches", WriteProfile(recording.profile));
      !saved) {
    return saved.error();
  }
  auto part = PartOf(recording.profile, *image);
  if (!part) return part.error();
  if (for_llvm) MakeLlvmProfile(project, **part, *image, recording);
  if (for_bolt) {
    auto fdata = MakeFdata(project, recording.profile, binary, "profile", recording.warnings);
    if (fdata) {
      recording.bolt_profile = *fdata;
    } else {
      recording.bolt_reason = fdata.error().ToString();
    }
  }
  return recording;
}

Result<std::string> MakeFdata(const PgoProject& project, const BranchProfile& profile,
                              const std::string& binary, const std::string& name,
                              std::vector<std::string>& warnings) {
  if (!project.tools.has_bolt()) {
    return Error{ErrorCode::kNotFound, "BOLT is not installed",
                 fmt::format("apt-get install bolt-{}", project.tools.version)};
  }
  auto image = ElfImage::Read(binary);
  if (!image) return image.error();
  auto part = PartOf(profile, *image);
  if (!part) return part.error();
  const ProfileCheck check = CheckProfile(**part, *image, ExportFormat::kBolt, profile.source);
  if (!check.errors.empty()) return check.errors.front();
  const std::string input = project.work + "/" + name + ".preagg";
  const std::string output = project.work + "/" + name + ".fdata";
  if (auto saved = WriteWhole(input, ExportProfile(**part, *image, ExportFormat::kBolt)); !saved) {
    return saved.error();
  }
  const std::string command =
      fmt::format("{} {} -pa -p {} -o {}", project.tools.perf2bolt, ShellQuote(binary),
                  ShellQuote(input), ShellQuote(output));
  const ToolRun run = RunShell(command);
  if (run.exit_code != 0) return Failed("perf2bolt", command, run, "");
  std::error_code error;
  if (fs::file_size(output, error) == 0 || error) {
    return Error{ErrorCode::kBadInput, "perf2bolt wrote an empty profile: " + Tail(run.output), ""};
  }
  const double mismatches = MismatchPercent(run.output);
  if (mismatches > kMostMismatches) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{:.1f} % of the ranges do not fit the binary's code", mismatches),
                 "the profile is of another build: record again"};
  }
  if (mismatches > 2) {
    warnings.push_back(
        fmt::format("perf2bolt: {:.1f} % of the ranges do not fit the code", mismatches));
  }
  return output;
}

Result<std::string> RunBolt(const PgoProject& project, const std::string& binary,
                            const std::string& fdata, const std::string& name) {
  const std::string out = project.work + "/" + name;
  const std::string command = fmt::format(
      "{} {} -data={} -o {} -reorder-blocks=ext-tsp -reorder-functions=hfsort -split-functions "
      "-split-all-cold -split-eh -icf=1 -dyno-stats",
      project.tools.bolt, ShellQuote(binary), ShellQuote(fdata), ShellQuote(out));
  const ToolRun run = RunShell(command);
  if (run.exit_code != 0) return Failed("llvm-bolt", command, run, "");
  return out;
}

Result<std::string> BuildInstrumented(const PgoProject& project) {
  const std::string raw = project.work + "/raw";
  const std::string merged = project.work + "/instrumented.profdata";
  fs::remove_all(raw);
  fs::create_directories(raw);
  // One folder and one name for both builds: GCC finds its counts by them.
  const std::string folder = project.work + "/instrumented.build";
  auto generated =
      BuildVariant(project, "instrumented", GenerateFlags(project.family, raw), folder);
  if (!generated) return generated.error();
  const std::string train = FillIn(project.train, {{"binary", *generated}}) + " > /dev/null";
  ToolRun run = RunShell(train);
  if (run.exit_code != 0) return Failed("the instrumented run", train, run, "");
  if (project.family == CompilerFamily::kClang) {
    const std::string merge = fmt::format("{} merge -o {} {}", project.tools.profdata,
                                          ShellQuote(merged), ShellQuote(raw));
    run = RunShell(merge);
    if (run.exit_code != 0) {
      return Failed("llvm-profdata merge", merge, run,
                    "the program must end by exit or return for its counts to be written");
    }
  }
  return BuildVariant(project, "instrumented", UseFlags(project.family, merged), folder);
}

}  // namespace pmubench
