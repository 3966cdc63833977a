#include "branches/instruction.h"

#include <gtest/gtest.h>

#include <vector>

namespace pmubench {
namespace {

Instruction X86(std::vector<std::uint8_t> bytes) {
  bytes.resize(16, 0x90);
  return DecodeX86(bytes);
}

void Expect(Instruction instruction, BranchKind kind, int length) {
  EXPECT_EQ(instruction.kind, kind);
  EXPECT_EQ(instruction.length, length);
}

TEST(DecodeX86, ControlTransfers) {
  Expect(X86({0x74, 0x05}), BranchKind::kConditional, 2);              // je
  Expect(X86({0x0F, 0x85, 1, 2, 3, 4}), BranchKind::kConditional, 6);  // jne near
  Expect(X86({0xE3, 0x05}), BranchKind::kConditional, 2);              // jrcxz
  Expect(X86({0xEB, 0xFE}), BranchKind::kJump, 2);
  Expect(X86({0xE9, 0, 0, 0, 0}), BranchKind::kJump, 5);
  Expect(X86({0xE8, 0, 0, 0, 0}), BranchKind::kCall, 5);
  Expect(X86({0xC3}), BranchKind::kReturn, 1);
  Expect(X86({0xF3, 0xC3}), BranchKind::kReturn, 2);  // rep ret
  Expect(X86({0xC2, 0x08, 0x00}), BranchKind::kReturn, 3);
  Expect(X86({0xFF, 0xE0}), BranchKind::kIndirectJump, 2);                    // jmp *%rax
  Expect(X86({0x3E, 0xFF, 0xE0}), BranchKind::kIndirectJump, 3);              // notrack jmp
  Expect(X86({0xFF, 0x24, 0xC5, 0, 0, 0, 0}), BranchKind::kIndirectJump, 7);  // jmp *tab(,%rax,8)
  Expect(X86({0xFF, 0x25, 0, 0, 0, 0}), BranchKind::kIndirectJump, 6);        // jmp *x(%rip)
  Expect(X86({0x41, 0xFF, 0xD4}), BranchKind::kIndirectCall, 3);              // call *%r12
  Expect(X86({0xFF, 0x50, 0x10}), BranchKind::kIndirectCall, 3);              // call *16(%rax)
  Expect(X86({0xFF, 0x94, 0x24, 1, 0, 0, 0}), BranchKind::kIndirectCall, 7);  // call *1(%rsp)
  Expect(X86({0x0F, 0x05}), BranchKind::kSystem, 2);
}

TEST(DecodeX86, OtherInstructionsAreNone) {
  Expect(X86({0x48, 0x89, 0xE5}), BranchKind::kNone, 0);  // mov
  Expect(X86({0xFF, 0xC0}), BranchKind::kNone, 0);        // inc
  Expect(X86({0xFF, 0x30}), BranchKind::kNone, 0);        // push
  Expect(X86({0x0F, 0xB6, 0xC0}), BranchKind::kNone, 0);  // movzx
}

TEST(DecodeX86, CutOffBytesAreNone) {
  const std::vector<std::vector<std::uint8_t>> whole = {{0x0F, 0x85, 1, 2, 3, 4},
                                                        {0xE8, 0, 0, 0, 0},
                                                        {0xFF, 0x94, 0x24, 1, 0, 0, 0},
                                                        {0x3E, 0x74, 1}};
  for (const auto& bytes : whole) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(DecodeX86(std::span(bytes).first(size)).is_branch()) << size;
    }
    EXPECT_TRUE(DecodeX86(bytes).is_branch());
  }
}

TEST(DecodeAArch64, ControlTransfers) {
  EXPECT_EQ(DecodeAArch64(0x14000001).kind, BranchKind::kJump);          // b
  EXPECT_EQ(DecodeAArch64(0x97FFFFFF).kind, BranchKind::kCall);          // bl
  EXPECT_EQ(DecodeAArch64(0x54000040).kind, BranchKind::kConditional);   // b.eq
  EXPECT_EQ(DecodeAArch64(0xB4000040).kind, BranchKind::kConditional);   // cbz x0
  EXPECT_EQ(DecodeAArch64(0x35000040).kind, BranchKind::kConditional);   // cbnz w0
  EXPECT_EQ(DecodeAArch64(0x37000040).kind, BranchKind::kConditional);   // tbnz w0, #0
  EXPECT_EQ(DecodeAArch64(0xB6000040).kind, BranchKind::kConditional);   // tbz x0, #32
  EXPECT_EQ(DecodeAArch64(0xD61F0000).kind, BranchKind::kIndirectJump);  // br x0
  EXPECT_EQ(DecodeAArch64(0xD63F0000).kind, BranchKind::kIndirectCall);  // blr x0
  EXPECT_EQ(DecodeAArch64(0xD65F03C0).kind, BranchKind::kReturn);        // ret
  EXPECT_EQ(DecodeAArch64(0xD65F0BFF).kind, BranchKind::kReturn);        // retaa
  EXPECT_EQ(DecodeAArch64(0xD4000001).kind, BranchKind::kSystem);        // svc #0
  EXPECT_EQ(DecodeAArch64(0xC85F7C01).kind, BranchKind::kExclusive);     // ldxr x1, [x0]
  EXPECT_EQ(DecodeAArch64(0x885FFC01).kind, BranchKind::kExclusive);     // ldaxr w1, [x0]
}

TEST(DecodeAArch64, OtherInstructionsAreNone) {
  EXPECT_EQ(DecodeAArch64(0xD503201F).kind, BranchKind::kNone);  // nop
  EXPECT_EQ(DecodeAArch64(0x91000400).kind, BranchKind::kNone);  // add
  EXPECT_EQ(DecodeAArch64(0xF9400001).kind, BranchKind::kNone);  // ldr
  EXPECT_EQ(DecodeAArch64(0xC8027C01).kind, BranchKind::kNone);  // stxr
}

}  // namespace
}  // namespace pmubench
