#include "branches/perf_script.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>
#include <vector>

#include "platform/files.h"

namespace pmubench {
namespace {

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const auto end = line.find_first_of(" \t");
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end);
  }
}

std::optional<std::uint64_t> Number(std::string_view text, int base) {
  if (base == 16 && text.starts_with("0x")) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Entry {
  Branch branch;
  bool taken = true;
};

// 0xFROM/0xTO/M/-/-/CYCLES[/TYPE/...]; with `-F brstack,dso` the addresses carry "(path)".
std::optional<Entry> ParseEntry(std::string_view word) {
  if (!word.starts_with("0x")) return std::nullopt;
  std::array<std::string_view, 6> parts;
  std::size_t count = 0;
  // A path in parentheses holds slashes of its own.
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= word.size() && count < parts.size(); ++i) {
    if (i < word.size() && word[i] == '(') ++depth;
    if (i < word.size() && word[i] == ')') --depth;
    if (i == word.size() || (word[i] == '/' && depth == 0)) {
      parts[count++] = word.substr(start, i - start);
      start = i + 1;
    }
  }
  if (count < 3) return std::nullopt;
  const auto from = Number(parts[0].substr(0, parts[0].find('(')), 16);
  const auto to = Number(parts[1].substr(0, parts[1].find('(')), 16);
  if (!from || !to) return std::nullopt;
  Entry entry;
  entry.branch.from = *from;
  entry.branch.to = *to;
  const std::string_view flags = parts[2];
  if (flags.find('M') != std::string_view::npos) {
    entry.branch.prediction = Prediction::kWrong;
  } else if (flags.find('P') != std::string_view::npos) {
    entry.branch.prediction = Prediction::kRight;
  }
  entry.taken = flags.find('N') == std::string_view::npos;
  if (count > 5) {
    if (const auto cycles = Number(parts[5], 10)) {
      entry.branch.cycles = static_cast<std::uint16_t>(*cycles & 0xFFFF);
    }
  }
  return entry;
}

// "... PERF_RECORD_MMAP2 PID/TID: [0xSTART(0xLEN) @ 0xOFF maj:min ino gen]: r-xp PATH"
std::optional<CodeMapping> ParseMapping(const std::string& line) {
  const auto at = line.find("PERF_RECORD_MMAP");
  if (at == std::string::npos) return std::nullopt;
  unsigned pid = 0;
  unsigned long long start = 0;
  unsigned long long length = 0;
  unsigned long long offset = 0;
  const auto space_before_pid = line.find(' ', at);
  if (space_before_pid == std::string::npos ||
      std::sscanf(line.c_str() + space_before_pid, " %u/%*d: [%llx(%llx) @ %llx", &pid, &start,
                  &length, &offset) != 4) {
    return std::nullopt;
  }
  const auto close = line.find("]: ", at);
  if (close == std::string::npos) return std::nullopt;
  const std::string_view tail = std::string_view(line).substr(close + 3);
  const auto space = tail.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  // MMAP without the 2 says "x" or "r" only.
  if (tail.substr(0, space).find('x') == std::string_view::npos) return std::nullopt;
  CodeMapping mapping;
  mapping.pid = pid;
  mapping.start = start;
  mapping.length = length;
  mapping.file_offset = offset;
  mapping.path = Trim(tail.substr(space + 1));
  return mapping;
}

// The last decimal word before the branches, PID or PID/TID, and the last address before them.
void ReadHead(const std::vector<std::string_view>& words, std::size_t count, BranchSample& sample) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view word = words[i];
    const auto slash = word.find('/');
    const auto pid = Number(word.substr(0, slash), 10);
    const bool last = i + 1 == count;
    if (pid && sample.pid == 0 && (!last || slash != std::string_view::npos) &&
        word.find(':') == std::string_view::npos) {
      sample.pid = static_cast<std::uint32_t>(*pid);
      sample.tid = sample.pid;
      if (slash != std::string_view::npos) {
        if (const auto tid = Number(word.substr(slash + 1), 10)) {
          sample.tid = static_cast<std::uint32_t>(*tid);
        }
      }
    } else if (const auto address = Number(word, 16)) {
      sample.ip = *address;
    }
  }
}

}  // namespace

Result<ImportReport> ImportPerfScript(std::istream& text, const std::string& name,
                                      BranchSink& sink) {
  ImportReport report;
  std::string line;
  std::uint64_t repeats = 1;
  std::uint64_t frame = 0;  // youngest frame of a call chain printed before its stack
  std::uint32_t chain_pid = 0;
  bool symbolic = false;
  while (std::getline(text, line)) {
    if (line.find("PERF_RECORD_") != std::string::npos) {
      if (const auto mapping = ParseMapping(line)) {
        sink.OnMapping(*mapping);
        ++report.mappings;
      } else if (const auto at = line.find("PERF_RECORD_LOST lost "); at != std::string::npos) {
        sink.OnLost(ParseUnsigned(Trim(line.substr(at + 22))).value_or(1));
      }
      continue;
    }
    const std::vector<std::string_view> words = Words(line);
    if (words.empty()) {
      frame = 0;
      continue;
    }
    BranchSample sample;
    std::size_t first = words.size();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto entry = ParseEntry(words[i]);
      if (!entry) continue;
      if (first == words.size()) first = i;
      // A branch that was not taken is no control transfer, and what lies around it is not known.
      if (entry->taken) sample.branches.push_back(entry->branch);
      sample.complete = sample.complete && entry->taken;
    }
    if (first == words.size()) {
      if (line.find("+0x") != std::string::npos && line.find("/-/") != std::string::npos) {
        symbolic = true;
      }
      if (words.size() == 1) {
        if (line[0] != ' ' && line[0] != '\t') {
          if (const auto count = Number(words[0], 10)) repeats = *count;
        } else if (const auto address = Number(words[0], 16); address && frame == 0) {
          frame = *address;
        }
      } else {
        BranchSample head;
        ReadHead(words, words.size(), head);
        if (head.pid != 0) chain_pid = head.pid;
      }
      ++report.skipped;
      continue;
    }
    ReadHead(words, first, sample);
    if (sample.ip == 0) sample.ip = frame;
    if (sample.pid == 0) sample.pid = chain_pid;
    sample.repeats = repeats;
    repeats = 1;
    frame = 0;
    ++report.samples;
    sink.OnSample(sample);
  }
  if (report.samples != 0) return report;
  if (symbolic) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} holds symbol names (brstacksym), not addresses", name),
                 "print it with `perf script -F pid,ip,brstack --show-mmap-events`"};
  }
  return Error{ErrorCode::kBadInput, fmt::format("{} holds no branch stack", name),
               "record with `perf record -j any,u`, print with `perf script -F pid,ip,brstack "
               "--show-mmap-events`"};
}

}  // namespace pmubench
