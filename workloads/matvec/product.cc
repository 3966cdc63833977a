#include "matvec/product.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <random>

namespace pmubench::matvec {

Result<Product> Product::Make(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  assert(rows % kTileRows == 0 && columns % kBlockColumns == 0);
  const std::size_t blocks = columns / kBlockColumns;
  const std::size_t count = rows / kTileRows * blocks;
  const std::size_t bytes = count * sizeof(Block);
  if (const auto fits = CheckFits(bytes, AvailableMemory()); !fits) return fits.error();
  auto memory = Mapping::Anonymous(bytes, PageSize::kHuge);
  if (!memory) return memory.error();
  Product product(*std::move(memory));
  const std::span weights(static_cast<Block*>(product.memory_.start()), count);
  FillRandomly(weights, seed);
  product.matrix_ = {weights, blocks};

  std::mt19937 random(static_cast<unsigned>(seed));
  product.values_.resize(columns);
  for (std::int8_t& value : product.values_) {
    value = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
  }
  product.offsets_.resize(columns / kGroup);
  FillOffsets(product.values_, product.offsets_);
  product.activations_ = {product.values_, product.offsets_, 1.0F / 64};
  product.y_.resize(rows);
  product.Run(Isas().front().kernels().front());
  product.expected_ = product.y_;
  return product;
}

void Product::Forget() { std::fill(y_.begin(), y_.end(), std::numeric_limits<float>::quiet_NaN()); }

bool Product::Right() const {
  return std::memcmp(y_.data(), expected_.data(), y_.size() * sizeof(float)) == 0;
}

}  // namespace pmubench::matvec
