#include "redis/requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "platform/text.h"

namespace pmubench::redis {
namespace {

constexpr std::size_t kDigits = 12;
constexpr std::string_view kZeros = "000000000000";
// One sorted set for many members, as in a leader board.
constexpr std::string_view kBoard = "board";

void PutDigits(char* at, std::uint32_t number) {
  for (std::size_t i = kDigits; number != 0; number /= 10) {
    at[--i] = static_cast<char>('0' + number % 10);
  }
}

std::string Bulk(std::string_view text) { return fmt::format("${}\r\n{}\r\n", text.size(), text); }

std::uint32_t KeyOfBatch(std::uint32_t key, std::uint32_t i, std::uint32_t keys) {
  return static_cast<std::uint32_t>((key + std::uint64_t{7919} * i) % keys);
}

/// Compares `expected` with what has arrived, from `at` on.
Protocol::Match Compare(std::string_view expected, const char* data, std::size_t size,
                        std::size_t& at) {
  const std::size_t have = std::min(expected.size(), size - at);
  if (std::memcmp(data + at, expected.data(), have) != 0) return Protocol::Match::kWrong;
  if (have < expected.size()) return Protocol::Match::kPartial;
  at += have;
  return Protocol::Match::kWhole;
}

/// ":<digits>\r\n" with a number of at least 1.
Protocol::Match CheckCount(const char* data, std::size_t size, std::size_t& length) {
  if (size == 0) return Protocol::Match::kPartial;
  if (data[0] != ':') return Protocol::Match::kWrong;
  std::size_t i = 1;
  while (i < size && data[i] >= '0' && data[i] <= '9') ++i;
  if (i == size) return i < 22 ? Protocol::Match::kPartial : Protocol::Match::kWrong;
  if (i == 1 || data[1] == '0' || data[i] != '\r') return Protocol::Match::kWrong;
  if (i + 1 == size) return Protocol::Match::kPartial;
  if (data[i + 1] != '\n') return Protocol::Match::kWrong;
  length = i + 2;
  return Protocol::Match::kWhole;
}

}  // namespace

const std::vector<Mix>& Mixes() {
  using enum Command;
  static const std::vector<Mix> mixes = {{"get", {{kGet, 1}}},
                                         {"set", {{kSet, 1}}},
                                         {"mixed", {{kGet, 9}, {kSet, 1}}},
                                         {"mget", {{kMget, 1}}},
                                         {"list", {{kLrange, 9}, {kLpush, 1}}},
                                         {"hash", {{kHget, 1}, {kHset, 1}}},
                                         {"zset", {{kZscore, 1}, {kZadd, 1}}}};
  return mixes;
}

Result<Mix> FindMix(std::string_view name) {
  std::vector<std::string> names;
  for (const Mix& mix : Mixes()) {
    if (mix.name == name) return mix;
    names.push_back(mix.name);
  }
  return Error{ErrorCode::kUsage, fmt::format("no mix of commands '{}'", name),
               fmt::format("there are {}", fmt::join(names, ", "))};
}

Protocol::Protocol(std::uint32_t keys, std::uint32_t value_size)
    : keys_(std::max(keys, 1U)), value_size_(std::max<std::uint32_t>(value_size, 16)) {
  std::string value = fmt::format("key:{}", kZeros);
  value.resize(value_size_, 'x');
  bulk_ = Bulk(value);
  digits_in_bulk_ = bulk_.find(kZeros);

  const std::string key = Bulk(fmt::format("key:{}", kZeros));
  const auto form = [this](Command command, std::string text) {
    Form made{std::move(text), {}};
    for (auto at = made.text.find(kZeros); at != std::string::npos;
         at = made.text.find(kZeros, at + kDigits)) {
      made.digits.push_back(at);
    }
    forms_[static_cast<int>(command)] = std::move(made);
  };
  const std::string list = Bulk(fmt::format("list:{}", kZeros));
  const std::string hash = Bulk(fmt::format("hash:{}", kZeros));
  form(Command::kGet, "*2\r\n$3\r\nGET\r\n" + key);
  form(Command::kSet, "*3\r\n$3\r\nSET\r\n" + key + bulk_);
  form(
      Command::kMget, fmt::format("*{}\r\n$4\r\nMGET\r\n", kBatch + 1) + [&] {
        std::string all;
        for (std::uint32_t i = 0; i < kBatch; ++i) all += key;
        return all;
      }());
  form(Command::kLpush, "*3\r\n$5\r\nLPUSH\r\n" + list + bulk_);
  form(Command::kLrange,
       "*4\r\n$6\r\nLRANGE\r\n" + list + "$1\r\n0\r\n" + Bulk(std::to_string(kBatch - 1)));
  form(Command::kHset, "*4\r\n$4\r\nHSET\r\n" + hash + Bulk("field") + bulk_);
  form(Command::kHget, "*3\r\n$4\r\nHGET\r\n" + hash + Bulk("field"));
  // The score is the key's number: with leading zeros it parses the same.
  form(Command::kZadd, "*4\r\n$4\r\nZADD\r\n" + Bulk(kBoard) + Bulk(kZeros) + key);
  form(Command::kZscore, "*3\r\n$6\r\nZSCORE\r\n" + Bulk(kBoard) + key);
}

void Protocol::Write(const Request& request, std::string& out) const {
  const Form& form = forms_[static_cast<int>(request.command)];
  const std::size_t start = out.size();
  out += form.text;
  std::uint32_t i = 0;
  for (const std::size_t at : form.digits) {
    const std::uint32_t key =
        request.command == Command::kMget ? KeyOfBatch(request.key, i++, keys_) : request.key;
    PutDigits(out.data() + start + at, key);
  }
}

Protocol::Match Protocol::Check(const Request& request, const char* data, std::size_t size,
                                std::size_t& length) const {
  std::size_t at = 0;
  Match match = Match::kWhole;
  const auto expect = [&](std::string_view text) {
    if (match == Match::kWhole) match = Compare(text, data, size, at);
  };
  const auto expect_value = [&](std::uint32_t key) {
    char digits[kDigits];
    std::memcpy(digits, kZeros.data(), kDigits);
    PutDigits(digits, key);
    const std::string_view bulk = bulk_;
    expect(bulk.substr(0, digits_in_bulk_));
    expect({digits, kDigits});
    expect(bulk.substr(digits_in_bulk_ + kDigits));
  };
  switch (request.command) {
    case Command::kGet:
    case Command::kHget:
      expect_value(request.key);
      break;
    case Command::kSet:
      expect("+OK\r\n");
      break;
    case Command::kMget:
    case Command::kLrange:
      expect(fmt::format("*{}\r\n", kBatch));
      for (std::uint32_t i = 0; i < kBatch; ++i) {
        expect_value(request.command == Command::kMget ? KeyOfBatch(request.key, i, keys_)
                                                       : request.key);
      }
      break;
    case Command::kLpush:
      return CheckCount(data, size, length);
    case Command::kHset:
    case Command::kZadd:
      expect(":0\r\n");
      break;
    case Command::kZscore:
      expect(Bulk(std::to_string(request.key)));
      break;
  }
  length = at;
  return match;
}

int Protocol::WritePreload(std::uint32_t key, bool containers, std::string& out) const {
  Write({Command::kSet, key}, out);
  if (!containers) return 1;
  for (std::uint32_t i = 0; i < kBatch; ++i) Write({Command::kLpush, key}, out);
  Write({Command::kHset, key}, out);
  Write({Command::kZadd, key}, out);
  return static_cast<int>(kBatch) + 3;
}

}  // namespace pmubench::redis
