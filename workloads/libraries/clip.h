// A short film without a camera: the same pictures on every machine.
#pragma once

#include <cstdint>
#include <string>

namespace pmubench::libraries {

inline constexpr int kClipWidth = 352;
inline constexpr int kClipHeight = 288;
inline constexpr int kClipPictures = 24;

/// 8 bit, 4:2:0: the planes Y, U, V one after the other, without gaps.
struct Picture {
  std::string planes;

  [[nodiscard]] static std::size_t LumaSize() { return std::size_t{kClipWidth} * kClipHeight; }
  [[nodiscard]] std::uint8_t* y() { return At(0); }
  [[nodiscard]] std::uint8_t* u() { return At(LumaSize()); }
  [[nodiscard]] std::uint8_t* v() { return At(LumaSize() * 5 / 4); }

 private:
  std::uint8_t* At(std::size_t at) { return reinterpret_cast<std::uint8_t*>(&planes[at]); }
};

/// Picture `number` of the film: textures that move over a gradient, each at its own speed.
[[nodiscard]] Picture ClipPicture(int number);

}  // namespace pmubench::libraries
