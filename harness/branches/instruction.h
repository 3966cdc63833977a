// Just enough of two instruction sets to tell control transfers from other instructions.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace pmubench {

enum class Machine : std::uint8_t { kUnknown, kX86_64, kAArch64 };

/// "x86-64", "aarch64", "unknown".
[[nodiscard]] std::string ToString(Machine machine);
[[nodiscard]] Machine MachineFromName(const std::string& name);
/// The machine this program was built for.
[[nodiscard]] Machine HostMachine();

enum class BranchKind : std::uint8_t {
  kNone,
  kConditional,
  kJump,
  kCall,
  kIndirectJump,
  kIndirectCall,
  kReturn,
  kSystem,     ///< enters the kernel: syscall, svc, int
  kExclusive,  ///< load-exclusive: stepping between it and its store makes the store fail forever
};

struct Instruction {
  BranchKind kind = BranchKind::kNone;
  int length = 0;  ///< bytes; 0 where the kind is kNone on x86-64

  [[nodiscard]] bool is_branch() const {
    return kind != BranchKind::kNone && kind != BranchKind::kSystem &&
           kind != BranchKind::kExclusive;
  }
};

/// Decodes the instruction at the start of `bytes` (16 suffice). Pure; kNone where it is no
/// control transfer or the bytes end too early.
[[nodiscard]] Instruction Decode(Machine machine, std::span<const std::uint8_t> bytes);

[[nodiscard]] Instruction DecodeX86(std::span<const std::uint8_t> bytes);
[[nodiscard]] Instruction DecodeAArch64(std::uint32_t word);

}  // namespace pmubench
