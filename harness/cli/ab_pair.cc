#include "cli/ab_pair.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "platform/files.h"

namespace pmubench {
namespace {

constexpr std::size_t kMostSuggestions = 6;

bool IsWordCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Where `word` stands in `name` on its own.
std::vector<std::size_t> PlacesOf(const std::string& word, const std::string& name) {
  std::vector<std::size_t> places;
  for (auto at = name.find(word); at != std::string::npos; at = name.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordCharacter(name[at - 1]);
    const bool ends = end == name.size() || !IsWordCharacter(name[end]);
    if (begins && ends) places.push_back(at);
  }
  return places;
}

std::string Replaced(std::string name, std::size_t at, const std::string& word,
                     const std::string& by) {
  return name.replace(at, word.size(), by);
}

/// Pairs of words, "none:full", that stand in one place of two otherwise equal names.
std::set<std::string> PossiblePairs(const std::vector<std::string>& names) {
  std::map<std::string, std::vector<std::string>> by_rest;
  for (const std::string& name : names) {
    const auto parts = Split(name, '/');
    for (std::size_t i = 0; i < parts.size(); ++i) {
      auto rest = parts;
      rest[i] = "\n";
      by_rest[fmt::format("{}", fmt::join(rest, "/"))].push_back(parts[i]);
    }
  }
  std::set<std::string> pairs;
  for (const auto& [rest, words] : by_rest) {
    for (std::size_t i = 1; i < words.size(); ++i) pairs.insert(words[0] + ":" + words[i]);
  }
  return pairs;
}

Error NoPair(const std::vector<std::string>& names, const VariantWords& words) {
  std::vector<std::string> possible;
  for (const std::string& pair : PossiblePairs(names)) {
    if (possible.size() < kMostSuggestions) possible.push_back(pair);
  }
  return {ErrorCode::kUsage,
          fmt::format("none of {} benchmarks has '{}' where another has '{}'", names.size(),
                      words.base, words.now),
          possible.empty() ? "no names differ in one part alone; is a filter too narrow?"
                           : fmt::format("names here would pair by {}", fmt::join(possible, ", "))};
}

}  // namespace

Result<VariantWords> ParseVariants(std::string_view text) {
  const auto colon = text.find(':');
  VariantWords words;
  if (colon != std::string_view::npos) {
    words = {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  }
  if (words.base.empty() || words.now.empty() || words.base == words.now) {
    return Error{ErrorCode::kUsage, fmt::format("--pair {}: not two words", text),
                 "give BASE:NEW, the words that tell the variants' names apart, e.g. none:full"};
  }
  return words;
}

Result<VariantNames> PairVariants(const std::vector<std::string>& names,
                                  const VariantWords& words) {
  const std::set<std::string> all(names.begin(), names.end());
  VariantNames paired;
  for (const std::string& name : names) {
    const auto places = PlacesOf(words.base, name);
    const auto place = std::find_if(places.begin(), places.end(), [&](std::size_t at) {
      return all.contains(Replaced(name, at, words.base, words.now));
    });
    if (place != places.end()) {
      const std::string pair = Replaced(name, *place, words.base, words.base + ":" + words.now);
      paired.base[name] = pair;
      paired.now[Replaced(name, *place, words.base, words.now)] = pair;
    } else if (!places.empty()) {
      paired.alone.push_back(name);
    }
  }
  std::erase_if(paired.alone, [&](const std::string& name) { return paired.now.contains(name); });
  if (paired.base.empty()) return NoPair(names, words);
  return paired;
}

}  // namespace pmubench
