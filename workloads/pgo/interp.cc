// A bytecode interpreter: one switch in a loop, with checks that never fail inside every case. The
// program it runs counts primes by trial division and strips factors of two.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

enum class Op : std::uint8_t {
  kPush,
  kLoad,
  kStore,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kLess,
  kEqual,
  kJump,
  kJumpIfZero,
  kHalt
};

struct Code {
  Op op;
  std::int64_t argument = 0;
};

class Interpreter {
 public:
  explicit Interpreter(std::vector<Code> code) : code_(std::move(code)), variables_(8) {}

  std::int64_t Run(std::int64_t limit) {
    variables_[0] = limit;
    std::size_t pc = 0;
    for (;;) {
      if (pc >= code_.size()) Fail("program counter out of range", pc);
      const Code& code = code_[pc++];
      switch (code.op) {
        case Op::kPush:
          Push(code.argument);
          break;
        case Op::kLoad:
          Push(Variable(code.argument));
          break;
        case Op::kStore:
          Variable(code.argument) = Pop();
          break;
        case Op::kAdd: {
          const std::int64_t b = Pop();
          std::int64_t result = 0;
          if (__builtin_add_overflow(Pop(), b, &result)) Fail("overflow in +", pc);
          Push(result);
          break;
        }
        case Op::kSub: {
          const std::int64_t b = Pop();
          std::int64_t result = 0;
          if (__builtin_sub_overflow(Pop(), b, &result)) Fail("overflow in -", pc);
          Push(result);
          break;
        }
        case Op::kMul: {
          const std::int64_t b = Pop();
          std::int64_t result = 0;
          if (__builtin_mul_overflow(Pop(), b, &result)) Fail("overflow in *", pc);
          Push(result);
          break;
        }
        case Op::kDiv: {
          const std::int64_t b = Pop();
          if (b == 0) Fail("division by zero", pc);
          Push(Pop() / b);
          break;
        }
        case Op::kMod: {
          const std::int64_t b = Pop();
          if (b == 0) Fail("division by zero", pc);
          Push(Pop() % b);
          break;
        }
        case Op::kLess: {
          const std::int64_t b = Pop();
          Push(Pop() < b ? 1 : 0);
          break;
        }
        case Op::kEqual: {
          const std::int64_t b = Pop();
          Push(Pop() == b ? 1 : 0);
          break;
        }
        case Op::kJump:
          pc = static_cast<std::size_t>(code.argument);
          break;
        case Op::kJumpIfZero:
          if (Pop() == 0) pc = static_cast<std::size_t>(code.argument);
          break;
        case Op::kHalt:
          return Variable(1);
        default:
          Fail("no such operation", pc);
      }
    }
  }

 private:
  void Push(std::int64_t value) {
    if (depth_ >= kDepth) Fail("stack too deep", depth_);
    stack_[depth_++] = value;
  }
  std::int64_t Pop() {
    if (depth_ == 0) Fail("stack empty", depth_);
    return stack_[--depth_];
  }
  std::int64_t& Variable(std::int64_t index) {
    if (index < 0 || static_cast<std::size_t>(index) >= variables_.size()) {
      Fail("no such variable", static_cast<std::size_t>(index));
    }
    return variables_[static_cast<std::size_t>(index)];
  }
  // Inlined on purpose: what never runs lies in the way of what does, until a profile says so.
  inline void Fail(const char* what, std::size_t where) {
    std::string message = "error: ";
    message += what;
    message += " at ";
    message += std::to_string(where);
    for (const std::int64_t value : variables_) message += " " + std::to_string(value);
    throw std::runtime_error(message);
  }

  static constexpr std::size_t kDepth = 64;
  std::vector<Code> code_;
  std::vector<std::int64_t> variables_;
  std::int64_t stack_[kDepth] = {};
  std::size_t depth_ = 0;
};

// v0 limit, v1 result, v2 number, v3 divisor, v4 value.
std::vector<Code> Program() {
  using enum Op;
  return {/* 0*/ {kPush, 0},
          {kStore, 1},
          {kPush, 2},
          {kStore, 2},
          /* 4*/ {kLoad, 2},
          {kLoad, 0},
          {kLess},
          {kJumpIfZero, 50},
          /* 8*/ {kPush, 2},
          {kStore, 3},
          /*10*/ {kLoad, 2},
          {kLoad, 3},
          {kLoad, 3},
          {kMul},
          {kLess},
          {kJumpIfZero, 17},
          /*16*/ {kJump, 27},
          /*17*/ {kLoad, 2},
          {kLoad, 3},
          {kMod},
          {kJumpIfZero, 31},
          /*21*/ {kLoad, 3},
          {kPush, 1},
          {kAdd},
          {kStore, 3},
          {kJump, 10},
          /*26*/ {kHalt},
          /*27*/ {kLoad, 1},
          {kPush, 1},
          {kAdd},
          {kStore, 1},
          /*31*/ {kLoad, 2},
          {kStore, 4},
          /*33*/ {kLoad, 4},
          {kPush, 2},
          {kMod},
          {kJumpIfZero, 42},
          /*37*/ {kLoad, 4},
          {kPush, 1},
          {kSub},
          {kStore, 4},
          {kJump, 33},
          /*42*/ {kLoad, 4},
          {kPush, 2},
          {kDiv},
          {kStore, 4},
          /*46*/ {kPush, 1},
          {kLoad, 4},
          {kLess},
          {kJumpIfZero, 51},
          /*50*/ {kJump, 56},
          /*51*/ {kLoad, 2},
          {kPush, 1},
          {kAdd},
          {kStore, 2},
          {kJump, 4},
          /*56*/ {kLoad, 2},
          {kLoad, 0},
          {kLess},
          {kJumpIfZero, 61},
          /*60*/ {kJump, 33},
          /*61*/ {kHalt}};
}

}  // namespace

int main(int argc, char** argv) {
  const long thousands = argc > 1 ? std::atol(argv[1]) : 60;
  Interpreter interpreter(Program());
  std::printf("%lld\n", static_cast<long long>(interpreter.Run(thousands * 1000)));
}
