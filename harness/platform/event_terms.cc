// Encodes the terms of an event with a PMU's format files: the bits of a value go, lowest first,
// to the bit ranges of its format.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/files.h"
#include "platform/pmu.h"

namespace pmubench {
namespace {

struct BitRange {
  int low = 0;
  int high = 0;
  [[nodiscard]] int width() const { return high - low + 1; }
};

struct Format {
  std::uint64_t EventEncoding::*field = nullptr;
  std::vector<BitRange> ranges;
  [[nodiscard]] int width() const {
    int sum = 0;
    for (const BitRange& range : ranges) sum += range.width();
    return sum;
  }
};

std::uint64_t EventEncoding::*FieldNamed(std::string_view name) {
  if (name == "config") return &EventEncoding::config;
  if (name == "config1") return &EventEncoding::config1;
  if (name == "config2") return &EventEncoding::config2;
  return nullptr;
}

std::optional<Format> ParseFormat(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Format format;
  format.field = FieldNamed(Trim(text.substr(0, colon)));
  if (format.field == nullptr) return std::nullopt;
  for (const std::string& part : Split(text.substr(colon + 1), ',')) {
    const auto dash = part.find('-');
    const auto low = ParseUnsigned(part.substr(0, dash));
    const auto high = dash == std::string::npos ? low : ParseUnsigned(part.substr(dash + 1));
    if (!low || !high || *low > *high || *high > 63) return std::nullopt;
    format.ranges.push_back({static_cast<int>(*low), static_cast<int>(*high)});
  }
  if (format.width() > 64) return std::nullopt;
  return format;
}

std::uint64_t LowBits(int width) { return width >= 64 ? ~0ULL : (1ULL << width) - 1; }

void SetBits(const Format& format, std::uint64_t value, EventEncoding* encoding) {
  std::uint64_t& field = encoding->*format.field;
  for (const BitRange& range : format.ranges) {
    const std::uint64_t mask = LowBits(range.width());
    field = (field & ~(mask << range.low)) | ((value & mask) << range.low);
    value = range.width() >= 64 ? 0 : value >> range.width();
  }
}

std::string KeysOf(const std::map<std::string, std::string>& map, std::string_view word) {
  // A PMU may have hundreds of names: those that share the beginning come first, and a few do.
  constexpr std::size_t kShown = 12;
  std::vector<std::string> names;
  for (const auto& [name, text] : map) names.push_back(name);
  const auto shared = [word](const std::string& name) {
    const auto end = std::mismatch(name.begin(), name.end(), word.begin(), word.end()).first;
    return end - name.begin();
  };
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return shared(a) > shared(b);
  });
  const bool cut = names.size() > kShown;
  if (cut) names.resize(kShown);
  return names.empty() ? "none" : fmt::format("{}{}", fmt::join(names, ", "), cut ? ", ..." : "");
}

class TermEncoder {
 public:
  TermEncoder(const PmuDevice& pmu, const std::string& terms) : pmu_(pmu), terms_(terms) {
    encoding_.name = terms;
    encoding_.pmu = pmu.name;
    encoding_.type = pmu.type;
  }

  Result<EventEncoding> Encode() {
    // What an event file leaves open ("param=?") may be given by any term after it.
    if (auto done = ApplyAll(terms_, /*from_event=*/false); !done) return done.error();
    if (!open_.empty()) {
      return Bad(fmt::format("needs a value for {}", fmt::join(open_, ", ")),
                 fmt::format("add ,{}=VALUE", open_.front()));
    }
    return encoding_;
  }

 private:
  Error Bad(const std::string& what, std::string remedy = {}) const {
    return {ErrorCode::kBadInput, fmt::format("event {}/{}/: {}", pmu_.name, terms_, what),
            std::move(remedy)};
  }

  Result<void> ApplyAll(std::string_view terms, bool from_event) {
    for (const std::string& term : Split(terms, ',')) {
      if (auto done = Apply(term, from_event); !done) return done;
    }
    return {};
  }

  Result<void> Apply(const std::string& term, bool from_event) {
    const auto equals = term.find('=');
    const std::string key(Trim(std::string_view(term).substr(0, equals)));
    if (key.empty()) return Bad("a term is empty");
    if (equals == std::string::npos) {
      const auto event = pmu_.events.find(key);
      if (event != pmu_.events.end() && !from_event) return ApplyAll(event->second, true);
      if (const auto raw = RawConfig(key)) {
        encoding_.config = *raw;
        return {};
      }
      return SetKey(key, "1", from_event);
    }
    return SetKey(key, Trim(std::string_view(term).substr(equals + 1)), from_event);
  }

  Result<void> SetKey(const std::string& key, std::string_view text, bool from_event) {
    const auto format = FindFormat(key);
    if (!format) return format.error();
    if (from_event && text == "?") {
      open_.push_back(key);
      return {};
    }
    const auto value = ParseUnsigned(text);
    if (!value) return Bad(fmt::format("'{}' is not a number for '{}'", text, key));
    if (*value > LowBits(format->width())) {
      return Bad(fmt::format("{}={} does not fit its {} bits", key, text, format->width()));
    }
    SetBits(*format, *value, &encoding_);
    std::erase(open_, key);
    return {};
  }

  Result<Format> FindFormat(const std::string& key) const {
    const auto found = pmu_.formats.find(key);
    if (found == pmu_.formats.end()) {
      if (const auto field = FieldNamed(key)) return Format{field, {{0, 63}}};
      return Error{
          ErrorCode::kNoSuchEvent,
          fmt::format("PMU {} has neither an event nor a key '{}'", pmu_.name, key),
          fmt::format("events: {}; keys: {}", KeysOf(pmu_.events, key), KeysOf(pmu_.formats, key))};
    }
    auto format = ParseFormat(found->second);
    if (!format) {
      return Bad(fmt::format("format '{}' of key '{}' is not understood", found->second, key));
    }
    return *std::move(format);
  }

  static std::optional<std::uint64_t> RawConfig(std::string_view word) {
    if (word.size() < 2 || word.size() > 17 || word.front() != 'r') return std::nullopt;
    std::uint64_t value = 0;
    const char* end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data() + 1, end, value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return value;
  }

  const PmuDevice& pmu_;
  const std::string& terms_;
  EventEncoding encoding_;
  std::vector<std::string> open_;
};

}  // namespace

Result<EventEncoding> EncodeSysfs(const PmuDevice& pmu, const std::string& terms) {
  return TermEncoder(pmu, terms).Encode();
}

}  // namespace pmubench
