#include "cli/pgo_measure.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <random>
#include <regex>
#include <sstream>

#include "branches/profile.h"
#include "cli/pgo_tools.h"
#include "cli/pgo_variants.h"
#include "platform/files.h"
#include "platform/text.h"
#include "platform/whole_file.h"

namespace pmubench {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

Result<double> ValueOf(const TimedRun& run, const MeasureOptions& options,
                       const std::regex& pattern) {
  switch (options.measure) {
    case Measure::kCpuTime:
      return run.cpu_seconds;
    case Measure::kWallTime:
      return run.wall_seconds;
    case Measure::kOutput:
      break;
  }
  std::smatch match;
  double value = 0;
  if (std::regex_search(run.output, match, pattern) && match.size() > 1) {
    const std::string text = match[1];
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{} &&
        value > 0) {
      return value;
    }
  }
  return Error{
      ErrorCode::kBadInput,
      fmt::format("the run's output has no positive number for \"{}\"", options.value_pattern),
      "give a regular expression with one group, e.g. 'seconds: ([0-9.]+)'"};
}

// The number behind `key` in "key=12/34 ..." or "key=12 ...".
std::uint64_t CountAfter(std::string_view line, std::size_t key) {
  std::uint64_t value = 0;
  std::from_chars(line.data() + key, line.data() + line.size(), value);
  return value;
}

// The n-th word of a line; "" where there are fewer.
std::string Word(const std::string& line, int n) {
  std::istringstream words(line);
  std::string word;
  for (int i = 0; i <= n; ++i) {
    if (!(words >> word)) return "";
  }
  return word;
}

}  // namespace

TimedRun RunTimed(const std::string& command, int cpu, bool keep_output) {
  TimedRun run;
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return {0, 0, 127, ""};
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    if (cpu >= 0) {
      cpu_set_t set;
      CPU_ZERO(&set);
      CPU_SET(cpu, &set);
      sched_setaffinity(0, sizeof set, &set);
    }
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, 0);
    dup2(keep_output ? output[1] : nothing, 1);
    dup2(nothing, 2);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  close(output[1]);
  if (child < 0) {
    close(output[0]);
    return {0, 0, 127, ""};
  }
  char block[65536];
  for (ssize_t got; (got = read(output[0], block, sizeof block)) > 0;) {
    run.output.append(block, static_cast<std::size_t>(got));
  }
  close(output[0]);
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  run.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  run.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

Result<void> MeasureInTurns(std::vector<MeasuredBuild>& builds, const MeasureOptions& options) {
  std::regex pattern;
  try {
    pattern = std::regex(options.value_pattern);
  } catch (const std::regex_error&) {
    return Error{ErrorCode::kUsage,
                 fmt::format("\"{}\" is not a regular expression", options.value_pattern), ""};
  }
  std::mt19937_64 random(options.seed);
  std::vector<std::size_t> order(builds.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (int round = 0; round <= options.rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t i : order) {
      const TimedRun run =
          RunTimed(builds[i].command, options.cpu, options.measure == Measure::kOutput);
      if (run.exit_code != 0) {
        return Error{ErrorCode::kBadInput,
                     fmt::format("the build \"{}\" ended with exit code {} while it was measured",
                                 builds[i].name, run.exit_code),
                     "run it by hand: " + builds[i].command};
      }
      auto value = ValueOf(run, options, pattern);
      if (!value) return value.error();
      if (round > 0) builds[i].values.push_back(*value);
    }
    if (isatty(STDERR_FILENO) != 0) {
      fmt::print(stderr, "\rmeasuring: round {} of {}", round, options.rounds);
      if (round == options.rounds) fmt::print(stderr, "\n");
    }
  }
  return {};
}

