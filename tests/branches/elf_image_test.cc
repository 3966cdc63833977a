#include "branches/elf_image.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

namespace pmubench {
namespace {

const std::string kTarget = std::string(PMUBENCH_BINARY_DIR) + "/tests/branches/branch_target";

TEST(ElfImage, KnowsAProgramOfOurs) {
  const auto image = ElfImage::Read(kTarget);
  ASSERT_TRUE(image) << image.error().ToString();
  EXPECT_EQ(image->machine(), HostMachine());
  EXPECT_FALSE(image->stripped());
  EXPECT_FALSE(image->build_id().empty());
  const ElfFunction* work = nullptr;
  for (const ElfFunction& function : image->functions()) {
    if (function.name == "Work") work = &function;
  }
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(image->FunctionAt(work->address), work);
  EXPECT_EQ(image->FunctionAt(work->address + work->size - 1), work);
  EXPECT_TRUE(image->IsCode(work->address));
  EXPECT_EQ(image->BytesAt(work->address, 16).size(), 16u);
  EXPECT_LE(image->FirstLoadBase(), image->FirstExecutableBase());
}

TEST(ElfImage, OtherFilesSayWhatTheyAre) {
  const auto parse = [](const std::string& text) {
    return ElfImage::Parse({text.begin(), text.end()}, "file");
  };
  EXPECT_NE(parse("#!/bin/sh\n").error().message.find("script"), std::string::npos);
  EXPECT_NE(parse("hello").error().message.find("not an ELF"), std::string::npos);
  EXPECT_NE(parse("").error().message.find("not an ELF"), std::string::npos);
  EXPECT_NE(parse("\x7f"
                  "ELF")
                .error()
                .message.find("cut off"),
            std::string::npos);
  EXPECT_FALSE(ElfImage::Read("/nowhere/at/all"));
  EXPECT_FALSE(ElfImage::Read("/tmp"));
}

// Any bytes give an image or an error; nothing is read outside the file.
TEST(ElfImage, DamagedFiles) {
  std::ifstream file(kTarget, std::ios::binary);
  const std::vector<std::uint8_t> whole((std::istreambuf_iterator<char>(file)), {});
  ASSERT_FALSE(whole.empty());
  std::mt19937_64 random(7);
  for (int turn = 0; turn < 200; ++turn) {
    std::vector<std::uint8_t> bytes = whole;
    if (turn % 2 == 0) bytes.resize(random() % bytes.size());
    for (int flip = 0; flip < 16 && !bytes.empty(); ++flip) {
      const std::size_t area =
          flip % 2 == 0 ? std::min<std::size_t>(1024, bytes.size()) : bytes.size();
      bytes[random() % area] = static_cast<std::uint8_t>(random());
    }
    const auto image = ElfImage::Parse(std::move(bytes), "damaged");
    if (!image) continue;
    for (const ElfSegment& segment : image->segments()) {
      (void)image->BytesAt(segment.address, 16);
      (void)image->FunctionAt(segment.address);
    }
  }
}

}  // namespace
}  // namespace pmubench
