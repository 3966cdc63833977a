#include "branches/instruction.h"

#include <cstring>

namespace pmubench {
namespace {

bool IsLegacyPrefix(std::uint8_t byte) {
  switch (byte) {
    case 0x66:
    case 0x67:
    case 0xF2:  // "bnd" on branches
    case 0xF3:  // "rep ret"
    case 0x2E:
    case 0x3E:  // "notrack", branch hints
    case 0x26:
    case 0x36:
    case 0x64:
    case 0x65:
      return true;
    default:
      return false;
  }
}

// Bytes of ModRM, SIB and displacement that start at `bytes[at]`; 0 where they are cut off.
int ModRmLength(std::span<const std::uint8_t> bytes, std::size_t at) {
  if (at >= bytes.size()) return 0;
  const int mod = bytes[at] >> 6;
  const int rm = bytes[at] & 7;
  if (mod == 3) return 1;
  int length = 1;
  if (rm == 4) {
    if (at + 1 >= bytes.size()) return 0;
    ++length;
    if (mod == 0 && (bytes[at + 1] & 7) == 5) length += 4;
  }
  if (mod == 0 && rm == 5) length += 4;
  if (mod == 1) length += 1;
  if (mod == 2) length += 4;
  return length;
}

}  // namespace

std::string ToString(Machine machine) {
  switch (machine) {
    case Machine::kX86_64:
      return "x86-64";
    case Machine::kAArch64:
      return "aarch64";
    case Machine::kUnknown:
      break;
  }
  return "unknown";
}

Machine MachineFromName(const std::string& name) {
  if (name == "x86-64") return Machine::kX86_64;
  if (name == "aarch64") return Machine::kAArch64;
  return Machine::kUnknown;
}

Machine HostMachine() {
#if defined(__x86_64__)
  return Machine::kX86_64;
#elif defined(__aarch64__)
  return Machine::kAArch64;
#else
  return Machine::kUnknown;
#endif
}

Instruction DecodeX86(std::span<const std::uint8_t> bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && IsLegacyPrefix(bytes[at])) ++at;
  if (at < bytes.size() && (bytes[at] & 0xF0) == 0x40) ++at;  // REX
  if (at >= bytes.size()) return {};
  const auto of = [&](BranchKind kind, int after_opcode) -> Instruction {
    const int length = static_cast<int>(at) + 1 + after_opcode;
    if (static_cast<std::size_t>(length) > bytes.size()) return {};
    return {kind, length};
  };
  const std::uint8_t opcode = bytes[at];
  if ((opcode >= 0x70 && opcode <= 0x7F) || (opcode >= 0xE0 && opcode <= 0xE3)) {
    return of(BranchKind::kConditional, 1);
  }
  switch (opcode) {
    case 0xEB:
      return of(BranchKind::kJump, 1);
    case 0xE9:
      return of(BranchKind::kJump, 4);
    case 0xE8:
      return of(BranchKind::kCall, 4);
    case 0xC3:
    case 0xCB:
      return of(BranchKind::kReturn, 0);
    case 0xC2:
    case 0xCA:
      return of(BranchKind::kReturn, 2);
    case 0xCD:
      return of(BranchKind::kSystem, 1);
    default:
      break;
  }
  if (opcode == 0x0F && at + 1 < bytes.size()) {
    const std::uint8_t second = bytes[at + 1];
    if (second >= 0x80 && second <= 0x8F) return of(BranchKind::kConditional, 5);
    if (second == 0x05 || second == 0x34) return of(BranchKind::kSystem, 1);
  }
  if (opcode == 0xFF && at + 1 < bytes.size()) {
    const int length = ModRmLength(bytes, at + 1);
    if (length == 0) return {};
    switch (bytes[at + 1] >> 3 & 7) {
      case 2:
      case 3:
        return of(BranchKind::kIndirectCall, length);
      case 4:
      case 5:
        return of(BranchKind::kIndirectJump, length);
      default:
        break;
    }
  }
  return {};
}

Instruction DecodeAArch64(std::uint32_t word) {
  if ((word & 0xFC000000) == 0x14000000) return {BranchKind::kJump, 4};         // B
  if ((word & 0xFC000000) == 0x94000000) return {BranchKind::kCall, 4};         // BL
  if ((word & 0xFF000000) == 0x54000000) return {BranchKind::kConditional, 4};  // B.cond, BC.cond
  if ((word & 0x7E000000) == 0x34000000) return {BranchKind::kConditional, 4};  // CBZ, CBNZ
  if ((word & 0x7E000000) == 0x36000000) return {BranchKind::kConditional, 4};  // TBZ, TBNZ
  if ((word & 0xFE000000) == 0xD6000000) {
    // Bits 22-21 select; bit 24 is set in the authenticated forms with a modifier.
    switch (word >> 21 & 3) {
      case 0:
        return {BranchKind::kIndirectJump, 4};
      case 1:
        return {BranchKind::kIndirectCall, 4};
      default:
        return {BranchKind::kReturn, 4};
    }
  }
  if ((word & 0xFFE0001F) == 0xD4000001) return {BranchKind::kSystem, 4};  // SVC
  // LDXR, LDAXR, LDXP, LDAXP and their byte and half forms.
  if ((word & 0x3FC00000) == 0x08400000) return {BranchKind::kExclusive, 4};
  return {BranchKind::kNone, 4};
}

Instruction Decode(Machine machine, std::span<const std::uint8_t> bytes) {
  if (machine == Machine::kX86_64) return DecodeX86(bytes);
  if (machine == Machine::kAArch64 && bytes.size() >= 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    return DecodeAArch64(word);
  }
  return {};
}

}  // namespace pmubench
