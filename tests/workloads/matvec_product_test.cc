#include <gmock/gmock.h>

#include <cmath>

#include "matvec/product.h"

namespace pmubench::matvec {
namespace {

TEST(MatvecProduct, IsRightForEveryKernelHere) {
  auto product = Product::Make(48, 320, 3);
  ASSERT_TRUE(product.ok()) << product.error().ToString();
  for (const Isa& isa : Isas()) {
    if (!isa.supported()) continue;
    for (const Kernel& kernel : isa.kernels()) {
      product->Forget();
      EXPECT_FALSE(product->Right());
      product->Run(kernel);
      EXPECT_TRUE(product->Right()) << isa.name << " " << kernel.method;
    }
  }
}

TEST(MatvecProduct, IsWrongWhereOneBitIs) {
  auto product = Product::Make(16, 64, 3);
  ASSERT_TRUE(product.ok()) << product.error().ToString();
  const Kernel nearly{"nearly", [](const Matrix& matrix, const Activations& values, float* y) {
                        Isas().front().kernels().front().run(matrix, values, y);
                        y[15] = std::nextafter(y[15], 1e9F);
                      }};
  product->Run(nearly);
  EXPECT_FALSE(product->Right());
}

TEST(MatvecProduct, SaysWhatFits) {
  const auto product = Product::Make(std::size_t{16} << 40, 64, 1);
  ASSERT_FALSE(product.ok());
  EXPECT_THAT(product.error().ToString(), testing::ContainsRegex("give at most [0-9]+ MiB"));
}

TEST(MatvecWeights, TakeFourAndAHalfBits) { EXPECT_EQ(kBytesPerWeight, 4.5 / 8); }

/// One group by hand: weights 1, -8, 7 under a scale of 0.5, values 2, 3, -4, vector's scale 0.25.
TEST(MatvecProduct, IsTheSumThatTheDefinitionSays) {
  Block block{};
  for (std::size_t row = 0; row < kTileRows; ++row) {
    for (std::size_t column = 0; column < kBlockColumns; ++column) SetWeight(block, row, column, 0);
    for (auto& scale : block.scale) scale[row] = ToBfloat16(0.5F);
  }
  SetWeight(block, 5, 0, 1);
  SetWeight(block, 5, 17, -8);
  SetWeight(block, 5, 63, 7);
  std::vector<std::int8_t> values(kBlockColumns, 9);
  values[0] = 2, values[17] = 3, values[63] = -4;
  std::vector<std::int32_t> offsets(2);
  FillOffsets(values, offsets);
  std::vector<float> y(kTileRows);
  for (const Isa& isa : Isas()) {
    if (!isa.supported()) continue;
    isa.kernels().front().run({{&block, 1}, 1}, {values, offsets, 0.25F}, y.data());
    for (std::size_t row = 0; row < kTileRows; ++row) {
      EXPECT_EQ(y[row], row == 5 ? 0.25F * 0.5F * (2 - 24 - 28) : 0.0F) << isa.name;
    }
  }
}

}  // namespace
}  // namespace pmubench::matvec
