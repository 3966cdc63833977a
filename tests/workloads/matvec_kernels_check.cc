// The matrix-vector product of every instruction set this CPU has, bit for bit against the sum that
// its definition says, on random and extreme weights that end at a page that may not be touched. A
// plain program, so that it also runs for arm64 under emulation without more libraries.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "matvec/kernels.h"

using namespace pmubench::matvec;  // NOLINT

namespace {

/// `n` elements that end at a guard page.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::size_t n) : size_(n) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    mapped_ = (n * sizeof(T) + page - 1) / page * page + page;
    memory_ = static_cast<char*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (memory_ == MAP_FAILED || mprotect(memory_ + mapped_ - page, page, PROT_NONE) != 0) {
      std::abort();
    }
    start_ = reinterpret_cast<T*>(memory_ + mapped_ - page - n * sizeof(T));
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(memory_, mapped_); }

  T& operator[](std::size_t i) { return start_[i]; }
  std::span<T> all() { return {start_, size_}; }

 private:
  std::size_t size_;
  std::size_t mapped_ = 0;
  char* memory_ = nullptr;
  T* start_ = nullptr;
};

std::mt19937 random_(5);
int failures_ = 0;
int checks_ = 0;

enum class Data { kRandom, kLargest, kSmallest };

/// The product by its definition, weight by weight.
std::vector<float> Reference(const Matrix& matrix, const Activations& activations) {
  std::vector<float> y(matrix.rows());
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    float sum = 0;
    for (std::size_t first = 0; first < matrix.columns(); first += kGroup) {
      int dot = 0;
      for (std::size_t column = first; column < first + kGroup; ++column) {
        dot += Weight(matrix.At(row, column), row % kTileRows, column % kBlockColumns) *
               activations.values[column];
      }
      sum += Scale(matrix.At(row, first), row % kTileRows, first % kBlockColumns) *
             static_cast<float>(dot);
    }
    y[row] = activations.scale * sum;
  }
  return y;
}

void Fill(std::span<Block> blocks, std::span<std::int8_t> values, Data data) {
  FillRandomly(blocks, random_());
  for (auto& value : values) {
    value = static_cast<std::int8_t>(data == Data::kRandom ? int(random_() % 255) - 127 : -127);
  }
  if (data == Data::kRandom) return;
  // All products of one sign: the sums that are largest in each accumulator.
  const int weight = data == Data::kLargest ? -8 : 7;
  for (Block& block : blocks) {
    for (std::size_t row = 0; row < kTileRows; ++row) {
      for (std::size_t column = 0; column < kBlockColumns; ++column) {
        SetWeight(block, row, column, weight);
      }
    }
  }
}

void Check(std::size_t tiles, std::size_t blocks, Data data) {
  Guarded<Block> weights(tiles * blocks);
  Guarded<std::int8_t> values(blocks * kBlockColumns);
  Guarded<std::int32_t> offsets(2 * blocks);
  Fill(weights.all(), values.all(), data);
  FillOffsets(values.all(), offsets.all());
  const Matrix matrix{weights.all(), blocks};
  const Activations activations{values.all(), offsets.all(), 1.0F / 96};
  const std::vector<float> expected = Reference(matrix, activations);
  for (const Isa& isa : Isas()) {
    if (!isa.supported()) continue;
    for (const Kernel& kernel : isa.kernels()) {
      Guarded<float> y(matrix.rows());
      kernel.run(matrix, activations, &y[0]);
      ++checks_;
      if (std::memcmp(&y[0], expected.data(), expected.size() * sizeof(float)) == 0) continue;
      ++failures_;
      std::printf("wrong: %s %s, %zu x %zu\n", isa.name, kernel.method, matrix.rows(),
                  matrix.columns());
    }
  }
}

/// Weights are where they were put, and nowhere else.
void CheckPlaces() {
  Block block{};
  for (std::size_t row = 0; row < kTileRows; ++row) {
    for (std::size_t column = 0; column < kBlockColumns; ++column) {
      SetWeight(block, row, column, static_cast<int>((3 * row + column) % 16) - 8);
    }
  }
  for (std::size_t row = 0; row < kTileRows; ++row) {
    for (std::size_t column = 0; column < kBlockColumns; ++column) {
      ++checks_;
      failures_ += Weight(block, row, column) != static_cast<int>((3 * row + column) % 16) - 8;
    }
  }
}

}  // namespace

int main() {
  CheckPlaces();
  for (const Data data : {Data::kRandom, Data::kLargest, Data::kSmallest}) {
    for (const std::size_t tiles : {1, 2, 5}) {
      for (const std::size_t blocks : {1, 2, 3, 17, 64}) Check(tiles, blocks, data);
    }
  }
  std::printf("%d checks, %d wrong; SVE vector %d bits\n", checks_, failures_, VectorLength());
  return failures_ == 0 ? 0 : 1;
}
