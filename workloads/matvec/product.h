// One thread's matrix and vector, with the answer that every kernel must give.
#pragma once

#include <memory>
#include <vector>

#include "common/memory.h"
#include "matvec/kernels.h"
#include "pmubench/result.h"

namespace pmubench::matvec {

/// Move-only. Make it on the thread that uses it: the kernel places a page on the node of its
/// first toucher.
class Product {
 public:
  /// `rows` a multiple of 16, `columns` of 64; weights from `seed`. Error where memory does not
  /// hold them, saying what fits.
  static Result<Product> Make(std::size_t rows, std::size_t columns, std::uint64_t seed);

  void Run(const Kernel& kernel) { kernel.run(matrix_, activations_, y_.data()); }
  /// Overwrites the result with what no product gives.
  void Forget();
  /// Whether the result is the scalar kernel's, bit for bit.
  [[nodiscard]] bool Right() const;

  [[nodiscard]] const Matrix& matrix() const { return matrix_; }
  [[nodiscard]] std::size_t rows() const { return matrix_.rows(); }
  [[nodiscard]] std::size_t columns() const { return matrix_.columns(); }
  [[nodiscard]] const std::vector<float>& y() const { return y_; }

 private:
  explicit Product(Mapping memory) : memory_(std::move(memory)) {}

  Mapping memory_;
  Matrix matrix_;
  std::vector<std::int8_t> values_;
  std::vector<std::int32_t> offsets_;
  Activations activations_;
  std::vector<float> expected_;
  std::vector<float> y_;
};

}  // namespace pmubench::matvec
