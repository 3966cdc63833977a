// A set of up to 256 small integers: the solver's event sets and metric sets.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace pmubench::planner {

class Bits {
 public:
  static constexpr int kCapacity = 256;

  void Set(int i) { words_[Word(i)] |= Mask(i); }
  void Clear(int i) { words_[Word(i)] &= ~Mask(i); }
  [[nodiscard]] bool Test(int i) const { return (words_[Word(i)] & Mask(i)) != 0; }

  [[nodiscard]] int Count() const {
    int count = 0;
    for (const std::uint64_t word : words_) count += std::popcount(word);
    return count;
  }
  [[nodiscard]] bool Empty() const {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words_) any |= word;
    return any == 0;
  }
  [[nodiscard]] bool SubsetOf(const Bits& other) const {
    std::uint64_t outside = 0;
    for (std::size_t w = 0; w < words_.size(); ++w) outside |= words_[w] & ~other.words_[w];
    return outside == 0;
  }
  [[nodiscard]] bool Intersects(const Bits& other) const { return !(*this & other).Empty(); }

  /// Calls `visit(i)` for every member, in ascending order.
  template <typename Visitor>
  void ForEach(Visitor visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1) {
        visit(static_cast<int>(w * 64) + std::countr_zero(rest));
      }
    }
  }

  friend Bits operator&(Bits a, const Bits& b) {
    for (std::size_t w = 0; w < a.words_.size(); ++w) a.words_[w] &= b.words_[w];
    return a;
  }
  friend Bits operator|(Bits a, const Bits& b) {
    for (std::size_t w = 0; w < a.words_.size(); ++w) a.words_[w] |= b.words_[w];
    return a;
  }
  /// Members of `a` that are not in `b`.
  friend Bits operator-(Bits a, const Bits& b) {
    for (std::size_t w = 0; w < a.words_.size(); ++w) a.words_[w] &= ~b.words_[w];
    return a;
  }
  friend bool operator==(const Bits&, const Bits&) = default;
  friend auto operator<=>(const Bits&, const Bits&) = default;

  [[nodiscard]] std::size_t Hash() const {
    std::uint64_t hash = 0x9e3779b97f4a7c15U;
    for (const std::uint64_t word : words_) {
      hash = (hash ^ word) * 0xff51afd7ed558ccdU;
      hash ^= hash >> 32;
    }
    return static_cast<std::size_t>(hash);
  }

 private:
  static std::size_t Word(int i) { return static_cast<std::size_t>(i) / 64; }
  static std::uint64_t Mask(int i) { return std::uint64_t{1} << (static_cast<unsigned>(i) % 64); }

  std::array<std::uint64_t, kCapacity / 64> words_{};
};

struct BitsHash {
  std::size_t operator()(const Bits& bits) const { return bits.Hash(); }
};

}  // namespace pmubench::planner
