#include "codec/cases.h"

#include <random>

namespace pmubench::codec {
namespace {

constexpr std::int8_t kTaps[8] = {-1, 4, -11, 40, 40, -11, 4, -1};

constexpr int kEdges[] = {4, 8, 16, 32};
constexpr int kRagged[] = {4, 8, 15, 16, 32};
constexpr int kWidths[] = {8, 13, 16, 64};
constexpr int kEight[] = {8};
constexpr int kSixteen[] = {16};

constexpr Case kCases[] = {
    {"count_nonzero", [](const Kernels& k) { return k.count_nonzero != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t edge) {
       return k.count_nonzero(block.levels.data(), edge * edge);
     },
     kEdges},
    {"quantise", [](const Kernels& k) { return k.quantise != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t edge) {
       return k.quantise(block.out.data(), block.levels.data(), block.scale.data(),
                         block.bias.data(), edge * edge);
     },
     kEdges},
    {"sad16x16", [](const Kernels& k) { return k.sad16x16 != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t) {
       return k.sad16x16(block.a.data(), 16, block.b.data(), 16);
     },
     kSixteen},
    {"satd8x8", [](const Kernels& k) { return k.satd8x8 != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t) {
       return k.satd8x8(block.a.data(), 16, block.b.data(), 16);
     },
     kEight},
    {"dct8x8", [](const Kernels& k) { return k.dct8x8 != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t) {
       k.dct8x8(block.out.data(), block.residual.data());
       return std::uint32_t{0};
     },
     kEight},
    {"interpolate8", [](const Kernels& k) { return k.interpolate8 != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t width) {
       k.interpolate8(block.pixels.data(), block.a.data(), kTaps, width);
       return std::uint32_t{0};
     },
     kWidths},
    {"scan_runs", [](const Kernels& k) { return k.scan_runs != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t edge) {
       return static_cast<std::uint32_t>(
           k.scan_runs(block.levels.data(), edge * edge, block.pixels.data()));
     },
     kEdges},
    {"vlc_bits", [](const Kernels& k) { return k.vlc_bits != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t edge) {
       return k.vlc_bits(block.levels.data(), block.table.data(), edge * edge);
     },
     kEdges},
    {"average", [](const Kernels& k) { return k.average != nullptr; },
     [](const Kernels& k, Block& block, std::int64_t edge) {
       k.average(block.pixels.data(), block.a.data(), block.b.data(), edge * edge);
       return std::uint32_t{0};
     },
     kRagged}};

}  // namespace

Block::Block(std::size_t n)
    : levels(n),
      scale(n),
      bias(n),
      residual(64),
      a(n + 7),
      b(n + 7),
      table(256),
      out(n),
      pixels(n) {
  std::mt19937 random(7);
  const auto below = [&](unsigned limit) { return static_cast<int>(random() % limit); };
  for (auto& level : levels) {
    level = below(4) != 0 ? std::int16_t{0} : static_cast<std::int16_t>(below(400) - 200);
  }
  for (auto& value : scale) value = static_cast<std::uint16_t>(4096 + below(8192));
  for (auto& value : bias) value = static_cast<std::uint16_t>(below(64));
  for (auto& value : residual) value = static_cast<std::int16_t>(below(511) - 255);
  for (auto& pixel : a) pixel = static_cast<std::uint8_t>(below(256));
  for (auto& pixel : b) pixel = static_cast<std::uint8_t>(below(256));
  for (auto& bits : table) bits = static_cast<std::uint32_t>(below(32));
}

std::span<const Case> Cases() { return kCases; }

}  // namespace pmubench::codec
