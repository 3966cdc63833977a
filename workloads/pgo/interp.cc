// A bytecode interpreter of a language whose values are integers, real numbers or texts: every
// operation asks what its operands are, and which answer is the common one only a profile tells.
// The program it runs counts primes by trial division and strips factors of two.
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

struct Value {
  enum class Kind : std::uint8_t { kText, kReal, kInteger };
  Kind kind = Kind::kInteger;
  union {
    std::int64_t integer = 0;
    double real;
    std::size_t text;  // number of a text in the interpreter's table
  };
};

class Interpreter {
 public:
  explicit Interpreter(std::vector<Code> code) : code_(std::move(code)), variables_(8) {}

  std::int64_t Run(std::int64_t limit) {
    variables_[0] = Integer(limit);
    std::size_t pc = 0;
    for (;;) {
      if (pc >= code_.size()) Fail("program counter out of range", pc);
      const Code& code = code_[pc++];
      if (steps_left_ == 0) Fail("too many steps", pc);
      --steps_left_;
      switch (code.op) {
        case Op::kPush:
          Push(Integer(code.argument));
          break;
        case Op::kLoad:
          Push(Variable(code.argument));
          break;
        case Op::kStore:
          Variable(code.argument) = Pop();
          break;
        case Op::kAdd:
          Binary<Op::kAdd>();
          break;
        case Op::kSub:
          Binary<Op::kSub>();
          break;
        case Op::kMul:
          Binary<Op::kMul>();
          break;
        case Op::kDiv:
          Binary<Op::kDiv>();
          break;
        case Op::kMod:
          Binary<Op::kMod>();
          break;
        case Op::kLess:
          Binary<Op::kLess>();
          break;
        case Op::kEqual:
          Binary<Op::kEqual>();
          break;
        case Op::kJump:
          pc = static_cast<std::size_t>(code.argument);
          break;
        case Op::kJumpIfZero:
          if (!Truth(Pop())) pc = static_cast<std::size_t>(code.argument);
          break;
        case Op::kHalt:
          return Variable(1).integer;
        default:
          Fail("no such operation", pc);
      }
    }
  }

 private:
  static Value Integer(std::int64_t number) {
    Value value;
    value.integer = number;
    return value;
  }
  static Value Real(double number) {
    Value value;
    value.kind = Value::Kind::kReal;
    value.real = number;
    return value;
  }
  Value Text(std::string text) {
    Value value;
    value.kind = Value::Kind::kText;
    value.text = texts_.size();
    texts_.push_back(std::move(text));
    return value;
  }

  template <Op op>
  void Binary() {
    const Value b = Pop();
    const Value a = Pop();
    Push(Compute<op>(a, b));
  }

  // Texts first, as a reader would write it, and integers last.
  template <Op op>
  Value Compute(const Value& a, const Value& b) {
    if (a.kind == Value::Kind::kText || b.kind == Value::Kind::kText) {
      const std::string left = Shown(a);
      const std::string right = Shown(b);
      if (op == Op::kAdd) return Text(left + right);
      if (op == Op::kLess) return Integer(left < right ? 1 : 0);
      if (op == Op::kEqual) return Integer(left == right ? 1 : 0);
      if (op == Op::kMul && b.kind == Value::Kind::kInteger) {
        std::string repeated;
        for (std::int64_t i = 0; i < b.integer; ++i) repeated += left + " ";
        return Text(repeated);
      }
      Fail("no such operation on texts: " + left + ", " + right, depth_);
    }
    if (a.kind == Value::Kind::kReal || b.kind == Value::Kind::kReal) {
      const double left = Number(a);
      const double right = Number(b);
      if (op == Op::kAdd) return Real(left + right);
      if (op == Op::kSub) return Real(left - right);
      if (op == Op::kMul) return Real(left * right);
      if (op == Op::kLess) return Integer(left < right ? 1 : 0);
      if (op == Op::kEqual) return Integer(left == right ? 1 : 0);
      if (right == 0) Fail("division by zero", depth_);
      return Real(left / right);
    }
    std::int64_t result = 0;
    if (op == Op::kAdd && __builtin_add_overflow(a.integer, b.integer, &result)) {
      return Real(Number(a) + Number(b));
    }
    if (op == Op::kSub && __builtin_sub_overflow(a.integer, b.integer, &result)) {
      return Real(Number(a) - Number(b));
    }
    if (op == Op::kMul && __builtin_mul_overflow(a.integer, b.integer, &result)) {
      return Real(Number(a) * Number(b));
    }
    if (op == Op::kDiv || op == Op::kMod) {
      if (b.integer == 0) Fail("division by zero", depth_);
      result = op == Op::kDiv ? a.integer / b.integer : a.integer % b.integer;
    }
    if (op == Op::kLess) result = a.integer < b.integer ? 1 : 0;
    if (op == Op::kEqual) result = a.integer == b.integer ? 1 : 0;
    return Integer(result);
  }

  static double Number(const Value& value) {
    return value.kind == Value::Kind::kReal ? value.real : static_cast<double>(value.integer);
  }
  std::string Shown(const Value& value) const {
    if (value.kind == Value::Kind::kText) return texts_[value.text];
    if (value.kind == Value::Kind::kReal) return std::to_string(value.real);
    return std::to_string(value.integer);
  }
  bool Truth(const Value& value) const {
    if (value.kind == Value::Kind::kText) return !texts_[value.text].empty();
    if (value.kind == Value::Kind::kReal) return value.real != 0;
    return value.integer != 0;
  }

  void Push(const Value& value) {
    if (depth_ >= kDepth) Fail("stack too deep", depth_);
    stack_[depth_++] = value;
  }
  Value Pop() {
    if (depth_ == 0) Fail("stack empty", depth_);
    return stack_[--depth_];
  }
  Value& Variable(std::int64_t index) {
    if (index < 0 || static_cast<std::size_t>(index) >= variables_.size()) {
      Fail("no such variable", static_cast<std::size_t>(index));
    }
    return variables_[static_cast<std::size_t>(index)];
  }
  [[noreturn]] void Fail(const std::string& what, std::size_t where) const {
    std::string message = "error: " + what + " at " + std::to_string(where);
    for (const Value& value : variables_) message += " " + Shown(value);
    throw std::runtime_error(message);
  }

  static constexpr std::size_t kDepth = 64;
  std::vector<Code> code_;
  std::vector<Value> variables_;
  std::vector<std::string> texts_;
  Value stack_[kDepth] = {};
  std::size_t depth_ = 0;
  std::uint64_t steps_left_ = ~std::uint64_t{0};
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
