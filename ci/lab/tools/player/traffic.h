// The traffic that the player makes: lines of text, and how much of each is due in a step.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pmubench::lab {

/// A page that the player and programs in the guest share, in 64-bit words.
class Mailbox {
 public:
  static constexpr int kCounters = 64;

  explicit Mailbox(std::uint8_t* page) : page_(page) {}
  [[nodiscard]] int Phase() const;
  /// Bytes that the guest has asked for so far.
  [[nodiscard]] std::uint64_t Asked(int counter) const;
  /// Tells the guest how many of them have been counted.
  void SetDone(int counter, std::uint64_t bytes);

 private:
  std::uint8_t* page_;
};

enum class FlowKind { kPort, kNode, kController };

/// One line: events of one place, by rate or as many as the guest asks for.
struct Flow {
  FlowKind kind = FlowKind::kPort;
  int device = 0;  ///< number of the mesh or of the memory controller
  int phase = -1;  ///< -1: always
  int x = 0, y = 0, port = 0, channel = 0;
  bool down = false;            ///< from the mesh to the device
  int type = 0, id = 0;         ///< of a node
  int event = 0;                ///< of a node or a controller
  std::uint64_t words[2] = {};  ///< what watchpoints and filters compare with
  double rate = 0;              ///< events a second
  int slot = -1;                ///< >= 0: by the mailbox's byte counter
  double bytes = 0;             ///< of that counter, an event
  double part = 0;              ///< of an event, not yet played
  std::uint64_t now = 0;        ///< events of this step
};

class Traffic {
 public:
  /// False: the line is not understood. Comments begin with #.
  bool AddLine(const std::string& line);
  /// How much of each flow is due, `seconds` after the last step. What the guest asked for waits
  /// while `counts` says of a flow that its counters stand still: the driver is in the middle of
  /// reading or programming them, and a busy host may hold the guest up there for longer than any
  /// hardware would be. Not for ever: nobody may be measuring.
  void Step(double seconds, const Mailbox& mailbox, const std::function<bool(const Flow&)>& counts);
  /// After the counters have them.
  void Acknowledge(Mailbox& mailbox) const;

  [[nodiscard]] const std::vector<Flow>& flows() const { return flows_; }

 private:
  std::vector<Flow> flows_;
  int phase_ = -1;
  std::array<std::uint64_t, Mailbox::kCounters> played_{};  ///< bytes
  std::array<double, Mailbox::kCounters> waited_{};         ///< seconds
};

}  // namespace pmubench::lab
