#include "branches/aggregate.h"

#include <elf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "branches/export.h"
#include "branches/validate.h"

namespace pmubench {
namespace {

// A position-independent ELF file with one executable segment at 0x1000, file offset 0x1000, all
// bytes `ret`.
ElfImage Image(const std::string& path, std::uint8_t salt = 0) {
  std::vector<std::uint8_t> bytes(0x3000, 0xC3);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_machine = EM_X86_64;
  header.e_phoff = sizeof header;
  header.e_phnum = 2;
  Elf64_Phdr segments[2] = {};
  segments[0] = {PT_LOAD, PF_R, 0, 0, 0, 0x1000, 0x1000, 0x1000};
  segments[1] = {PT_LOAD, PF_R | PF_X, 0x1000, 0x1000, 0x1000, 0x2000, 0x2000, 0x1000};
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, segments, sizeof segments);
  bytes.back() = salt;
  auto image = ElfImage::Parse(std::move(bytes), path);
  EXPECT_TRUE(image) << image.error().ToString();
  return *image;
}

Result<ElfImage> ReadFake(const std::string& path) {
  if (path == "/app") return Image(path, 1);
  if (path == "/lib") return Image(path, 2);
  return Error{ErrorCode::kNotFound, path + " cannot be read", ""};
}

constexpr std::uint64_t kApp = 0x555555555000;  // where /app's code is mapped in process 1
constexpr std::uint64_t kLib = 0x7f0000001000;

BranchAggregator Aggregator() {
  BranchAggregator aggregator("test", &ReadFake);
  aggregator.OnMapping({1, 0, kApp, 0x2000, 0x1000, "/app", ""});
  aggregator.OnMapping({1, 0, kLib, 0x2000, 0x1000, "/lib", ""});
  aggregator.OnMapping({1, 0, 0x10000, 0x1000, 0, "//anon", ""});
  return aggregator;
}

BranchSample Stack(std::vector<Branch> newest_first, std::uint32_t pid = 1) {
  BranchSample sample;
  sample.pid = pid;
  sample.branches = std::move(newest_first);
  return sample;
}

const ImageProfile& Part(const BranchProfile& profile, const std::string& path) {
  for (const auto& [id, image] : profile.images) {
    if (image.path == path) return image;
  }
  ADD_FAILURE() << "no " << path;
  static const ImageProfile nothing;
  return nothing;
}

TEST(Aggregate, BranchesAndRangesAtLinkTimeAddresses) {
  BranchAggregator aggregator = Aggregator();
  aggregator.OnSample(Stack({{kApp + 0x30, kApp + 0x10}, {kApp + 0x80, kApp + 0x20}}));
  const ImageProfile& app = Part(aggregator.profile(), "/app");
  EXPECT_EQ(app.branches.at({0x1030, 0x1010}).taken, 1u);
  EXPECT_EQ(app.branches.at({0x1080, 0x1020}).taken, 1u);
  ASSERT_EQ(app.ranges.size(), 1u);
  EXPECT_EQ(app.ranges.at({0x1020, 0x1030}), 1u);
}

TEST(Aggregate, TwoRunsAtOtherAddressesAddUp) {
  BranchAggregator aggregator = Aggregator();
  aggregator.OnMapping({2, 0, kApp + 0x777000, 0x2000, 0x1000, "/app", ""});
  aggregator.OnSample(Stack({{kApp + 0x30, kApp + 0x10}}));
  aggregator.OnSample(Stack({{kApp + 0x777030, kApp + 0x777010}}, 2));
  EXPECT_EQ(Part(aggregator.profile(), "/app").branches.at({0x1030, 0x1010}).taken, 2u);
}

TEST(Aggregate, CallsIntoALibraryAreOutsideAndBreakNoRange) {
  BranchAggregator aggregator = Aggregator();
  // app calls lib, lib returns, app jumps.
  aggregator.OnSample(
      Stack({{kApp + 0x50, kApp + 0x10}, {kLib + 0x40, kApp + 0x45}, {kApp + 0x40, kLib + 0x8}}));
  const ImageProfile& app = Part(aggregator.profile(), "/app");
  const ImageProfile& lib = Part(aggregator.profile(), "/lib");
  EXPECT_EQ(app.branches.at({0x1040, kOutside}).taken, 1u);
  EXPECT_EQ(app.branches.at({kOutside, 0x1045}).taken, 1u);
  EXPECT_EQ(app.ranges.at({0x1045, 0x1050}), 1u);
  EXPECT_EQ(lib.ranges.at({0x1008, 0x1040}), 1u);
}

TEST(Aggregate, HalfRecordsAndKernelBranchesBreakRanges) {
  BranchAggregator aggregator = Aggregator();
  aggregator.OnSample(Stack({{kApp + 0x50, kApp + 0x10},
                             {0, kApp + 0x45},
                             {kApp + 0x40, kApp + 0x41},
                             {0xffffffff81000000, kApp + 0x30},
                             {kApp + 0x20, 0xffffffff81000000}}));
  const BranchProfile& profile = aggregator.profile();
  EXPECT_TRUE(Part(profile, "/app").ranges.empty());
  EXPECT_EQ(profile.losses.half, 1u);
  EXPECT_EQ(profile.losses.kernel, 2u);
  EXPECT_EQ(Part(profile, "/app").TakenTotal(), 2u);
}

TEST(Aggregate, FilteredStacksGiveNoRanges) {
  BranchAggregator aggregator = Aggregator();
  BranchSample sample = Stack({{kApp + 0x30, kApp + 0x10}, {kApp + 0x80, kApp + 0x20}});
  sample.complete = false;
  aggregator.OnSample(sample);
  EXPECT_TRUE(Part(aggregator.profile(), "/app").ranges.empty());
}

TEST(Aggregate, JitCodeAndUnknownAddressesAreCountedAsLeftOut) {
  BranchAggregator aggregator = Aggregator();
  aggregator.OnSample(Stack({{0x10010, 0x10020}, {0x999999000, 0x999999010}}));
  EXPECT_TRUE(aggregator.profile().images.empty());
  EXPECT_EQ(aggregator.profile().losses.not_file, 2u);
  EXPECT_EQ(aggregator.profile().losses.unmapped, 2u);
}

TEST(Aggregate, ImpossibleRangesAreDropped) {
  BranchAggregator aggregator = Aggregator();
  aggregator.OnSample(Stack({{kApp + 0x10, kApp + 0x90}, {kApp + 0x80, kApp + 0x20}}));
  EXPECT_TRUE(Part(aggregator.profile(), "/app").ranges.empty());
  EXPECT_EQ(aggregator.profile().losses.bad_ranges, 1u);
}

TEST(Aggregate, ChangedFileIsNotResolved) {
  BranchAggregator aggregator("test", [](const std::string& path) -> Result<ElfImage> {
    auto image = Image(path);
    return image;
  });
  // Images without a build id note have "text-" ids, which the kernel cannot know: accepted.
  aggregator.OnMapping({1, 0, kApp, 0x2000, 0x1000, "/app", "0011"});
  aggregator.OnSample(Stack({{kApp + 0x30, kApp + 0x10}}));
  EXPECT_EQ(aggregator.profile().images.size(), 1u);
}

TEST(Aggregate, ExecAndForkFollowTheProcess) {
  BranchAggregator aggregator = Aggregator();
  aggregator.OnFork(2, 1);
  aggregator.OnSample(Stack({{kApp + 0x30, kApp + 0x10}}, 2));
  aggregator.OnExec(2);
  aggregator.OnSample(Stack({{kApp + 0x30, kApp + 0x10}}, 2));
  EXPECT_EQ(Part(aggregator.profile(), "/app").TakenTotal(), 1u);
  EXPECT_EQ(aggregator.profile().losses.unmapped, 2u);
}

TEST(AddressSpaces, LaterMappingsCutEarlierOnes) {
  AddressSpaces spaces;
  spaces.Map({1, 0, 0x1000, 0x9000, 0x100, "/old", ""});
  spaces.Map({1, 0, 0x3000, 0x1000, 0, "/new", ""});
  EXPECT_EQ(spaces.Find(1, 0x2fff)->path, "/old");
  EXPECT_EQ(spaces.Find(1, 0x3000)->path, "/new");
  const CodeMapping* after = spaces.Find(1, 0x4000);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->path, "/old");
  EXPECT_EQ(after->file_offset, 0x3100u);
  EXPECT_EQ(spaces.Find(1, 0xa000), nullptr);
  EXPECT_EQ(spaces.Find(2, 0x2000), nullptr);
}

