// Every codec kernel of every instruction set this CPU has, bit for bit against the scalar one, on
// random and extreme inputs that end at a page that may not be touched. A plain program, so that it
// also runs for arm64 under emulation without more libraries.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "codec/kernels.h"

using namespace pmubench::codec;  // NOLINT

namespace {

/// `n` elements that end at a guard page.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::int64_t n) : bytes_(static_cast<std::size_t>(n) * sizeof(T)) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    mapped_ = (bytes_ + page - 1) / page * page + page;
    memory_ = static_cast<char*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (memory_ == MAP_FAILED || mprotect(memory_ + mapped_ - page, page, PROT_NONE) != 0) {
      std::abort();
    }
    start_ = memory_ + mapped_ - page - bytes_;
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(memory_, mapped_); }

  T* get() { return reinterpret_cast<T*>(start_); }
  T& operator[](std::int64_t i) { return get()[i]; }
  bool operator==(const Guarded& other) const {
    return std::memcmp(start_, other.start_, bytes_) == 0;
  }

 private:
  std::size_t bytes_;
  std::size_t mapped_ = 0;
  char* memory_ = nullptr;
  char* start_ = nullptr;
};

std::mt19937 random_(11);
int failures_ = 0;
int checks_ = 0;

void Expect(bool right, const Isa& isa, const char* kernel, std::int64_t n) {
  ++checks_;
  if (right) return;
  ++failures_;
  std::printf("wrong: %s %s n=%lld\n", isa.name, kernel, static_cast<long long>(n));
}

void CheckLevels(std::int64_t n) {
  Guarded<std::int16_t> levels(n);
  Guarded<std::uint16_t> scale(n);
  Guarded<std::uint16_t> bias(n);
  Guarded<std::uint32_t> table(256);
  const auto kind = random_() % 4;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto any = static_cast<std::int16_t>(random_());
    levels[i] = kind == 0   ? std::int16_t{0}
                : kind == 1 ? std::int16_t{-32767}
                : kind == 2 ? static_cast<std::int16_t>(random_() % 4 == 0 ? any % 300 : 0)
                            : any;
    if (levels[i] == -32768) levels[i] = 32767;
    scale[i] = static_cast<std::uint16_t>(random_());
    bias[i] = static_cast<std::uint16_t>(random_() % 32768);
  }
  for (std::int64_t i = 0; i < 256; ++i) table[i] = static_cast<std::uint32_t>(random_());
  const Kernels& scalar = *Isas().front().kernels;
  for (const Isa& isa : Isas()) {
    if (!isa.supported()) continue;
    const Kernels& kernels = *isa.kernels;
    if (kernels.count_nonzero != nullptr) {
      Expect(kernels.count_nonzero(levels.get(), n) == scalar.count_nonzero(levels.get(), n), isa,
             "count_nonzero", n);
    }
    if (kernels.quantise != nullptr) {
      Guarded<std::int16_t> out(n);
      Guarded<std::int16_t> expected(n);
      const bool count = kernels.quantise(out.get(), levels.get(), scale.get(), bias.get(), n) ==
                         scalar.quantise(expected.get(), levels.get(), scale.get(), bias.get(), n);
      Expect(count && out == expected, isa, "quantise", n);
    }
    if (kernels.scan_runs != nullptr) {
      Guarded<std::uint8_t> runs(n);
      Guarded<std::uint8_t> expected(n);
      const bool last = kernels.scan_runs(levels.get(), n, runs.get()) ==
                        scalar.scan_runs(levels.get(), n, expected.get());
      Expect(last && runs == expected, isa, "scan_runs", n);
    }
    if (kernels.vlc_bits != nullptr) {
      Expect(kernels.vlc_bits(levels.get(), table.get(), n) ==
                 scalar.vlc_bits(levels.get(), table.get(), n),
             isa, "vlc_bits", n);
    }
  }
}

void CheckPixels(std::int64_t n) {
  Guarded<std::uint8_t> a(n);
  Guarded<std::uint8_t> b(n);
  for (std::int64_t i = 0; i < n; ++i) {
    a[i] = static_cast<std::uint8_t>(random_());
    b[i] = static_cast<std::uint8_t>(random_() % 8 == 0 ? 255 : random_());
  }
  const Kernels& scalar = *Isas().front().kernels;
  for (const Isa& isa : Isas()) {
    if (!isa.supported() || isa.kernels->average == nullptr) continue;
    Guarded<std::uint8_t> out(n);
    Guarded<std::uint8_t> expected(n);
    isa.kernels->average(out.get(), a.get(), b.get(), n);
    scalar.average(expected.get(), a.get(), b.get(), n);
    Expect(out == expected, isa, "average", n);
  }
}

