// Turns branch stacks with run-time addresses into a profile by build id and link-time address.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "branches/address_space.h"
#include "branches/branch.h"
#include "branches/elf_image.h"
#include "branches/profile.h"

namespace pmubench {

/// A range longer than this is a recorder's mistake: BOLT and llvm-profgen draw the same line.
inline constexpr std::uint64_t kLongestRange = std::uint64_t{1} << 20;

/// The sink that aggregates. Not thread-safe.
class BranchAggregator : public BranchSink {
 public:
  using ImageReader = std::function<Result<ElfImage>(const std::string& path)>;

  /// `read` opens the files that mappings name; a test gives its own.
  explicit BranchAggregator(std::string source, ImageReader read = &ElfImage::Read);

  /// Addresses that lie in no mapping are link-time addresses of `image`: text imported without
  /// mapping lines.
  void SetFallback(const ElfImage& image);

  void OnMapping(const CodeMapping& mapping) override;
  void OnFork(std::uint32_t child, std::uint32_t parent) override;
  void OnExec(std::uint32_t pid) override;
  void OnSample(const BranchSample& sample) override;
  void OnLost(std::uint64_t records) override;
  void OnThrottle() override;

  [[nodiscard]] const BranchProfile& profile() const { return profile_; }
  [[nodiscard]] BranchProfile Take() { return std::move(profile_); }

 private:
  struct Image {
    std::optional<ElfImage> elf;
    std::string build_id;
  };
  struct Place {
    ImageProfile* image = nullptr;
    std::uint64_t address = 0;
  };
  // Why an address has no place is counted in the losses, once a branch.
  Place Resolve(std::uint32_t pid, std::uint64_t address, std::uint64_t& loss_of_unmapped);
  Image& Open(const CodeMapping& mapping);
  ImageProfile& ProfileOf(const Image& image, const std::string& path);

  ImageReader read_;
  AddressSpaces spaces_;
  std::map<std::string, Image> files_;  // by path and recorded build id
  Image fallback_;
  BranchProfile profile_;
};

}  // namespace pmubench
