// Compiled once a build: PMUBENCH_PROTECTION_BUILD is its name, _ISA and _WORD what it is.
#include "protection/kernels.h"

namespace pmubench::protection::PMUBENCH_PROTECTION_BUILD {

extern const Kernels kKernels;

namespace {

// Without noinline a compiler unrolls the recursion, and with it the calls that are measured.
[[gnu::noinline]] std::uint64_t Fib(unsigned n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); }

[[gnu::noinline]] std::uint64_t Descend(unsigned depth, std::uint64_t value) {
  if (depth == 0) return value;
  std::uint64_t result = Descend(depth - 1, value + depth);
  asm volatile("" : "+r"(result));  // else the call would become a loop
  return result + 1;
}

std::uint64_t AddOne(std::uint64_t value) { return value + 1; }
std::uint64_t FlipTwoBits(std::uint64_t value) { return value ^ 3; }
std::uint64_t Fivefold(std::uint64_t value) { return value * 5; }
std::uint64_t SubtractSeven(std::uint64_t value) { return value - 7; }

constexpr Leaf kLeaves[kTargets] = {AddOne, FlipTwoBits, Fivefold, SubtractSeven};

class Step {
 public:
  constexpr explicit Step(std::uint64_t operand) : operand_(operand) {}
  virtual std::uint64_t Take(std::uint64_t value) const = 0;

 protected:
  ~Step() = default;
  std::uint64_t operand_;
};

class Add final : public Step {
  using Step::Step;
  std::uint64_t Take(std::uint64_t value) const override { return value + operand_; }
};
class Flip final : public Step {
  using Step::Step;
  std::uint64_t Take(std::uint64_t value) const override { return value ^ operand_; }
};
class Multiply final : public Step {
  using Step::Step;
  std::uint64_t Take(std::uint64_t value) const override { return value * operand_; }
};
class Subtract final : public Step {
  using Step::Step;
  std::uint64_t Take(std::uint64_t value) const override { return value - operand_; }
};

const Add kAdd{1};
const Flip kFlip{3};
const Multiply kMultiply{5};
const Subtract kSubtract{7};
const Step* const kSteps[kTargets] = {&kAdd, &kFlip, &kMultiply, &kSubtract};

std::uint64_t Visit(std::span<const std::uint8_t> order, std::uint64_t value) {
  for (const std::uint8_t which : order) value = kSteps[which]->Take(value);
  return value;
}

std::uint64_t Call(const Leaf* table, std::span<const std::uint8_t> order, std::uint64_t value) {
  for (const std::uint8_t which : order) value = table[which](value);
  return value;
}

}  // namespace

const Kernels kKernels = {
    PMUBENCH_PROTECTION_ISA, PMUBENCH_PROTECTION_WORD, Fib, Descend, Visit, Call, kLeaves};

}  // namespace pmubench::protection::PMUBENCH_PROTECTION_BUILD
