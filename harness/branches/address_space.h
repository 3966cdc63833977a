// Which file's byte lies at an address of a process, as its mappings come and go.
#pragma once

#include <cstdint>
#include <map>

#include "branches/branch.h"

namespace pmubench {

/// Mappings by process. Pure; not thread-safe.
class AddressSpaces {
 public:
  /// A later mapping replaces what it overlaps.
  void Map(const CodeMapping& mapping);
  void Fork(std::uint32_t child, std::uint32_t parent);
  void Exec(std::uint32_t pid);

  /// The mapping that holds `address`, or null.
  [[nodiscard]] const CodeMapping* Find(std::uint32_t pid, std::uint64_t address) const;

 private:
  using Space = std::map<std::uint64_t, CodeMapping>;  // by start
  std::map<std::uint32_t, Space> spaces_;
};

}  // namespace pmubench
