// Sorting records through a comparator that the compiler cannot see through: a virtual call for
// each comparison, which a profile turns into a guarded direct one.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

// With SORT_STRINGS the rows hold std::string, whose moves copy as many bytes as the text has: the
// sizes of copies are what an instrumented profile knows and a sampled one does not.
#ifdef SORT_STRINGS
using Name = std::string;
Name NameOf(std::uint32_t number) { return std::to_string(number); }
#else
struct Name {
  char text[12] = {};

  friend bool operator<(const Name& a, const Name& b) { return std::strcmp(a.text, b.text) < 0; }
};
Name NameOf(std::uint32_t number) {
  Name name;
  std::snprintf(name.text, sizeof name.text, "%u", number);
  return name;
}
#endif

struct Row {
  std::uint32_t key = 0;
  std::int32_t score = 0;
  Name name;
};

class Order {
 public:
  virtual ~Order() = default;
  virtual bool Before(const Row& a, const Row& b) const = 0;
};

class ByKey : public Order {
 public:
  bool Before(const Row& a, const Row& b) const override {
    if (a.key != b.key) return a.key < b.key;
    return a.name < b.name;
  }
};

class ByScore : public Order {
 public:
  bool Before(const Row& a, const Row& b) const override {
    if (a.score != b.score) return a.score > b.score;
    return a.key < b.key;
  }
};

class ByName : public Order {
 public:
  bool Before(const Row& a, const Row& b) const override { return a.name < b.name; }
};

std::unique_ptr<Order> Choose(int which) {
  switch (which % 16) {
    case 15:
      return std::make_unique<ByName>();
    case 7:
    case 11:
      return std::make_unique<ByScore>();
    default:
      return std::make_unique<ByKey>();
  }
}

std::uint64_t Next(std::uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 40;
  std::uint64_t state = 88172645463325252u;
  std::uint64_t sum = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<Row> rows(5000);
    for (Row& row : rows) {
      row.key = static_cast<std::uint32_t>(Next(state) % 100000);
      row.score = static_cast<std::int32_t>(Next(state) % 1000) - 500;
      row.name = NameOf(row.key % 977);
    }
    const auto order = Choose(round);
    const auto before = [&](const Row& a, const Row& b) { return order->Before(a, b); };
    if (round % 3 == 2) {
      std::stable_sort(rows.begin(), rows.end(), before);
    } else {
      std::sort(rows.begin(), rows.end(), before);
    }
    for (std::size_t i = 0; i < rows.size(); i += 97) sum = sum * 31 + rows[i].key;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(sum));
}
