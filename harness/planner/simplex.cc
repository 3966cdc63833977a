#include "planner/simplex.h"

#include <cmath>

namespace pmubench::planner {
namespace {

constexpr double kTolerance = 1e-9;
constexpr double kPivotTolerance = 1e-7;

}  // namespace

Simplex::Simplex(std::vector<double> rhs, const std::vector<double>& basis_cost)
    : true_rhs_(std::move(rhs)) {
  const std::size_t rows = true_rhs_.size();
  rhs_ = true_rhs_;
  // Covering problems are very degenerate; distinct right-hand sides keep pivots from stalling.
  for (std::size_t i = 0; i < rows; ++i) {
    rhs_[i] += 1e-6 * (1.0 + static_cast<double>((i * 7919) % 101) / 101.0);
  }
  value_ = rhs_;
  inverse_.assign(rows, std::vector<double>(rows, 0.0));
  for (std::size_t i = 0; i < rows; ++i) {
    inverse_[i][i] = 1;
    columns_.push_back({{static_cast<int>(i), 1.0}});
    cost_.push_back(basis_cost[i]);
    basic_.push_back(true);
    basis_.push_back(static_cast<int>(i));
  }
}

int Simplex::AddColumn(Column column, double cost) {
  columns_.push_back(std::move(column));
  cost_.push_back(cost);
  basic_.push_back(false);
  return static_cast<int>(columns_.size()) - 1;
}

std::vector<double> Simplex::Duals() const {
  const std::size_t rows = basis_.size();
  std::vector<double> duals(rows, 0.0);
  for (std::size_t i = 0; i < rows; ++i) {
    const double cost = cost_[basis_[i]];
    if (cost == 0) continue;
    for (std::size_t j = 0; j < rows; ++j) duals[j] += cost * inverse_[i][j];
  }
  return duals;
}

double Simplex::ReducedCost(std::size_t column, const std::vector<double>& duals) const {
  double cost = cost_[column];
  for (const auto& [row, coefficient] : columns_[column]) cost -= coefficient * duals[row];
  return cost;
}

std::vector<double> Simplex::Direction(std::size_t column) const {
  std::vector<double> direction(basis_.size(), 0.0);
  for (std::size_t i = 0; i < basis_.size(); ++i) {
    for (const auto& [row, coefficient] : columns_[column]) {
      direction[i] += inverse_[i][row] * coefficient;
    }
  }
  return direction;
}

void Simplex::Pivot(std::size_t column, int row, const std::vector<double>& direction) {
  const std::size_t rows = basis_.size();
  std::vector<double>& pivot_row = inverse_[row];
  const double pivot = direction[row];
  for (double& x : pivot_row) x /= pivot;
  value_[row] /= pivot;
  for (std::size_t i = 0; i < rows; ++i) {
    if (static_cast<int>(i) == row || direction[i] == 0) continue;
    const double factor = direction[i];
    for (std::size_t j = 0; j < rows; ++j) inverse_[i][j] -= factor * pivot_row[j];
    value_[i] -= factor * value_[row];
    if (value_[i] < 0) value_[i] = 0;
  }
  basic_[basis_[row]] = false;
  basic_[column] = true;
  basis_[row] = static_cast<int>(column);
}

bool Simplex::Solve(int max_pivots) {
  for (int pivots = 0; pivots < max_pivots; ++pivots) {
    const std::vector<double> duals = Duals();
    int entering = -1;
    double best = -kTolerance;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (basic_[c]) continue;
      const double reduced = ReducedCost(c, duals);
      if (reduced < best) {
        best = reduced;
        entering = static_cast<int>(c);
      }
    }
    if (entering < 0) return true;
    const std::vector<double> direction = Direction(static_cast<std::size_t>(entering));
    int leaving = -1;
    double least = 0;
    for (std::size_t i = 0; i < basis_.size(); ++i) {
      if (direction[i] <= kPivotTolerance) continue;
      const double ratio = value_[i] / direction[i];
      if (leaving < 0 || ratio < least ||
          (ratio == least && direction[i] > direction[static_cast<std::size_t>(leaving)])) {
        least = ratio;
        leaving = static_cast<int>(i);
      }
    }
    if (leaving < 0) return false;  // unbounded: cannot happen where every cost is bounded below
    Pivot(static_cast<std::size_t>(entering), leaving, direction);
  }
  return false;
}

std::vector<double> Simplex::Primal() const {
  std::vector<double> x(columns_.size(), 0.0);
  for (std::size_t i = 0; i < basis_.size(); ++i) {
    double value = 0;
    for (std::size_t j = 0; j < basis_.size(); ++j) value += inverse_[i][j] * true_rhs_[j];
    x[basis_[i]] = value < kTolerance ? 0 : value;
  }
  return x;
}

}  // namespace pmubench::planner
