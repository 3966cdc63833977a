// Registers of Arm's CMN meshes and of memory controllers' PMUs, as Linux' drivers use them:
// offsets from the base of a node's block.
#pragma once

#include <atomic>
#include <cstdint>

namespace pmubench::lab {

// Node types and part numbers.
inline constexpr int kRootNode = 2;
inline constexpr int kDtcNode = 3;
inline constexpr int kCmn600 = 0x434;
inline constexpr int kCmn700 = 0x43c;

// Every node: what it is, and its children.
inline constexpr std::uint32_t kInfo = 0x0;
inline constexpr std::uint32_t kChildren = 0x80;
inline constexpr std::uint32_t kPeripheralId = 0x8;
inline constexpr std::uint32_t kPortDevice = 0x8;  // of port 0 of a crosspoint; 8 bytes a port
inline constexpr std::uint32_t kEventSelect = 0x2000;

// A crosspoint's own monitor (DTM): 4 watchpoints, 4 counters of 16 bits.
inline constexpr std::uint32_t kWatchpoint = 0x21a0;
inline constexpr std::uint32_t kWatchpointStep = 0x18;
inline constexpr std::uint32_t kPmuConfig = 0x2210;
inline constexpr std::uint32_t kLocalCounters = 0x2220;

// The mesh's controller of monitors (DTC): 8 counters of 32 bits, which count the local ones'
// carries.
inline constexpr std::uint32_t kDtcControl = 0xa00;
inline constexpr std::uint32_t kDtcCounters = 0x2000;
inline constexpr std::uint32_t kDtcPmu = 0x2100;

// DMC-620: counters 0-7 take clkdiv2 events, 8 and 9 clk events.
inline constexpr std::uint32_t kDmcCounter = 0x10;
inline constexpr std::uint32_t kDmcStep = 0x28;
inline constexpr std::uint32_t kDmcControl = 0x10;
inline constexpr std::uint32_t kDmcValue = 0x20;

/// The guest's driver reads and writes the same memory.
template <typename Word>
std::atomic<Word>& Register(std::uint8_t* base, std::uint32_t offset) {
  static_assert(sizeof(std::atomic<Word>) == sizeof(Word));
  return *reinterpret_cast<std::atomic<Word>*>(base + offset);
}

template <typename Word>
Word Load(std::uint8_t* base, std::uint32_t offset) {
  return Register<Word>(base, offset).load(std::memory_order_relaxed);
}

inline std::uint64_t Bits(std::uint64_t word, int low, int count) {
  return word >> low & ((std::uint64_t{1} << count) - 1);
}

}  // namespace pmubench::lab
