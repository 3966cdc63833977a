#include "libraries/clip.h"

namespace pmubench::libraries {
namespace {

/// A texture: noise of a hash, over 4x4 pixels smoother than over one.
int Texture(int x, int y, unsigned seed) {
  const auto hash = [&](int u, int v) {
    unsigned h = static_cast<unsigned>(u) * 0x9E3779B1U + static_cast<unsigned>(v) * 0x85EBCA77U;
    h = (h + seed) * 0xC2B2AE3DU;
    return static_cast<int>((h ^ (h >> 15)) & 63);
  };
  return hash(x / 4, y / 4) + hash(x, y) / 4;
}

/// A square of 64 pixels that moves over the picture and comes in again at the other side.
struct Square {
  int x, y, dx, dy;
  unsigned seed;
};
constexpr Square kSquares[] = {{20, 40, 3, 1, 1}, {150, 90, -2, 2, 2}, {260, 200, 1, -3, 3}};

int Luma(int x, int y, int number) {
  for (const Square& square : kSquares) {
    const int left = (square.x + number * square.dx + kClipWidth) % kClipWidth;
    const int top = (square.y + number * square.dy + kClipHeight) % kClipHeight;
    const int u = (x - left + kClipWidth) % kClipWidth;
    const int v = (y - top + kClipHeight) % kClipHeight;
    if (u < 64 && v < 64) return 80 + Texture(u, v, square.seed);
  }
  return 40 + (x + y + 2 * number) * 120 / (kClipWidth + kClipHeight) + Texture(x, y, 9) / 8;
}

}  // namespace

Picture ClipPicture(int number) {
  Picture picture;
  picture.planes.resize(Picture::LumaSize() * 3 / 2);
  for (int y = 0; y < kClipHeight; ++y) {
    for (int x = 0; x < kClipWidth; ++x) {
      picture.y()[y * kClipWidth + x] = static_cast<std::uint8_t>(Luma(x, y, number));
    }
  }
  for (int y = 0; y < kClipHeight / 2; ++y) {
    for (int x = 0; x < kClipWidth / 2; ++x) {
      const int at = y * kClipWidth / 2 + x;
      picture.u()[at] = static_cast<std::uint8_t>(128 + (x - y) / 8);
      picture.v()[at] = static_cast<std::uint8_t>(128 + (y + number) % 128 / 8);
    }
  }
  return picture;
}

}  // namespace pmubench::libraries
