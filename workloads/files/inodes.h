// The files that the kernel may ask the passthrough about.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

namespace pmubench::files {

/// One O_PATH descriptor for each file or folder, from its first lookup to its last forget: a
/// descriptor still means the same file after it was renamed or removed. Not thread-safe.
class Inodes {
 public:
  using Id = std::uint64_t;
  static constexpr Id kRoot = 1;  ///< FUSE_ROOT_ID

  explicit Inodes(int root);  ///< takes the root's descriptor over
  Inodes(const Inodes&) = delete;
  Inodes& operator=(const Inodes&) = delete;
  ~Inodes();

  /// The id of a file that was looked up; takes `descriptor` over. A file that is known keeps its
  /// id and its first descriptor.
  [[nodiscard]] Id Remember(int descriptor, dev_t device, ino_t number);

  /// The kernel drops `lookups` of what Remember() gave it.
  void Forget(Id id, std::uint64_t lookups);

  /// -1 where the id is not known.
  [[nodiscard]] int Descriptor(Id id) const;

  [[nodiscard]] std::size_t size() const { return by_id_.size(); }  ///< without the root

 private:
  using Key = std::pair<dev_t, ino_t>;
  struct Inode {
    int descriptor = -1;
    Key key;
    std::uint64_t lookups = 0;
  };
  int root_;
  Id last_ = kRoot;
  std::unordered_map<Id, Inode> by_id_;
  std::map<Key, Id> by_key_;
};

}  // namespace pmubench::files
