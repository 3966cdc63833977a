#include "branches/address_space.h"

#include <iterator>
#include <utility>

namespace pmubench {

void AddressSpaces::Map(const CodeMapping& mapping) {
  if (mapping.length == 0) return;
  Space& space = spaces_[mapping.pid];
  const std::uint64_t end = mapping.start + mapping.length;
  auto it = space.lower_bound(mapping.start);
  if (it != space.begin()) --it;
  while (it != space.end() && it->first < end) {
    CodeMapping old = it->second;
    const std::uint64_t old_end = old.start + old.length;
    if (old_end <= mapping.start) {
      ++it;
      continue;
    }
    it = space.erase(it);
    if (old.start < mapping.start) {
      CodeMapping before = old;
      before.length = mapping.start - old.start;
      space.emplace(before.start, std::move(before));
    }
    if (old_end > end) {
      CodeMapping after = std::move(old);
      after.file_offset += end - after.start;
      after.start = end;
      after.length = old_end - end;
      it = space.emplace(after.start, std::move(after)).first;
    }
  }
  space[mapping.start] = mapping;
}

void AddressSpaces::Fork(std::uint32_t child, std::uint32_t parent) {
  if (child == parent) return;  // a new thread
  const auto it = spaces_.find(parent);
  if (it == spaces_.end()) return;
  Space copy = it->second;
  for (auto& [start, mapping] : copy) mapping.pid = child;
  spaces_[child] = std::move(copy);
}

void AddressSpaces::Exec(std::uint32_t pid) { spaces_.erase(pid); }

const CodeMapping* AddressSpaces::Find(std::uint32_t pid, std::uint64_t address) const {
  const auto space = spaces_.find(pid);
  if (space == spaces_.end()) return nullptr;
  auto after = space->second.upper_bound(address);
  if (after == space->second.begin()) return nullptr;
  const CodeMapping& mapping = std::prev(after)->second;
  return address - mapping.start < mapping.length ? &mapping : nullptr;
}

}  // namespace pmubench
