#include "branches/aggregate.h"

#include <utility>

namespace pmubench {
namespace {

// Both architectures keep the kernel in the upper half.
bool IsKernel(std::uint64_t address) { return (address >> 63) != 0; }

bool HasFile(const CodeMapping& mapping) {
  return mapping.path.starts_with('/') && !mapping.path.starts_with("//") &&
         !mapping.path.starts_with("/memfd:") && !mapping.path.starts_with("/dev/");
}

}  // namespace

BranchAggregator::BranchAggregator(std::string source, ImageReader read) : read_(std::move(read)) {
  profile_.source = std::move(source);
}

void BranchAggregator::SetFallback(const ElfImage& image) { fallback_ = {image, image.build_id()}; }
void BranchAggregator::OnMapping(const CodeMapping& mapping) { spaces_.Map(mapping); }
void BranchAggregator::OnFork(std::uint32_t child, std::uint32_t parent) {
  spaces_.Fork(child, parent);
}
void BranchAggregator::OnExec(std::uint32_t pid) { spaces_.Exec(pid); }
void BranchAggregator::OnLost(std::uint64_t records) { profile_.losses.lost_records += records; }
void BranchAggregator::OnThrottle() { ++profile_.losses.throttled; }

BranchAggregator::Image& BranchAggregator::Open(const CodeMapping& mapping) {
  const auto [it, fresh] = files_.try_emplace(mapping.path + '\n' + mapping.build_id);
  Image& image = it->second;
  if (!fresh) return image;
  auto elf = read_(mapping.path);
  if (!elf) return image;
  // The kernel may give a build id padded with zeros to 20 bytes.
  const std::string& now = elf->build_id();
  if (!mapping.build_id.empty() && !now.starts_with("text-") &&
      mapping.build_id.compare(0, now.size(), now) != 0) {
    ++profile_.losses.changed_files;
    return image;
  }
  image.build_id = now;
  image.elf = std::move(*elf);
  return image;
}

ImageProfile& BranchAggregator::ProfileOf(const Image& image, const std::string& path) {
  ImageProfile& profile = profile_.images[image.build_id];
  if (profile.build_id.empty()) {
    profile.build_id = image.build_id;
    profile.path = path;
    profile.machine = image.elf->machine();
  }
  return profile;
}

BranchAggregator::Place BranchAggregator::Resolve(std::uint32_t pid, std::uint64_t address,
                                                  std::uint64_t& loss_of_unmapped) {
  const CodeMapping* mapping = spaces_.Find(pid, address);
  if (mapping == nullptr) {
    if (fallback_.elf && fallback_.elf->IsCode(address)) {
      return {&ProfileOf(fallback_, fallback_.elf->path()), address};
    }
    ++loss_of_unmapped;
    return {};
  }
  if (!HasFile(*mapping)) {
    ++profile_.losses.not_file;
    return {};
  }
  Image& image = Open(*mapping);
  std::optional<std::uint64_t> at;
  if (image.elf) {
    at = image.elf->AddressOfOffset(address - mapping->start + mapping->file_offset);
  }
  if (!at) {
    ++profile_.losses.unreadable;
    return {};
  }
  return {&ProfileOf(image, mapping->path), *at};
}

void BranchAggregator::OnSample(const BranchSample& sample) {
  std::uint64_t unmapped = 0;
  if (sample.ip != 0 && !IsKernel(sample.ip)) {
    const Place place = Resolve(sample.pid, sample.ip, unmapped);
    if (place.image != nullptr) place.image->samples[place.address] += sample.repeats;
  }
  if (!sample.branches.empty()) profile_.stacks += sample.repeats;

  Place older_to;         // where the branch before this one led
  bool straight = false;  // whether nothing is missing between the two
  for (std::size_t i = sample.branches.size(); i-- > 0;) {
    const Branch& branch = sample.branches[i];
    if (IsKernel(branch.from) || IsKernel(branch.to)) {
      ++profile_.losses.kernel;
      straight = false;
      continue;
    }
    if (branch.from == 0 || branch.to == 0) {
      ++profile_.losses.half;
      straight = false;
      continue;
    }
    const Place from = Resolve(sample.pid, branch.from, unmapped);
    const Place to = Resolve(sample.pid, branch.to, unmapped);
    const std::uint64_t wrong = branch.prediction == Prediction::kWrong ? sample.repeats : 0;
    const auto count = [&](ImageProfile& image, std::uint64_t source, std::uint64_t target) {
      BranchCount& entry = image.branches[{source, target}];
      entry.taken += sample.repeats;
      entry.mispredicted += wrong;
    };
    if (from.image != nullptr && from.image == to.image) {
      count(*from.image, from.address, to.address);
    } else {
      if (from.image != nullptr) count(*from.image, from.address, kOutside);
      if (to.image != nullptr) count(*to.image, kOutside, to.address);
    }
    if (straight && sample.complete && from.image != nullptr && from.image == older_to.image) {
      if (from.address >= older_to.address && from.address - older_to.address < kLongestRange) {
        from.image->ranges[{older_to.address, from.address}] += sample.repeats;
      } else {
        ++profile_.losses.bad_ranges;
      }
    }
    older_to = to;
    straight = true;
  }
  profile_.losses.unmapped += unmapped;
}

}  // namespace pmubench
