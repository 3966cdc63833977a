#include "files/inodes.h"

#include <unistd.h>

#include <algorithm>

namespace pmubench::files {

Inodes::Inodes(int root) : root_(root) {}

Inodes::~Inodes() {
  for (const auto& [id, inode] : by_id_) close(inode.descriptor);
  close(root_);
}

Inodes::Id Inodes::Remember(int descriptor, dev_t device, ino_t number) {
  const auto [found, is_new] = by_key_.try_emplace({device, number}, last_ + 1);
  if (is_new) {
    by_id_[++last_] = {descriptor, found->first, 1};
  } else {
    close(descriptor);
    ++by_id_[found->second].lookups;
  }
  return found->second;
}

void Inodes::Forget(Id id, std::uint64_t lookups) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  Inode& inode = found->second;
  inode.lookups -= std::min(lookups, inode.lookups);
  if (inode.lookups > 0) return;
  close(inode.descriptor);
  by_key_.erase(inode.key);
  by_id_.erase(found);
}

int Inodes::Descriptor(Id id) const {
  if (id == kRoot) return root_;
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? -1 : found->second.descriptor;
}

}  // namespace pmubench::files
