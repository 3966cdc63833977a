#include "controllers.h"

#include "registers.h"

namespace pmubench::lab {
namespace {

/// In a line of traffic, marks events that count clk cycles and not pairs of them.
constexpr int kClkEvent = 0x100;

bool CountDmc620(std::uint8_t* base, const Flow& flow) {
  const bool clk = (flow.event & kClkEvent) != 0;
  bool counted = false;
  for (std::uint32_t i = clk ? 8 : 0; i < (clk ? 10U : 8U); ++i) {
    const std::uint32_t at = kDmcCounter + kDmcStep * i;
    const auto control = Load<std::uint32_t>(base, at + kDmcControl);
    // 32-bit registers: the block need not begin at a multiple of 8.
    const auto pair = [&](std::uint32_t offset) {
      return Load<std::uint32_t>(base, at + offset) |
             std::uint64_t{Load<std::uint32_t>(base, at + offset + 4)} << 32;
    };
    const bool same = ((flow.words[0] ^ pair(8)) & pair(0)) == 0;
    const bool inverted = Bits(control, 1, 1) != 0;
    if ((control & 1) == 0 || Bits(control, 2, 5) != static_cast<std::uint64_t>(flow.event & 31))
      continue;
    if (same == inverted) continue;
    Register<std::uint32_t>(base, at + kDmcValue).fetch_add(static_cast<std::uint32_t>(flow.now));
    counted = true;
  }
  return counted;
}

/// v1: a fixed counter an event.
bool CountDdrcV1(std::uint8_t* base, const Flow& flow) {
  constexpr std::uint32_t kCounters[] = {0x380, 0x384, 0x388, 0x38c, 0x3c0, 0x3c4, 0x3cc, 0x3d0};
  constexpr std::uint32_t kEnable = 0x10;
  constexpr std::uint32_t kEvents = 0x6c0;
  if ((Load<std::uint32_t>(base, kEnable) & 2) == 0) return false;
  if (Bits(Load<std::uint32_t>(base, kEvents), flow.event & 7, 1) == 0) return false;
  Register<std::uint32_t>(base, kCounters[flow.event & 7])
      .fetch_add(static_cast<std::uint32_t>(flow.now));
  return true;
}

/// v2: eight counters of 48 bits for any event.
bool CountDdrcV2(std::uint8_t* base, const Flow& flow) {
  constexpr std::uint32_t kEnable = 0xea0;
  constexpr std::uint32_t kInUse = 0xe70;
  constexpr std::uint32_t kTypes = 0xe74;
  constexpr std::uint32_t kCounters = 0xe00;
  bool counted = false;
  if ((Load<std::uint32_t>(base, kEnable) & 1) == 0) return false;
  for (std::uint32_t i = 0; i < 8; ++i) {
    if (Bits(Load<std::uint32_t>(base, kInUse), static_cast<int>(i), 1) == 0) continue;
    if (Load<std::uint32_t>(base, kTypes + 4 * i) != static_cast<std::uint32_t>(flow.event))
      continue;
    Register<std::uint64_t>(base, kCounters + 8 * i).fetch_add(flow.now);
    counted = true;
  }
  return counted;
}

}  // namespace

std::optional<ControllerKind> ControllerNamed(const std::string& name) {
  if (name == "dmc620") return ControllerKind::kDmc620;
  if (name == "ddrc1") return ControllerKind::kDdrcV1;
  if (name == "ddrc2") return ControllerKind::kDdrcV2;
  return std::nullopt;
}

bool Controller::Count(const Flow& flow) const {
  switch (kind) {
    case ControllerKind::kDmc620:
      return CountDmc620(base, flow);
    case ControllerKind::kDdrcV1:
      return CountDdrcV1(base, flow);
    case ControllerKind::kDdrcV2:
      return CountDdrcV2(base, flow);
  }
  return false;
}

}  // namespace pmubench::lab
