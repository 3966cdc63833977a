#include "traffic.h"

#include <algorithm>
#include <cstdio>
#include <iomanip>
#include <sstream>

#include "registers.h"

namespace pmubench::lab {
namespace {

constexpr std::uint32_t kPhaseWord = 2 * 8;
constexpr std::uint32_t kAskedWords = 8 * 8;
constexpr std::uint32_t kDoneWords = (8 + Mailbox::kCounters) * 8;

constexpr double kLongestWait = 0.3;  // seconds

/// "3e7": a second. "@1/32": each 32 bytes of the mailbox's byte counter 1 are one event.
bool ReadAmount(std::istream& words, Flow* flow) {
  std::string text;
  words >> text;
  if (!text.empty() && text[0] == '@') {
    return std::sscanf(text.c_str(), "@%d/%lf", &flow->slot, &flow->bytes) == 2 &&
           flow->slot >= 0 && flow->slot < Mailbox::kCounters && flow->bytes > 0;
  }
  return std::sscanf(text.c_str(), "%lf", &flow->rate) == 1;
}

bool ReadFlow(const std::string& kind, std::istream& words, Flow* flow) {
  std::string way;
  if (kind == "port") {
    words >> flow->device >> flow->x >> flow->y >> flow->port >> way >> flow->channel;
    flow->down = way == "down";
    return words && (way == "up" || way == "down") && ReadAmount(words, flow);
  }
  if (kind == "node") {
    flow->kind = FlowKind::kNode;
    words >> flow->device >> flow->type >> flow->id >> flow->event;
    return words && ReadAmount(words, flow);
  }
  if (kind == "controller") {
    flow->kind = FlowKind::kController;
    words >> flow->device >> flow->event;
    return words && ReadAmount(words, flow);
  }
  return false;
}

}  // namespace

int Mailbox::Phase() const { return static_cast<int>(Load<std::uint64_t>(page_, kPhaseWord)); }

std::uint64_t Mailbox::Asked(int counter) const {
  return Register<std::uint64_t>(page_, kAskedWords + 8 * static_cast<std::uint32_t>(counter))
      .load(std::memory_order_acquire);
}

void Mailbox::SetDone(int counter, std::uint64_t bytes) {
  Register<std::uint64_t>(page_, kDoneWords + 8 * static_cast<std::uint32_t>(counter))
      .store(bytes, std::memory_order_release);
}

bool Traffic::AddLine(const std::string& line) {
  std::istringstream words(line.substr(0, line.find('#')));
  words >> std::setbase(0);
  std::string kind;
  if (!(words >> kind)) return true;
  if (kind == "phase") return static_cast<bool>(words >> phase_);
  Flow flow;
  flow.phase = phase_;
  if (!ReadFlow(kind, words, &flow)) return false;
  words >> flow.words[0] >> flow.words[1];
  flows_.push_back(flow);
  return true;
}

void Traffic::Step(double seconds, const Mailbox& mailbox,
                   const std::function<bool(const Flow&)>& counts) {
  std::array<bool, Mailbox::kCounters> still{};
  for (const Flow& flow : flows_) {
    if (flow.slot >= 0 && !counts(flow)) still[static_cast<std::size_t>(flow.slot)] = true;
  }
  for (std::size_t slot = 0; slot < still.size(); ++slot) {
    waited_[slot] = still[slot] ? waited_[slot] + seconds : 0;
  }
  std::array<std::uint64_t, Mailbox::kCounters> sharers{};
  std::array<std::uint64_t, Mailbox::kCounters> events{};
  std::array<std::uint64_t, Mailbox::kCounters> turn{};
  for (const Flow& flow : flows_) {
    if (flow.slot < 0) continue;
    const auto slot = static_cast<std::size_t>(flow.slot);
    // All flows of a counter have the same size of an event.
    if (sharers[slot]++ > 0 || (still[slot] && waited_[slot] < kLongestWait)) continue;
    const std::uint64_t due = mailbox.Asked(flow.slot) - played_[slot];
    events[slot] = static_cast<std::uint64_t>(static_cast<double>(due) / flow.bytes);
    played_[slot] += static_cast<std::uint64_t>(static_cast<double>(events[slot]) * flow.bytes);
  }
  const int phase = mailbox.Phase();
  for (Flow& flow : flows_) {
    flow.now = 0;
    if (flow.slot >= 0) {
      const auto slot = static_cast<std::size_t>(flow.slot);
      flow.now =
          events[slot] / sharers[slot] + (turn[slot]++ < events[slot] % sharers[slot] ? 1 : 0);
    } else if (flow.phase < 0 || flow.phase == phase) {
      flow.part += flow.rate * seconds;
      flow.now = static_cast<std::uint64_t>(flow.part);
      flow.part -= static_cast<double>(flow.now);
    }
  }
}

void Traffic::Acknowledge(Mailbox& mailbox) const {
  for (const Flow& flow : flows_) {
    if (flow.slot >= 0) mailbox.SetDone(flow.slot, played_[static_cast<std::size_t>(flow.slot)]);
  }
}

}  // namespace pmubench::lab
