// The three arrays of one thread: allocated and first touched by it, filled with values whose
// results are exact, and checked afterwards.
#pragma once

#include <cstddef>
#include <string>

#include "common/memory.h"
#include "pmubench/result.h"
#include "stream/kernel.h"

namespace pmubench::stream {

/// Move-only. Touch pages only through Fill on the thread that uses them: the kernel places a page
/// on the node of its first toucher.
class Arrays {
 public:
  /// `n` doubles each, a multiple of kLineDoubles. Error where memory does not hold them, saying
  /// what fits; the memory is reserved, not touched.
  static Result<Arrays> Allocate(std::size_t n, PageSize pages = PageSize::kHuge);

  /// b[i] and c[i] from small whole numbers that depend on i, a[i] a value no kernel gives. Only
  /// the first `count` elements (0: all), here and below.
  void Fill(std::size_t count = 0);

  /// Runs the kernel once.
  double Run(const Kernel& kernel, std::size_t count = 0) {
    return kernel.run(a_, b_, c_, count == 0 ? n_ : count);
  }

  /// Whether `a` (or, for kRead, `sum`) is exactly what the operation gives. Every element is
  /// checked; "" or what is wrong where.
  [[nodiscard]] std::string Check(Op op, double sum, std::size_t count = 0) const;

  [[nodiscard]] std::size_t size() const { return n_; }
  [[nodiscard]] double* a() { return a_; }
  [[nodiscard]] double* b() { return b_; }
  [[nodiscard]] double* c() { return c_; }

 private:
  Arrays() = default;

  Mapping memory_;
  double* a_ = nullptr;
  double* b_ = nullptr;
  double* c_ = nullptr;
  std::size_t n_ = 0;
};

}  // namespace pmubench::stream
