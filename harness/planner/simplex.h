// A small revised simplex for column generation: minimise c x, A x = b, x >= 0, with columns that
// arrive while it runs.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace pmubench::planner {

/// Dense basis inverse: right for the planner's tens of rows, not for thousands. Its figures are
/// floating point; what is claimed as proven is recomputed in integers from the duals.
class Simplex {
 public:
  using Column = std::vector<std::pair<int, double>>;  ///< (row, coefficient)

  /// `rhs` >= 0. The starting basis is one column a row, the unit vector with the given cost.
  Simplex(std::vector<double> rhs, const std::vector<double>& basis_cost);

  /// Returns the column's number; numbers 0 .. rows-1 are the starting basis.
  int AddColumn(Column column, double cost);

  /// Pivots until no known column improves. False: the limit of pivots was reached.
  bool Solve(int max_pivots = 20000);

  [[nodiscard]] std::vector<double> Duals() const;
  /// Value of every column.
  [[nodiscard]] std::vector<double> Primal() const;
  [[nodiscard]] int rows() const { return static_cast<int>(basis_.size()); }

 private:
  [[nodiscard]] double ReducedCost(std::size_t column, const std::vector<double>& duals) const;
  [[nodiscard]] std::vector<double> Direction(std::size_t column) const;
  void Pivot(std::size_t column, int row, const std::vector<double>& direction);

  std::vector<Column> columns_;
  std::vector<double> cost_;
  std::vector<bool> basic_;
  std::vector<int> basis_;                    ///< by row: the basic column
  std::vector<std::vector<double>> inverse_;  ///< of the basis
  std::vector<double> rhs_, value_;           ///< value_: of the basic column of a row
  std::vector<double> true_rhs_;
};

}  // namespace pmubench::planner
