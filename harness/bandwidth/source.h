// One way to measure memory bandwidth, as data and two functions: what of it this machine has,
// and which recorded events belong to it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bandwidth/event_name.h"
#include "bandwidth/machine.h"
#include "platform/event_encoding.h"

namespace pmubench {

enum class Direction { kRead, kWrite, kTotal };

/// What one count of an event stands for.
struct Traffic {
  Direction direction = Direction::kRead;
  double bytes = 0;  ///< per count; negative where counts are taken off (retries)
  int socket = 0;
};

/// An event to open, and what it stands for.
struct MemoryCounter {
  EventEncoding event;
  Traffic traffic;
  int cpu = 0;            ///< where to open it
  bool groups = true;     ///< false: the driver refuses groups (DMC-620)
  int counter_bits = 64;  ///< the hardware counter's; 32 bits wrap within seconds
};

/// A file of the kernel that holds bytes since some start (resctrl).
struct MemoryFile {
  std::filesystem::path path;
  Traffic traffic;
};

/// What a source can tell apart.
enum class Gives { kReadsAndWrites, kTotal, kReads };

struct SourceInfo {
  std::string name;                  ///< as --source takes it
  std::string title;                 ///< for people
  std::string method;                ///< what is counted, how it becomes bytes
  std::vector<std::string> aliases;  ///< other names that --source takes
  Gives gives = Gives::kReadsAndWrites;
  bool estimate = false;  ///< known to miss traffic
};

/// Whether a source is here.
enum class Presence {
  kReady,    ///< its events can be opened
  kCould,    ///< the hardware has it; `remedy` says what to turn on
  kNotHere,  ///< this machine has no such hardware, as far as can be seen
};

struct SourceFinding {
  Presence presence = Presence::kNotHere;
  std::string why;     ///< one line
  std::string remedy;  ///< what would make it ready
  std::vector<MemoryCounter> counters;
  std::vector<MemoryFile> files;
  std::vector<std::string> warnings;  ///< e.g. one controller of 16 is missing
};

/// An event of a recording: its name taken apart, and perf's column of places (CPU0, S1).
struct RecordedEvent {
  EventName name;
  std::string place;
  std::string unit;
};

/// For each event what it stands for; nullopt for those of other sources. Sockets that are told
/// apart get different numbers.
using Recognised = std::vector<std::optional<Traffic>>;

struct BandwidthSource {
  SourceInfo info;
  SourceFinding (*find)(const BandwidthMachine& machine) = nullptr;
  Recognised (*recognise)(const std::vector<RecordedEvent>& events) = nullptr;
};

}  // namespace pmubench