/// Taps of video standards, and ones whose sums reach the limits of 16 bits.
void CheckInterpolation(std::int64_t width) {
  constexpr std::int8_t kTaps[][8] = {{-1, 4, -11, 40, 40, -11, 4, -1},
                                      {0, 1, -5, 17, 58, -10, 4, -1},
                                      {0, 0, 0, 64, 0, 0, 0, 0},
                                      {96, -32, 0, 0, 0, 0, 0, 0},
                                      {-32, 24, 24, 24, 24, 0, 0, 0}};
  Guarded<std::uint8_t> in(width + 7);
  Guarded<std::int8_t> taps(8);
  const auto kind = random_() % 3;
  for (std::int64_t i = 0; i < width + 7; ++i) {
    in[i] = static_cast<std::uint8_t>(kind == 0 ? 255 : kind == 1 ? 255 * (i % 2) : random_());
  }
  const Kernels& scalar = *Isas().front().kernels;
  for (const auto& one : kTaps) {
    std::memcpy(taps.get(), one, sizeof one);
    for (const Isa& isa : Isas()) {
      if (!isa.supported() || isa.kernels->interpolate8 == nullptr) continue;
      Guarded<std::uint8_t> out(width);
      Guarded<std::uint8_t> expected(width);
      isa.kernels->interpolate8(out.get(), in.get(), taps.get(), width);
      scalar.interpolate8(expected.get(), in.get(), taps.get(), width);
      Expect(out == expected, isa, "interpolate8", width);
    }
  }
}

/// `kind` 0: the largest of one sign, 1: of the sign that the basis's row has, 2: random.
void CheckTransform(unsigned kind, int row) {
  Guarded<std::int16_t> in(64);
  for (std::int64_t i = 0; i < 64; ++i) {
    const int sign = kind == 0                                                    ? 1
                     : std::cos((2.0 * double(i % 8) + 1) * row * 0.19634954) < 0 ? -1
                                                                                  : 1;
    in[i] = static_cast<std::int16_t>(kind == 2 ? int(random_() % 511) - 255 : 255 * sign);
  }
  const Kernels& scalar = *Isas().front().kernels;
  for (const Isa& isa : Isas()) {
    if (!isa.supported() || isa.kernels->dct8x8 == nullptr) continue;
    Guarded<std::int16_t> out(64);
    Guarded<std::int16_t> expected(64);
    isa.kernels->dct8x8(out.get(), in.get());
    scalar.dct8x8(expected.get(), in.get());
    Expect(out == expected, isa, "dct8x8", static_cast<std::int64_t>(kind));
  }
}

/// The transform of a flat block is its mean alone, whatever the code: 64 * 255 * 64 / 4 * 8 * 64 /
/// 512.
void CheckTransformOfAFlatBlock() {
  std::int16_t in[64];
  std::int16_t out[64];
  for (auto& value : in) value = 255;
  Isas().front().kernels->dct8x8(out, in);
  bool right = out[0] == 255 * 128;
  for (int i = 1; i < 64; ++i) right = right && out[i] == 0;
  Expect(right, Isas().front(), "dct8x8 of a flat block", 64);
}

void CheckBlock(std::int64_t a_stride, std::int64_t b_stride, bool extreme) {
  Guarded<std::uint8_t> a(15 * a_stride + 16);
  Guarded<std::uint8_t> b(15 * b_stride + 16);
  for (std::int64_t i = 0; i < 15 * a_stride + 16; ++i) {
    a[i] = extreme ? 255 : static_cast<std::uint8_t>(random_());
  }
  for (std::int64_t i = 0; i < 15 * b_stride + 16; ++i) {
    b[i] = extreme ? 0 : static_cast<std::uint8_t>(random_());
  }
  const Kernels& scalar = *Isas().front().kernels;
  for (const Isa& isa : Isas()) {
    if (!isa.supported()) continue;
    if (isa.kernels->satd8x8 != nullptr) {
      // The last eight rows and columns: they end at the guard pages.
      const auto* p = a.get() + 8 * a_stride + 8;
      const auto* q = b.get() + 8 * b_stride + 8;
      Expect(isa.kernels->satd8x8(p, a_stride, q, b_stride) ==
                 scalar.satd8x8(p, a_stride, q, b_stride),
             isa, "satd8x8", a_stride);
    }
    if (isa.kernels->sad16x16 == nullptr) continue;
    Expect(isa.kernels->sad16x16(a.get(), a_stride, b.get(), b_stride) ==
               scalar.sad16x16(a.get(), a_stride, b.get(), b_stride),
           isa, "sad16x16", a_stride);
  }
}

}  // namespace

int main() {
  for (int round = 0; round < 4; ++round) {
    for (std::int64_t n = 1; n <= 80; ++n) CheckLevels(n), CheckPixels(n);
    for (const std::int64_t n : {127, 128, 129, 255, 256, 257, 1024, 4096, 4099}) {
      CheckLevels(n);
      CheckPixels(n);
    }
  }
  for (std::int64_t width = 1; width <= 300; ++width) CheckInterpolation(width);
  for (unsigned kind = 0; kind < 3; ++kind) {
    for (int row = 0; row < 8; ++row) CheckTransform(kind, row);
  }
  CheckTransformOfAFlatBlock();
  // More ones than 16-bit lanes can count.
  CheckLevels(600'000);
  for (const bool extreme : {false, true}) {
    for (const std::int64_t stride : {16, 17, 31, 64, 1920}) CheckBlock(stride, 16, extreme);
    CheckBlock(16, 33, extreme);
  }
  std::printf("%d checks, %d wrong; SVE vector %d bits\n", checks_, failures_, VectorLength());
  return failures_ == 0 && checks_ > 0 ? 0 : 1;
}
