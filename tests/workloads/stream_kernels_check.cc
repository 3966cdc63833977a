// Every STREAM kernel of every instruction set this CPU has, against exact answers and a guard
// page. A plain program, so that it also runs for arm64 under emulation without more libraries.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "stream/kernel.h"

using namespace pmubench::stream;  // NOLINT

namespace {

/// `n` doubles that end at a page that may not be touched. Starts at a cache line, as n does.
double* Guarded(std::size_t n) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t bytes = (n * sizeof(double) + page - 1) / page * page;
  auto* memory = static_cast<char*>(
      mmap(nullptr, bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (memory == MAP_FAILED || mprotect(memory + bytes, page, PROT_NONE) != 0) std::abort();
  return reinterpret_cast<double*>(memory + bytes) - n;
}

double B(std::size_t i) { return 1.0 + static_cast<double>(i % 97); }
double C(std::size_t i) { return 5.0 + static_cast<double>(i % 61); }

double Expected(Op op, std::size_t i) {
  switch (op) {
    case Op::kRead:
      return -1;  // the target stays as it was
    case Op::kWrite:
      return kWritten;
    case Op::kCopy:
      return B(i);
    case Op::kScale:
      return kFactor * B(i);
    case Op::kAdd:
      return B(i) + C(i);
    case Op::kTriad:
      return B(i) + kFactor * C(i);
  }
  return 0;
}

bool Right(const Kernel& kernel, const double* a, double sum, std::size_t n) {
  double expected = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (a[i] != Expected(kernel.op, i)) return false;
    expected += B(i);
  }
  return kernel.op != Op::kRead || sum == expected;
}

}  // namespace

int main() {
  int failures = 0;
  int checks = 0;
  // Below a page, whole pages, pages and a rest, and more than eight pages for every method.
  for (const std::size_t n : {8, 16, 40, 512, 1024, 2048, 2056, 4096, 4136, 8 * 512 + 1000}) {
    double* a = Guarded(n);
    double* b = Guarded(n);
    double* c = Guarded(n);
    for (const Isa& isa : Isas()) {
      if (!isa.supported()) continue;
      for (const Kernel& kernel : isa.kernels()) {
        for (std::size_t i = 0; i < n; ++i) {
          a[i] = -1;
          b[i] = B(i);
          c[i] = C(i);
        }
        const double sum = kernel.run(a, b, c, n);
        ++checks;
        if (!Right(kernel, a, sum, n)) {
          ++failures;
          std::printf("wrong: %s %s %s %s n=%zu\n", isa.name, Name(kernel.op), Name(kernel.store),
                      kernel.method, n);
        }
      }
    }
  }
  std::printf("%d kernel runs on %s, %d wrong\n", checks, BestIsa().name, failures);
  return failures == 0 && checks > 0 ? 0 : 1;
}
