#include "branches/tracee.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "platform/files.h"

namespace pmubench {

std::vector<CodeMapping> ParseMaps(std::uint32_t pid, const std::string& text) {
  std::vector<CodeMapping> mappings;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    unsigned long long start = 0;
    unsigned long long end = 0;
    unsigned long long offset = 0;
    std::array<char, 8> permissions{};
    int path_at = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx %7s %llx %*s %*s %n", &start, &end, permissions.data(),
                    &offset, &path_at) < 4) {
      continue;
    }
    if (permissions[2] != 'x' || end <= start) continue;
    CodeMapping mapping;
    mapping.pid = pid;
    mapping.start = start;
    mapping.length = end - start;
    mapping.file_offset = offset;
    if (path_at > 0) mapping.path = line.substr(static_cast<std::size_t>(path_at));
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

Tracee::Tracee(pid_t pid) : pid_(pid) { Reset(); }

Tracee::~Tracee() {
  if (memory_ >= 0) close(memory_);
}

bool Tracee::Runs(const std::string& path) const {
  if (path.empty()) return true;
  std::error_code failed;
  const auto exe = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid_), failed);
  return !failed && exe == std::filesystem::weakly_canonical(path, failed);
}

std::vector<CodeMapping> Tracee::Refresh() {
  const auto text = ReadText(fmt::format("/proc/{}/maps", pid_));
  if (!text) return {};
  std::vector<CodeMapping> now = ParseMaps(static_cast<std::uint32_t>(pid_), *text);
  std::vector<CodeMapping> changed;
  for (const CodeMapping& mapping : now) {
    if (std::find(mappings_.begin(), mappings_.end(), mapping) == mappings_.end()) {
      changed.push_back(mapping);
    }
  }
  if (!changed.empty()) decoded_.clear();
  mappings_ = std::move(now);
  return changed;
}

void Tracee::Reset() {
  if (memory_ >= 0) close(memory_);
  memory_ = open(fmt::format("/proc/{}/mem", pid_).c_str(), O_RDONLY | O_CLOEXEC);
  mappings_.clear();
  decoded_.clear();
}

const CodeMapping* Tracee::MappingOf(std::uint64_t address) const {
  for (const CodeMapping& mapping : mappings_) {
    if (address - mapping.start < mapping.length) return &mapping;
  }
  return nullptr;
}

bool Tracee::Knows(std::uint64_t address) const { return MappingOf(address) != nullptr; }

Instruction Tracee::InstructionAt(std::uint64_t address) {
  if (const auto known = decoded_.find(address); known != decoded_.end()) return known->second;
  std::array<std::uint8_t, 16> bytes{};
  const ssize_t got = pread(memory_, bytes.data(), bytes.size(), static_cast<off_t>(address));
  if (got <= 0) return {};
  const Instruction instruction =
      Decode(HostMachine(), std::span(bytes).first(static_cast<std::size_t>(got)));
  // JIT code may change under its address.
  const CodeMapping* mapping = MappingOf(address);
  if (mapping != nullptr && mapping->path.starts_with('/')) decoded_[address] = instruction;
  return instruction;
}

pid_t ProcessOf(pid_t tid) {
  const auto status = ReadText(fmt::format("/proc/{}/status", tid));
  if (!status) return 0;
  const auto group = FieldOf(*status, "Tgid");
  return group ? std::atoi(group->c_str()) : 0;
}

char StateOf(pid_t pid, pid_t tid) {
  const auto stat = ReadText(fmt::format("/proc/{}/task/{}/stat", pid, tid));
  if (!stat) return 0;
  // The name in parentheses may hold anything.
  const auto close_at = stat->rfind(')');
  return close_at != std::string::npos && close_at + 2 < stat->size() ? (*stat)[close_at + 2] : 0;
}

std::vector<pid_t> ThreadsOf(pid_t pid) {
  std::vector<pid_t> threads;
  for (const std::string& name : ListNames(fmt::format("/proc/{}/task", pid))) {
    threads.push_back(std::atoi(name.c_str()));
  }
  return threads;
}

std::uint64_t ProgramCounter(pid_t tid) {
#if defined(__x86_64__)
  errno = 0;
  const long pc = ptrace(PTRACE_PEEKUSER, tid, offsetof(user_regs_struct, rip), nullptr);
  return errno == 0 ? static_cast<std::uint64_t>(pc) : 0;
#elif defined(__aarch64__)
  user_regs_struct registers{};
  iovec buffer{&registers, sizeof registers};
  if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &buffer) != 0) return 0;
  return registers.pc;
#else
  (void)tid;
  return 0;
#endif
}

}  // namespace pmubench
