#include "cli/suite_binary.h"

#include <fmt/format.h>

#include <cstdlib>

#include "cli/program_folder.h"
#include "platform/text.h"
#include "runner/child.h"
#include "runner/workloads.h"

namespace pmubench {

Result<std::filesystem::path> SuiteBinary(const std::string& name) {
  if (name.find('/') != std::string::npos) return std::filesystem::path(name);
  const auto workload = FindWorkload(name.empty() ? "suite" : name);
  if (workload) {
    const char* path = std::getenv("PATH");
    return LocateWorkload(*workload, ProgramFolder(), path == nullptr ? "" : path);
  }
  if (std::filesystem::exists(name)) return std::filesystem::path(name);
  return Error{workload.error().code,
               fmt::format("'{}' is neither a bundled workload nor a file here", name),
               workload.error().remedy + " (`pmubench list workloads` shows them)"};
}

Result<std::vector<std::string>> ListBenchmarks(const std::filesystem::path& binary,
                                                const std::vector<std::string>& arguments) {
  ChildOptions options;
  options.command = {std::filesystem::absolute(binary).string()};
  options.command.insert(options.command.end(), arguments.begin(), arguments.end());
  options.command.emplace_back("--benchmark_list_tests=true");
  options.output = ChildOptions::Output::kCapture;
  auto child = Child::Start(options);
  if (!child) return child.error();
  if (auto released = child->Release(); !released) return released.error();
  const ChildEnd end = child->Wait();
  auto names = SplitList(child->output(), '\n');
  if (end.exit_code != 0 || names.empty()) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format("{} lists no benchmarks (exit code {})", binary.string(), end.exit_code),
        "is it a Google Benchmark binary, and does --benchmark_filter match?"};
  }
  return names;
}

}  // namespace pmubench
