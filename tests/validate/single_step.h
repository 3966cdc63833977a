// Counts what a function retires by stepping through it, without a PMU: the kernel stops the child
// after every instruction. Knows the few instructions that the loops of validate/ are made of.
#pragma once

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <functional>
#include <optional>

#include "branches/instruction.h"
#include "validate/loops.h"

namespace pmubench {

using Bytes = std::array<std::uint8_t, 16>;

struct Place {
  std::uint64_t address = 0;
  Bytes bytes{};
};

inline std::optional<Place> PlaceOf(pid_t pid) {
  user_regs_struct registers{};
  iovec into{&registers, sizeof registers};
  if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &into) != 0) return std::nullopt;
  Place place;
#ifdef __x86_64__
  place.address = registers.rip;
#else
  place.address = registers.pc;
#endif
  iovec local{place.bytes.data(), place.bytes.size()};
  iovec remote{reinterpret_cast<void*>(place.address), place.bytes.size()};
  if (process_vm_readv(pid, &local, 1, &remote, 1, 0) <= 0) return std::nullopt;
  return place;
}

/// Loads, stores and floating point, of x86-64: REX.W moves of memory, a comparison with memory,
/// ADDSD and ADDPD.
inline void CountDataX86(const Bytes& bytes, loops::Step& counts) {
  const bool rex = (bytes[0] & 0xf0) == 0x40;
  const std::uint8_t opcode = bytes[rex ? 1 : 0];
  const bool memory = (bytes[rex ? 2 : 1] & 0xc0) != 0xc0;
  if (memory && (opcode == 0x8b || (opcode == 0x80 && (bytes[rex ? 2 : 1] & 0x38) == 0x38))) {
    ++counts.loads;
  }
  if (memory && opcode == 0x89) ++counts.stores;
  const bool add = bytes[1] == 0x0f && bytes[2] == 0x58;
  if (add && bytes[0] == 0xf2) ++counts.scalar;
  if (add && bytes[0] == 0x66) ++counts.vector;
}

/// The same of AArch64: LDR and STR of 64 bits, LDRB with increment, FADD of a double and of two.
inline void CountDataAArch64(std::uint32_t word, loops::Step& counts) {
  if ((word & 0xffc00000) == 0xf9400000 || (word & 0xffe00c00) == 0x38400400) ++counts.loads;
  if ((word & 0xffc00000) == 0xf9000000) ++counts.stores;
  if ((word & 0xffe0fc00) == 0x1e602800) ++counts.scalar;
  if ((word & 0xffe0fc00) == 0x4e60d400) ++counts.vector;
}

inline void CountInstruction(const Place& at, std::uint64_t next, loops::Step& counts) {
  ++counts.instructions;
  const Instruction branch = Decode(HostMachine(), at.bytes);
  if (branch.is_branch()) {
    ++counts.branches;
    const bool falls = branch.kind == BranchKind::kConditional &&
                       next == at.address + static_cast<std::uint64_t>(branch.length);
    if (!falls) ++counts.taken;
  } else if (HostMachine() == Machine::kX86_64) {
    CountDataX86(at.bytes, counts);
  } else {
    std::uint32_t word = 0;
    std::memcpy(&word, at.bytes.data(), sizeof word);
    CountDataAArch64(word, counts);
  }
}

/// What `run` retires in a child process, with what stands around it: the way back to a stop.
/// Nothing where this process may not trace its children.
inline std::optional<loops::Step> CountBySteps(const std::function<void()>& run) {
  const pid_t pid = fork();
  if (pid == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
    raise(SIGSTOP);
    run();
    raise(SIGSTOP);
    _exit(0);
  }
  loops::Step counts;
  int status = 0;
  bool stepped = waitpid(pid, &status, 0) == pid && WIFSTOPPED(status);
  std::optional<Place> place = stepped ? PlaceOf(pid) : std::nullopt;
  while (place) {
    stepped = ptrace(PTRACE_SINGLESTEP, pid, nullptr, nullptr) == 0 &&
              waitpid(pid, &status, 0) == pid && WIFSTOPPED(status);
    if (!stepped || WSTOPSIG(status) == SIGSTOP) break;
    const std::optional<Place> next = PlaceOf(pid);
    if (next) CountInstruction(*place, next->address, counts);
    place = next;
  }
  const bool whole = place && stepped;
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  return whole ? std::optional(counts) : std::nullopt;
}

}  // namespace pmubench
