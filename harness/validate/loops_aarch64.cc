#ifdef __aarch64__
#include "validate/loops.h"

namespace pmubench::loops {

// Every loop ends in `subs; b.ne`: two instructions, one of them integer, one branch, taken.

const Step kAdds{.instructions = 10, .integer = 9, .branches = 1, .taken = 1};
void Adds(std::uint64_t steps) {
  std::uint64_t sum = 0;
  asm volatile(
      "1: add %[sum], %[sum], #1\n add %[sum], %[sum], #1\n add %[sum], %[sum], #1\n"
      "   add %[sum], %[sum], #1\n add %[sum], %[sum], #1\n add %[sum], %[sum], #1\n"
      "   add %[sum], %[sum], #1\n add %[sum], %[sum], #1\n"
      "   subs %[steps], %[steps], #1\n b.ne 1b\n"
      : [steps] "+r"(steps), [sum] "+r"(sum)::"cc");
}

const Step kLoads{.instructions = 10, .integer = 1, .loads = 8, .branches = 1, .taken = 1};
void Loads(std::uint64_t steps, const void* line) {
  std::uint64_t value = 0;
  asm volatile(
      "1: ldr %[value], [%[line]]\n ldr %[value], [%[line], #8]\n"
      "   ldr %[value], [%[line], #16]\n ldr %[value], [%[line], #24]\n"
      "   ldr %[value], [%[line], #32]\n ldr %[value], [%[line], #40]\n"
      "   ldr %[value], [%[line], #48]\n ldr %[value], [%[line], #56]\n"
      "   subs %[steps], %[steps], #1\n b.ne 1b\n"
      : [steps] "+r"(steps), [value] "=&r"(value)
      : [line] "r"(line)
      : "cc", "memory");
}

const Step kStores{.instructions = 10, .integer = 1, .stores = 8, .branches = 1, .taken = 1};
void Stores(std::uint64_t steps, void* line) {
  asm volatile(
      "1: str %[steps], [%[line]]\n str %[steps], [%[line], #8]\n"
      "   str %[steps], [%[line], #16]\n str %[steps], [%[line], #24]\n"
      "   str %[steps], [%[line], #32]\n str %[steps], [%[line], #40]\n"
      "   str %[steps], [%[line], #48]\n str %[steps], [%[line], #56]\n"
      "   subs %[steps], %[steps], #1\n b.ne 1b\n"
      : [steps] "+r"(steps)
      : [line] "r"(line)
      : "cc", "memory");
}

const Step kTaken{.instructions = 6, .integer = 1, .branches = 5, .taken = 5};
void Taken(std::uint64_t steps) {
  asm volatile(
      "1: b 2f\n2: b 3f\n3: b 4f\n4: b 5f\n"
      "5: subs %[steps], %[steps], #1\n b.ne 1b\n"
      : [steps] "+r"(steps)::"cc");
}

const Step kNotTaken{.instructions = 6, .integer = 1, .branches = 5, .taken = 1};
void NotTaken(std::uint64_t steps) {
  asm volatile(
      "1: cbz %[steps], 2f\n cbz %[steps], 2f\n cbz %[steps], 2f\n cbz %[steps], 2f\n"
      "   subs %[steps], %[steps], #1\n b.ne 1b\n2:\n"
      : [steps] "+r"(steps)::"cc");
}

void Random(std::uint64_t steps, const std::uint8_t* table) {
  std::uint64_t sum = 0;
  std::uint64_t value = 0;
  asm volatile(
      "1: ldrb %w[value], [%[table]], #1\n cbz %w[value], 2f\n add %[sum], %[sum], #1\n"
      "2: subs %[steps], %[steps], #1\n b.ne 1b\n"
      : [steps] "+r"(steps), [table] "+r"(table), [sum] "+r"(sum), [value] "=&r"(value)::"cc",
        "memory");
}

void* Chase(std::uint64_t steps, void* start) {
  asm volatile("1: ldr %[at], [%[at]]\n subs %[steps], %[steps], #1\n b.ne 1b\n"
               : [steps] "+r"(steps), [at] "+r"(start)::"cc", "memory");
  return start;
}

const Step kScalar{.instructions = 10, .integer = 1, .branches = 1, .taken = 1, .scalar = 8};
void Scalar(std::uint64_t steps) {
  asm volatile(
      "movi d0, #0\n movi d1, #0\n"
      "1: fadd d1, d1, d0\n fadd d1, d1, d0\n fadd d1, d1, d0\n fadd d1, d1, d0\n"
      "   fadd d1, d1, d0\n fadd d1, d1, d0\n fadd d1, d1, d0\n fadd d1, d1, d0\n"
      "   subs %[steps], %[steps], #1\n b.ne 1b\n"
      : [steps] "+r"(steps)::"cc", "v0", "v1");
}

const Step kVector{.instructions = 10, .integer = 1, .branches = 1, .taken = 1, .vector = 8};
void Vector(std::uint64_t steps) {
  asm volatile(
      "movi v0.2d, #0\n movi v1.2d, #0\n"
      "1: fadd v1.2d, v1.2d, v0.2d\n fadd v1.2d, v1.2d, v0.2d\n fadd v1.2d, v1.2d, v0.2d\n"
      "   fadd v1.2d, v1.2d, v0.2d\n fadd v1.2d, v1.2d, v0.2d\n fadd v1.2d, v1.2d, v0.2d\n"
      "   fadd v1.2d, v1.2d, v0.2d\n fadd v1.2d, v1.2d, v0.2d\n"
      "   subs %[steps], %[steps], #1\n b.ne 1b\n"
      : [steps] "+r"(steps)::"cc", "v0", "v1");
}

}  // namespace pmubench::loops
#endif