TEST(Export, BasesAreThoseOfEachTool) {
  BranchAggregator aggregator = Aggregator();
  aggregator.OnSample(Stack({{kApp + 0x30, kApp + 0x10}, {kApp + 0x80, kApp + 0x20}}));
  const ImageProfile& app = Part(aggregator.profile(), "/app");
  const ElfImage image = Image("/app", 1);
  // First executable segment at 0x1000; first PT_LOAD at 0.
  EXPECT_EQ(ExportProfile(app, image, ExportFormat::kLlvm), "1\n20-30:1\n2\n30->10:1\n80->20:1\n");
  EXPECT_EQ(ExportProfile(app, image, ExportFormat::kAutofdo),
            "1\n1020-1030:1\n0\n2\n1030->1010:1\n1080->1020:1\n");
  EXPECT_EQ(ExportProfile(app, image, ExportFormat::kBolt),
            "B 1030 1010 1 0\nB 1080 1020 1 0\nF 1020 1030 1\n");
}

// perf2bolt counts ranges in linkage stubs as misfits, and refuses the profile of a program that
// calls its libraries often.
TEST(Export, RangesOutsideFunctionsAreNotForBolt) {
  const auto image =
      ElfImage::Read(std::string(PMUBENCH_BINARY_DIR) + "/tests/branches/branch_target");
  ASSERT_TRUE(image) << image.error().ToString();
  std::uint64_t stub = image->FirstExecutableBase();
  while (image->IsCode(stub) && image->FunctionAt(stub) != nullptr) stub += 4;
  while (!image->IsCode(stub)) stub += 4;
  ASSERT_EQ(image->FunctionAt(stub), nullptr);
  std::uint64_t inside = 0;
  for (const ElfFunction& function : image->functions()) {
    if (function.name == "Work") inside = function.address;
  }
  ImageProfile profile;
  profile.branches[{inside, stub}].taken = 7;
  profile.ranges[{stub, stub}] = 7;
  profile.ranges[{inside, inside}] = 3;
  const std::string text = ExportProfile(profile, *image, ExportFormat::kBolt);
  EXPECT_EQ(text, fmt::format("B {0:x} {1:x} 7 0\nF {0:x} {0:x} 3\n", inside, stub));
}

