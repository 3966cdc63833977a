#include "libraries/corpus.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "common/settings.h"
#include "platform/whole_file.h"

namespace pmubench::libraries {
namespace {

constexpr const char* kTextSetting = "PMUBENCH_LIBRARIES_TEXT";
constexpr const char* kStandardText = "/usr/share/common-licenses/GPL-3";
constexpr std::size_t kWords = 4096;

std::vector<std::string> Vocabulary(std::mt19937& random) {
  std::vector<std::string> words(kWords);
  for (std::string& word : words) {
    const std::size_t length = 2 + random() % 9;
    for (std::size_t i = 0; i < length; ++i) word += static_cast<char>('a' + random() % 26);
  }
  return words;
}

}  // namespace

std::string GeneratedText(std::size_t bytes) {
  std::mt19937 random(42);
  const std::vector<std::string> words = Vocabulary(random);
  std::string text;
  while (text.size() < bytes) {
    // A shift by up to 12 bits halves the range each time: early words are frequent.
    const std::size_t range = kWords >> (random() % 12);
    text += words[random() % range];
    text += random() % 12 == 0 ? '\n' : ' ';
  }
  text.resize(bytes);
  return text;
}

Result<std::string> RealText() {
  const std::string path = Setting(kTextSetting, kStandardText);
  auto text = ReadWhole(path);
  if (!text) {
    return Error{text.error().code, fmt::format("no text at {}: {}", path, text.error().message),
                 "set PMUBENCH_LIBRARIES_TEXT to a file of text"};
  }
  if (text->empty()) {
    return Error{ErrorCode::kBadInput, fmt::format("{} is empty", path),
                 "set PMUBENCH_LIBRARIES_TEXT to a file of text"};
  }
  return text;
}

void RefuseWrongText() {
  if (Setting(kTextSetting, "").empty()) return;
  if (const auto text = RealText(); !text) {
    RefuseSetting(fmt::format("{}: {}", kTextSetting, text.error().ToString()));
  }
}

std::uint64_t Fingerprint(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace pmubench::libraries
