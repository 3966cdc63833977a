#ifdef __x86_64__
#include "validate/loops.h"

namespace pmubench::loops {

// Every loop ends in `dec; jnz`: two instructions, one of them integer, one branch, taken.

const Step kAdds{.instructions = 10, .integer = 9, .branches = 1, .taken = 1};
void Adds(std::uint64_t steps) {
  std::uint64_t sum = 0;
  asm volatile(
      "1: add $1, %[sum]\n add $1, %[sum]\n add $1, %[sum]\n add $1, %[sum]\n"
      "   add $1, %[sum]\n add $1, %[sum]\n add $1, %[sum]\n add $1, %[sum]\n"
      "   dec %[steps]\n jnz 1b\n"
      : [steps] "+r"(steps), [sum] "+r"(sum)::"cc");
}

const Step kLoads{.instructions = 10, .integer = 1, .loads = 8, .branches = 1, .taken = 1};
void Loads(std::uint64_t steps, const void* line) {
  std::uint64_t value = 0;
  asm volatile(
      "1: mov (%[line]), %[value]\n mov 8(%[line]), %[value]\n"
      "   mov 16(%[line]), %[value]\n mov 24(%[line]), %[value]\n"
      "   mov 32(%[line]), %[value]\n mov 40(%[line]), %[value]\n"
      "   mov 48(%[line]), %[value]\n mov 56(%[line]), %[value]\n"
      "   dec %[steps]\n jnz 1b\n"
      : [steps] "+r"(steps), [value] "=&r"(value)
      : [line] "r"(line)
      : "cc", "memory");
}

const Step kStores{.instructions = 10, .integer = 1, .stores = 8, .branches = 1, .taken = 1};
void Stores(std::uint64_t steps, void* line) {
  asm volatile(
      "1: mov %[steps], (%[line])\n mov %[steps], 8(%[line])\n"
      "   mov %[steps], 16(%[line])\n mov %[steps], 24(%[line])\n"
      "   mov %[steps], 32(%[line])\n mov %[steps], 40(%[line])\n"
      "   mov %[steps], 48(%[line])\n mov %[steps], 56(%[line])\n"
      "   dec %[steps]\n jnz 1b\n"
      : [steps] "+r"(steps)
      : [line] "r"(line)
      : "cc", "memory");
}

const Step kTaken{.instructions = 6, .integer = 1, .branches = 5, .taken = 5};
void Taken(std::uint64_t steps) {
  asm volatile(
      "1: jmp 2f\n2: jmp 3f\n3: jmp 4f\n4: jmp 5f\n"
      "5: dec %[steps]\n jnz 1b\n"
      : [steps] "+r"(steps)::"cc");
}

const Step kNotTaken{.instructions = 7, .integer = 2, .branches = 5, .taken = 1};
void NotTaken(std::uint64_t steps) {
  asm volatile(
      "1: test %[steps], %[steps]\n jz 2f\n jz 2f\n jz 2f\n jz 2f\n"
      "   dec %[steps]\n jnz 1b\n2:\n"
      : [steps] "+r"(steps)::"cc");
}

void Random(std::uint64_t steps, const std::uint8_t* table) {
  std::uint64_t sum = 0;
  asm volatile(
      "1: cmpb $0, (%[table])\n je 2f\n add $1, %[sum]\n"
      "2: inc %[table]\n dec %[steps]\n jnz 1b\n"
      : [steps] "+r"(steps), [table] "+r"(table), [sum] "+r"(sum)::"cc", "memory");
}

void* Chase(std::uint64_t steps, void* start) {
  asm volatile("1: mov (%[at]), %[at]\n dec %[steps]\n jnz 1b\n"
               : [steps] "+r"(steps), [at] "+r"(start)::"cc", "memory");
  return start;
}

const Step kScalar{.instructions = 10, .integer = 1, .branches = 1, .taken = 1, .scalar = 8};
void Scalar(std::uint64_t steps) {
  asm volatile(
      "xorpd %%xmm0, %%xmm0\n xorpd %%xmm1, %%xmm1\n"
      "1: addsd %%xmm0, %%xmm1\n addsd %%xmm0, %%xmm1\n addsd %%xmm0, %%xmm1\n"
      "   addsd %%xmm0, %%xmm1\n addsd %%xmm0, %%xmm1\n addsd %%xmm0, %%xmm1\n"
      "   addsd %%xmm0, %%xmm1\n addsd %%xmm0, %%xmm1\n"
      "   dec %[steps]\n jnz 1b\n"
      : [steps] "+r"(steps)::"cc", "xmm0", "xmm1");
}

const Step kVector{.instructions = 10, .integer = 1, .branches = 1, .taken = 1, .vector = 8};
void Vector(std::uint64_t steps) {
  asm volatile(
      "xorpd %%xmm0, %%xmm0\n xorpd %%xmm1, %%xmm1\n"
      "1: addpd %%xmm0, %%xmm1\n addpd %%xmm0, %%xmm1\n addpd %%xmm0, %%xmm1\n"
      "   addpd %%xmm0, %%xmm1\n addpd %%xmm0, %%xmm1\n addpd %%xmm0, %%xmm1\n"
      "   addpd %%xmm0, %%xmm1\n addpd %%xmm0, %%xmm1\n"
      "   dec %[steps]\n jnz 1b\n"
      : [steps] "+r"(steps)::"cc", "xmm0", "xmm1");
}

}  // namespace pmubench::loops
#endif
