#include "branches/profile.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "platform/whole_file.h"

namespace pmubench {
namespace {

constexpr const char* kMagic = "pmubench-branches 1";

std::string Address(std::uint64_t address) {
  return address == kOutside ? "-" : fmt::format("{:x}", address);
}

struct LossField {
  const char* name;
  std::uint64_t ProfileLosses::*field;
};

constexpr LossField kLossFields[] = {{"lost_records", &ProfileLosses::lost_records},
                                     {"throttled", &ProfileLosses::throttled},
                                     {"kernel", &ProfileLosses::kernel},
                                     {"half", &ProfileLosses::half},
                                     {"not_file", &ProfileLosses::not_file},
                                     {"unreadable", &ProfileLosses::unreadable},
                                     {"unmapped", &ProfileLosses::unmapped},
                                     {"bad_ranges", &ProfileLosses::bad_ranges},
                                     {"changed_files", &ProfileLosses::changed_files}};

// Words of one line, taken from the front.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::string_view Next() {
    const auto end = rest_.find(' ');
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return word;
  }
  std::uint64_t Number(int base = 10) {
    const std::string_view word = Next();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    if (word.empty() || error != std::errc{} || end != word.data() + word.size()) good_ = false;
    return value;
  }
  std::uint64_t Location() {
    if (rest_.substr(0, rest_.find(' ')) == "-") {
      Next();
      return kOutside;
    }
    return Number(16);
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

class Reader {
 public:
  // False where the line is not one of a profile.
  bool Line(std::string_view line) {
    Words words(line);
    const std::string_view kind = words.Next();
    if (kind == "source") {
      profile_.source = words.rest();
      return true;
    }
    if (kind == "stacks") {
      profile_.stacks = words.Number();
      return words.done();
    }
    if (kind == "loss") {
      const std::string_view name = words.Next();
      const std::uint64_t count = words.Number();
      for (const LossField& loss : kLossFields) {
        if (name == loss.name) profile_.losses.*loss.field = count;
      }
      return words.done();
    }
    if (kind == "image") {
      const std::string build_id(words.Next());
      const std::string machine(words.Next());
      if (build_id.empty()) return false;
      image_ = &profile_.images[build_id];
      image_->build_id = build_id;
      image_->machine = MachineFromName(machine);
      image_->path = words.rest();
      return true;
    }
    if (image_ == nullptr) return false;
    if (kind == "b") {
      const std::uint64_t from = words.Location();
      const std::uint64_t to = words.Location();
      BranchCount& count = image_->branches[{from, to}];
      count.taken += words.Number();
      count.mispredicted += words.Number();
      return words.done();
    }
    if (kind == "r") {
      const std::uint64_t first = words.Number(16);
      const std::uint64_t last = words.Number(16);
      image_->ranges[{first, last}] += words.Number();
      return words.done() && first <= last;
    }
    if (kind == "i") {
      const std::uint64_t address = words.Number(16);
      image_->samples[address] += words.Number();
      return words.done();
    }
    return false;
  }

  BranchProfile Take() { return std::move(profile_); }

 private:
  BranchProfile profile_;
  ImageProfile* image_ = nullptr;
};

}  // namespace

std::uint64_t ImageProfile::TakenTotal() const {
  std::uint64_t total = 0;
  for (const auto& [where, count] : branches) total += count.taken;
  return total;
}

std::uint64_t ImageProfile::RangeTotal() const {
  std::uint64_t total = 0;
  for (const auto& [where, count] : ranges) total += count;
  return total;
}

std::uint64_t ImageProfile::SampleTotal() const {
  std::uint64_t total = 0;
  for (const auto& [where, count] : samples) total += count;
  return total;
}

void BranchProfile::Add(const BranchProfile& other) {
  if (source.empty()) {
    source = other.source;
  } else if (source != other.source && !other.source.empty()) {
    source = "mixed";
  }
  stacks += other.stacks;
  for (const LossField& loss : kLossFields) losses.*loss.field += other.losses.*loss.field;
  for (const auto& [build_id, theirs] : other.images) {
    ImageProfile& ours = images[build_id];
    ours.build_id = build_id;
    ours.machine = theirs.machine;
    if (ours.path.empty()) ours.path = theirs.path;
    for (const auto& [where, count] : theirs.branches) {
      ours.branches[where].taken += count.taken;
      ours.branches[where].mispredicted += count.mispredicted;
    }
    for (const auto& [where, count] : theirs.ranges) ours.ranges[where] += count;
    for (const auto& [where, count] : theirs.samples) ours.samples[where] += count;
  }
}

const ImageProfile* BranchProfile::Busiest() const {
  const ImageProfile* best = nullptr;
  std::pair<std::uint64_t, std::uint64_t> most{0, 0};
  for (const auto& [build_id, image] : images) {
    const std::pair<std::uint64_t, std::uint64_t> now{image.TakenTotal(), image.SampleTotal()};
    if (best == nullptr || now > most) {
      best = &image;
      most = now;
    }
  }
  return best;
}

std::string WriteProfile(const BranchProfile& profile) {
  std::string text =
      fmt::format("{}\nsource {}\nstacks {}\n", kMagic, profile.source, profile.stacks);
  for (const LossField& loss : kLossFields) {
    if (profile.losses.*loss.field != 0) {
      text += fmt::format("loss {} {}\n", loss.name, profile.losses.*loss.field);
    }
  }
  for (const auto& [build_id, image] : profile.images) {
    text += fmt::format("image {} {} {}\n", build_id, ToString(image.machine), image.path);
    for (const auto& [where, count] : image.branches) {
      text += fmt::format("b {} {} {} {}\n", Address(where.first), Address(where.second),
                          count.taken, count.mispredicted);
    }
    for (const auto& [where, count] : image.ranges) {
      text += fmt::format("r {:x} {:x} {}\n", where.first, where.second, count);
    }
    for (const auto& [where, count] : image.samples) {
      text += fmt::format("i {:x} {}\n", where, count);
    }
  }
  return text;
}

Result<BranchProfile> ReadProfile(const std::string& text, const std::string& name) {
  std::string_view rest = text;
  Reader reader;
  for (int number = 1; !rest.empty(); ++number) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (end == std::string_view::npos) {
      return Error{ErrorCode::kBadInput, fmt::format("{} is cut off in line {}", name, number),
                   "record it again"};
    }
    rest.remove_prefix(end + 1);
    if (number == 1) {
      if (line == kMagic) continue;
      return Error{ErrorCode::kBadInput,
                   fmt::format("{} is not a branch profile of pmubench", name),
                   "write one with `pmubench pgo record -o FILE -- COMMAND`, or import perf "
                   "script text with `pmubench pgo record --import FILE`"};
    }
    if (!line.empty() && !reader.Line(line)) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("{}, line {}: \"{}\" is not a line of a branch profile", name,
                               number, line.substr(0, 60)),
                   "record it again"};
    }
  }
  if (text.empty()) {
    return Error{ErrorCode::kBadInput, fmt::format("{} is empty", name), "record it again"};
  }
  return reader.Take();
}

Result<BranchProfile> LoadProfile(const std::string& path) {
  const auto text = ReadWhole(path);
  if (text) return ReadProfile(*text, path);
  Error error = text.error();
  error.remedy = "write a profile with `pmubench pgo record -o FILE -- COMMAND`";
  return error;
}

}  // namespace pmubench
