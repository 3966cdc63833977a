#include "cli/pgo_tools.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "platform/files.h"
#include "platform/text.h"

namespace pmubench {
namespace {

std::string IfThere(const std::string& path) {
  return access(path.c_str(), X_OK) == 0 ? path : std::string();
}

}  // namespace

ToolRun RunShell(const std::string& command, const std::string& folder) {
  ToolRun run;
  const std::string line = (folder.empty() ? "" : "cd " + ShellQuote(folder) + " && ") + "{ " +
                           command + "\n} 2>&1 < /dev/null";
  std::FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) return {127, "cannot start a shell"};
  char block[4096];
  for (std::size_t got; (got = fread(block, 1, sizeof block, pipe)) > 0;) {
    run.output.append(block, got);
  }
  const int status = pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

Result<LlvmTools> FindLlvm(int wanted, const std::string& root) {
  LlvmTools best;
  for (const std::string& name : ListNames(root + "/usr/lib")) {
    if (!name.starts_with("llvm-")) continue;
    const auto version = ParseUnsigned(name.substr(5));
    if (!version) continue;
    LlvmTools tools;
    tools.version = static_cast<int>(*version);
    tools.folder = root + "/usr/lib/" + name + "/bin";
    tools.clang = IfThere(tools.folder + "/clang");
    tools.clangxx = IfThere(tools.folder + "/clang++");
    tools.lld = IfThere(tools.folder + "/ld.lld");
    tools.profgen = IfThere(tools.folder + "/llvm-profgen");
    tools.profdata = IfThere(tools.folder + "/llvm-profdata");
    tools.bolt = IfThere(tools.folder + "/llvm-bolt");
    tools.perf2bolt = IfThere(tools.folder + "/perf2bolt");
    const bool fits = wanted == 0 ? tools.version >= kOldestLlvm : tools.version == wanted;
    const bool whole = tools.has_compiler() && !tools.profgen.empty() && !tools.profdata.empty();
    if (fits && whole && tools.version > best.version) best = tools;
  }
  if (best.version != 0) return best;
  const int version = wanted == 0 ? 19 : wanted;
  return Error{ErrorCode::kNotFound,
               wanted == 0
                   ? fmt::format("no LLVM of version {} or newer with clang, lld and llvm-profgen",
                                 kOldestLlvm)
                   : fmt::format("LLVM {} is not there with clang, lld and llvm-profgen", wanted),
               fmt::format("apt-get install clang-{0} lld-{0} llvm-{0} bolt-{0} "
                           "libclang-rt-{0}-dev libbolt-{0}-dev",
                           version)};
}

int MajorVersionIn(const std::string& output) {
  // The first word that looks like 19.1.7.
  for (std::size_t at = 0; at < output.size(); ++at) {
    const bool starts = std::isdigit(static_cast<unsigned char>(output[at])) != 0 &&
                        (at == 0 || output[at - 1] == ' ');
    if (!starts) continue;
    const auto end = output.find_first_not_of("0123456789", at);
    if (end != std::string::npos && output[end] == '.') return std::atoi(output.c_str() + at);
  }
  return 0;
}

Result<void> CheckVersions(const LlvmTools& tools) {
  const std::pair<const std::string*, const char*> known[] = {{&tools.clang, "clang"},
                                                              {&tools.lld, "lld"},
                                                              {&tools.profgen, "llvm"},
                                                              {&tools.bolt, "bolt"}};
  for (const auto& [path, package] : known) {
    if (path->empty()) continue;
    const ToolRun run = RunShell(*path + " --version");
    const int version = MajorVersionIn(run.output);
    if (run.exit_code == 0 && version == tools.version) continue;
    return Error{ErrorCode::kBadInput,
                 run.exit_code == 0
                     ? fmt::format("{} is of version {}, not {}", *path, version, tools.version)
                     : fmt::format("{} does not run: {}", *path, run.output),
                 fmt::format("apt-get install --reinstall {}-{}", package, tools.version)};
  }
  return {};
}

Result<void> CheckCMake() {
  const ToolRun run = RunShell("cmake --version");
  if (run.exit_code != 0) {
    return Error{ErrorCode::kNotFound, "cmake is not installed", "apt-get install cmake"};
  }
  const auto at = run.output.find("version ");
  int major = 0;
  int minor = 0;
  if (at == std::string::npos ||
      std::sscanf(run.output.c_str() + at, "version %d.%d", &major, &minor) != 2 ||
      std::pair(major, minor) >= std::pair(3, 24)) {
    return {};
  }
  return Error{ErrorCode::kBadInput,
               fmt::format("CMake {}.{} is too old: flags can be added to a project since 3.24",
                           major, minor),
               "use --build with a command of your own, or a newer CMake"};
}

std::string TemporaryFile() {
  std::string path = std::filesystem::temp_directory_path() / "pmubench-XXXXXX";
  const int descriptor = mkstemp(path.data());
  if (descriptor >= 0) close(descriptor);
  return path;
}

Result<std::string> PrintPerfData(const std::string& path) {
  if (RunShell("command -v perf").exit_code != 0) {
    return Error{ErrorCode::kNotFound, "perf is not installed", "apt-get install linux-perf"};
  }
  std::string text = TemporaryFile();
  const ToolRun run =
      RunShell(fmt::format("perf script -i {} -F pid,ip,brstack --show-mmap-events > {} 2> {}",
                           ShellQuote(path), ShellQuote(text), ShellQuote(text + ".err")));
  const std::string messages = ReadText(text + ".err").value_or("");
  std::filesystem::remove(text + ".err");
  if (run.exit_code == 0) return text;
  std::filesystem::remove(text);
  return Error{ErrorCode::kBadInput, fmt::format("perf script cannot read {}: {}", path, messages),
               "record with `perf record -j any,u`"};
}

}  // namespace pmubench
