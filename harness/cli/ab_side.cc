#include "cli/ab_side.h"

#include <fmt/format.h>
#include <unistd.h>

#include "platform/text.h"
#include "runner/binary_kind.h"
#include "runner/exact_filter.h"
#include "runner/launch_suite.h"
#include "runner/timed_command.h"

namespace pmubench {
namespace {

namespace fs = std::filesystem;

bool IsProgram(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

Error Failed(const AbSide& side, int exit_code) {
  return {ErrorCode::kBadInput, fmt::format("'{}' ended with exit code {}", side.label, exit_code),
          "run it by itself first; both sides have to work to be compared"};
}

template <typename Values>
void Rename(std::map<std::string, Values>& values,
            const std::map<std::string, std::string>& names) {
  std::map<std::string, Values> renamed;
  for (auto& [name, value] : values) {
    if (const auto known = names.find(name); known != names.end()) {
      renamed[known->second] = std::move(value);
    }
  }
  values = std::move(renamed);
}

Result<compare::Launch> LaunchBenchmark(const AbSide& side, ChildOptions::Errors errors) {
  LaunchOptions options;
  options.binary = side.command[0];
  options.arguments.assign(side.command.begin() + 1, side.command.end());
  options.metrics = side.metrics;
  options.out = side.record;
  options.preload = side.preload;
  options.quiet = true;
  options.errors = errors;
  std::error_code ignored;
  fs::remove(side.record, ignored);
  const auto end = LaunchSuite(options);
  if (!end) return end.error();
  if (end->exit_code != 0) return Failed(side, end->exit_code);
  auto launches = compare::ReadLaunches({side.record.string()});
  if (!launches) return launches.error();
  compare::Launch& launch = launches->front();
  launch.source = side.label;
  if (!side.names.empty()) {
    Rename(launch.values, side.names);
    Rename(launch.failed, side.names);
  }
  return std::move(launch);
}

}  // namespace

Result<AbSide> MakeAbSide(const std::string& given, const std::string& folder,
                          const std::vector<std::string>& arguments) {
  AbSide side;
  side.label = given;
  const fs::path program = folder.empty() ? fs::path(given) : fs::path(folder) / given;
  if (IsProgram(program)) {
    side.command = {fs::absolute(program).string()};
    side.command.insert(side.command.end(), arguments.begin(), arguments.end());
    side.is_benchmark = InspectBinary(program).ok();
    return side;
  }
  if (given.find_first_not_of(" \t") == std::string::npos) {
    return Error{ErrorCode::kUsage, "one side is empty", "give a program or a command line"};
  }
  std::string line = folder.empty() ? "" : fmt::format("cd {} || exit 127; ", ShellQuote(folder));
  line += given;
  for (const std::string& argument : arguments) line += " " + ShellQuote(argument);
  side.command = {"/bin/sh", "-c", line};
  return side;
}

Result<AbSide> MakeVariantSide(const std::filesystem::path& program, const std::string& word,
                               const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& names) {
  if (const auto kind = InspectBinary(program); !kind) return kind.error();
  AbSide side;
  side.label = fmt::format("{}, {}", program.filename().string(), word);
  side.command = {fs::absolute(program).string()};
  side.command.insert(side.command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> filter;
  for (const auto& [name, pair] : names) filter.push_back(name);
  side.command.push_back("--benchmark_filter=" + ExactFilter(filter));
  side.is_benchmark = true;
  side.names = names;
  return side;
}

Result<compare::Launch> LaunchSide(const AbSide& side, ChildOptions::Errors errors) {
  if (side.is_benchmark) return LaunchBenchmark(side, errors);
  const auto run = RunTimed(side.command, errors);
  if (!run) return run.error();
  if (run->exit_code != 0) return Failed(side, run->exit_code);
  compare::Launch launch;
  launch.source = side.label;
  auto& metrics = launch.values["command"];
  metrics["wall_time"] = {run->wall_ns};
  metrics["cpu_time"] = {run->cpu_ns};
  if (run->instructions) metrics["instructions"] = {*run->instructions};
  if (run->cycles) metrics["cycles"] = {*run->cycles};
  launch.units = {{"wall_time", "ns"},
                  {"cpu_time", "ns"},
                  {"instructions", "instructions"},
                  {"cycles", "cycles"}};
  // Both sides run here and now.
  launch.fingerprint["machine id"] = "this machine";
  return launch;
}

}  // namespace pmubench
