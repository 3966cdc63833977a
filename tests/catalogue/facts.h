// Recorded facts about cores, for tests: found beside the project, absent elsewhere.
#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "catalogue/formula.h"

namespace pmubench {

inline std::filesystem::path FactsFolder() {
  return std::filesystem::path(PMUBENCH_SOURCE_DIR) / ".." / "shared" / "data";
}

inline nlohmann::json ReadFacts(const std::filesystem::path& file) {
  std::ifstream in(FactsFolder() / file);
  return nlohmann::json::parse(in);
}

/// Random counts by name, the same for the same name and seed.
class RandomCounts {
 public:
  explicit RandomCounts(unsigned seed) : seed_(seed) {}

  Value operator()(std::string_view name) const {
    std::seed_seq sequence(name.begin(), name.end());
    std::mt19937 generator(sequence);
    generator.discard(seed_ * 8);
    return {std::uniform_real_distribution<>(1e3, 1e9)(generator), ""};
  }

 private:
  unsigned seed_;
};

}  // namespace pmubench