TEST(Validate, SaysWhatToDo) {
  BranchAggregator aggregator = Aggregator();
  BranchSample sample = Stack({{kApp + 0x30, kApp + 0x10}, {kApp + 0x80, kApp + 0x20}});
  sample.repeats = 100;
  aggregator.OnSample(sample);
  const BranchProfile& profile = aggregator.profile();
  const ElfImage image = Image("/app", 1);
  const auto part = PartOf(profile, image);
  ASSERT_TRUE(part);
  const ProfileCheck check = CheckProfile(**part, image, ExportFormat::kLlvm, "test");
  ASSERT_GE(check.errors.size(), 2u);  // stripped, no debug information
  EXPECT_NE(check.errors[0].message.find("stripped"), std::string::npos);
  EXPECT_NE(check.errors[1].message.find("debug information"), std::string::npos);
  EXPECT_DOUBLE_EQ(check.branch_share, 1);  // the image is all `ret`

  const auto changed = PartOf(profile, Image("/somewhere/app", 9));
  ASSERT_FALSE(changed);
  EXPECT_NE(changed.error().message.find("changed since the recording"), std::string::npos);
  const auto other = PartOf(profile, Image("/other", 8));
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("holds nothing of /other"), std::string::npos);
  EXPECT_FALSE(PartOf(BranchProfile{}, image));
}

}  // namespace
}  // namespace pmubench
