// Content that is known in advance: what is read can be checked without a second copy.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace pmubench::files {

inline constexpr std::size_t kPage = 4096;

/// The last step of SplitMix64: every bit of the input changes half of the output's.
[[nodiscard]] constexpr std::uint64_t Mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
  value = (value ^ value >> 27) * 0x94d049bb133111ebU;
  return value ^ value >> 31;
}

/// The first word of the page at `offset` of file number `file`: no two pages have the same.
[[nodiscard]] constexpr std::uint64_t StampOf(std::uint64_t file, std::uint64_t offset) {
  return Mix(Mix(file) ^ offset);
}

/// The other words: the same in every page, so that a buffer needs only new stamps to be written
/// elsewhere.
inline constexpr auto kPattern = [] {
  std::array<std::uint64_t, kPage / sizeof(std::uint64_t)> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = Mix(~i);
  return words;
}();

/// Writes the stamps into `block`, which holds the pattern and belongs at `offset`. Offsets and
/// sizes are whole pages, here and below.
inline void Stamp(std::span<char> block, std::uint64_t file, std::uint64_t offset) {
  for (std::size_t at = 0; at < block.size(); at += kPage) {
    const std::uint64_t stamp = StampOf(file, offset + at);
    std::memcpy(block.data() + at, &stamp, sizeof stamp);
  }
}

/// Whether every page of `block` is the one that belongs there: 32 comparisons for 128 KiB, cheap
/// enough for every read that is timed.
[[nodiscard]] inline bool Stamped(std::span<const char> block, std::uint64_t file,
                                  std::uint64_t offset) {
  std::uint64_t difference = 0;
  for (std::size_t at = 0; at < block.size(); at += kPage) {
    std::uint64_t stamp = 0;
    std::memcpy(&stamp, block.data() + at, sizeof stamp);
    difference |= stamp ^ StampOf(file, offset + at);
  }
  return difference == 0;
}

/// Writes pattern and stamps.
inline void Fill(std::span<char> block, std::uint64_t file, std::uint64_t offset) {
  for (std::size_t at = 0; at < block.size(); at += kPage) {
    std::memcpy(block.data() + at, kPattern.data(), kPage);
  }
  Stamp(block, file, offset);
}

/// Whether every byte of `block` is right.
[[nodiscard]] inline bool Right(std::span<const char> block, std::uint64_t file,
                                std::uint64_t offset) {
  constexpr std::size_t kStamp = sizeof(std::uint64_t);
  const char* pattern = reinterpret_cast<const char*>(kPattern.data()) + kStamp;
  for (std::size_t at = 0; at < block.size(); at += kPage) {
    if (std::memcmp(block.data() + at + kStamp, pattern, kPage - kStamp) != 0) return false;
  }
  return Stamped(block, file, offset);
}

}  // namespace pmubench::files
