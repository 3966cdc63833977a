// Writes the clip as Y4M to standard output: for make_av1_clip.
#include <fmt/format.h>

#include <cstdio>

#include "libraries/clip.h"

int main() {
  using namespace pmubench::libraries;  // NOLINT
  fmt::print("YUV4MPEG2 W{} H{} F25:1 Ip A1:1 C420\n", kClipWidth, kClipHeight);
  for (int i = 0; i < kClipPictures; ++i) {
    const Picture picture = ClipPicture(i);
    fmt::print("FRAME\n");
    std::fwrite(picture.planes.data(), 1, picture.planes.size(), stdout);
  }
  return 0;
}