Result<InstructionCounts> ParseCallgrind(const std::string& text) {
  InstructionCounts counts;
  std::vector<std::string> events;
  bool totals = false;
  std::uint64_t repeats = 0;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with("events: ")) {
      std::istringstream words(line.substr(8));
      for (std::string word; words >> word;) events.push_back(word);
    } else if (line.starts_with("totals: ")) {
      std::istringstream words(line.substr(8));
      std::uint64_t value = 0;
      for (std::size_t i = 0; i < events.size() && words >> value; ++i) {
        if (events[i] == "Ir") counts.instructions = value;
        if (events[i] == "I1mr") counts.l1i_misses = value;
        if (events[i] == "Bcm" || events[i] == "Bim") counts.mispredicted += value;
      }
      totals = true;
    } else if (line.starts_with("jcnd=") || line.starts_with("jump=")) {
      const std::uint64_t taken = CountAfter(line, 5);
      const std::string target = Word(line, 1);
      std::getline(lines, line);
      // A repeated string instruction ("rep stosb") is one, but counted once for each turn, and as
      // a jump to itself.
      if (Word(line, 0) == target) {
        repeats += taken;
      } else {
        counts.taken_branches += taken;
      }
    } else if (line.starts_with("calls=")) {
      counts.taken_branches += 2 * CountAfter(line, 6);  // and its return
    }
  }
  counts.instructions -= std::min(repeats, counts.instructions);
  if (!totals || counts.instructions == 0) {
    return Error{ErrorCode::kBadInput, "callgrind wrote no counts", "does --count start {binary}?"};
  }
  return counts;
}

Result<InstructionCounts> CountInstructions(const std::string& command, const std::string& binary,
                                            const std::string& folder) {
  namespace fs = std::filesystem;
  if (RunShell("command -v valgrind").exit_code != 0) {
    return Error{ErrorCode::kNotFound, "valgrind is not installed", "apt-get install valgrind"};
  }
  const std::string place = folder + "/counted";
  std::error_code error;
  fs::remove_all(place, error);
  fs::create_directories(place, error);
  // A program that takes the binary's place, so that a script which starts it is counted rightly.
  const std::string wrapper = place + "/" + fs::path(binary).filename().string();
  const auto count = [&](const std::string& program) -> Result<ToolRun> {
    const std::string text = fmt::format(
        "#!/bin/sh\nexec valgrind -q --tool=callgrind --collect-jumps=yes --dump-instr=yes "
        "--compress-pos=no --cache-sim=yes --branch-sim=yes --callgrind-out-file={} {} \"$@\"\n",
        ShellQuote(place + "/out.%p"), ShellQuote(program));
    if (auto saved = WriteWhole(wrapper, text); !saved) return saved.error();
    fs::permissions(wrapper, fs::perms::owner_all, error);
    return RunShell("{ " + FillIn(command, {{"binary", wrapper}}) + "\n} > /dev/null");
  };
  auto tried = count(binary);
  if (!tried) return tried.error();
  // valgrind 3.19 gives up on some of what clang 19 writes for debuggers, which counting does not
  // need; strip in turn breaks some of what BOLT wrote.
  const std::string bare = place + "/program";
  if (tried->exit_code != 0 &&
      RunShell(fmt::format("strip --strip-debug -o {} {}", ShellQuote(bare), ShellQuote(binary)))
              .exit_code == 0) {
    for (const std::string& name : ListNames(place)) {
      if (name.starts_with("out.")) fs::remove(place + "/" + name, error);
    }
    tried = count(bare);
    if (!tried) return tried.error();
  }
  const ToolRun& run = *tried;
  if (run.exit_code != 0) {
    return Error{
        ErrorCode::kBadInput,
        fmt::format(
            "under valgrind the command ended with exit code {}: {}", run.exit_code,
            run.output.substr(run.output.size() - std::min<std::size_t>(run.output.size(), 500))),
        "give a command that runs there with --count"};
  }
  InstructionCounts sum;
  for (const std::string& name : ListNames(place)) {
    if (!name.starts_with("out.")) continue;
    auto counts = ParseCallgrind(ReadText(place + "/" + name).value_or(""));
    if (!counts) return counts.error();
    sum.instructions += counts->instructions;
    sum.taken_branches += counts->taken_branches;
    sum.l1i_misses += counts->l1i_misses;
    sum.mispredicted += counts->mispredicted;
  }
  fs::remove_all(place, error);
  if (sum.instructions != 0) return sum;
  return Error{ErrorCode::kBadInput, "callgrind wrote no counts", "does --count start {binary}?"};
}

std::string WithoutValues(const std::string& output, const std::string& value_pattern) {
  if (value_pattern.empty()) return output;
  std::string rest;
  try {
    const std::regex pattern(value_pattern);
    auto at = output.cbegin();
    for (std::smatch match; std::regex_search(at, output.cend(), match, pattern);) {
      if (match.size() < 2 || !match[1].matched || match[0].length() == 0) break;
      rest.append(at, match[1].first);
      rest += '#';
      at = match[1].second;
    }
    return rest.append(at, output.cend());
  } catch (const std::regex_error&) {
    return output;
  }
}

}  // namespace pmubench
