// The integer cosine transform of H.265, 8 points: a row a frequency.
#pragma once

namespace pmubench::codec {

/// `T` is as wide as a kernel loads it.
template <typename T>
static constexpr T kBasis[8][8] = {
    {64, 64, 64, 64, 64, 64, 64, 64},     {89, 75, 50, 18, -18, -50, -75, -89},
    {83, 36, -36, -83, -83, -36, 36, 83}, {75, -18, -89, -50, 50, 89, 18, -75},
    {64, -64, -64, 64, 64, -64, -64, 64}, {50, -89, 18, 75, -75, -18, 89, -50},
    {36, -83, 83, -36, -36, 83, -83, 36}, {18, -50, 75, -89, 89, -75, 50, -18}};

/// Columns 2j and 2j + 1 of row `k` as the two words that pmaddwd multiplies.
constexpr int BasisPair(int k, int j) {
  return (kBasis<int>[k][2 * j] & 0xFFFF) | (kBasis<int>[k][2 * j + 1] * 65536);
}

}  // namespace pmubench::codec
