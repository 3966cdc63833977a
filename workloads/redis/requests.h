// Requests as bytes, and what the server must answer to each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pmubench/result.h"

namespace pmubench::redis {

enum class Command { kGet, kSet, kMget, kLpush, kLrange, kHset, kHget, kZadd, kZscore };
inline constexpr int kCommands = 9;

/// How often each command is sent, in parts.
struct Mix {
  std::string name;
  struct Part {
    Command command;
    int weight;
  };
  std::vector<Part> parts;
};

/// get, set, mixed (9 GET : 1 SET), mget, list (LRANGE, LPUSH), hash (HGET, HSET), zset (ZSCORE,
/// ZADD).
[[nodiscard]] const std::vector<Mix>& Mixes();
[[nodiscard]] Result<Mix> FindMix(std::string_view name);

/// One request that waits for its reply.
struct Request {
  Command command = Command::kGet;
  std::uint32_t key = 0;
};

/// Keys read by one MGET, and entries by one LRANGE.
inline constexpr std::uint32_t kBatch = 10;

/// Writes requests and checks replies. Values depend on the key, so a reply that belongs to another
/// key is wrong; they are the same at every write, so every reply is known in advance.
class Protocol {
 public:
  /// Key space 0 to `keys` - 1, values of `value_size` bytes (at least 16).
  Protocol(std::uint32_t keys, std::uint32_t value_size);

  /// Appends the request in RESP.
  void Write(const Request& request, std::string& out) const;

  enum class Match {
    kWhole,    ///< the reply is right; `length` bytes of it
    kPartial,  ///< right so far: more must be read
    kWrong,
  };
  /// Compares the start of [data, data + size) with the reply to `request`.
  [[nodiscard]] Match Check(const Request& request, const char* data, std::size_t size,
                            std::size_t& length) const;

  /// Appends what creates a key's string, list, hash and sorted-set entry: as many requests and
  /// replies as it says.
  int WritePreload(std::uint32_t key, bool containers, std::string& out) const;

  [[nodiscard]] std::uint32_t keys() const { return keys_; }

 private:
  std::uint32_t keys_;
  std::uint32_t value_size_;
  std::string bulk_;  // "$32\r\nkey:000000000000xxxx\r\n"
  std::size_t digits_in_bulk_;
  struct Form {
    std::string text;
    std::vector<std::size_t> digits;  // where 12 digits of the key go
  };
  Form forms_[kCommands];
};

}  // namespace pmubench::redis
