#include "branches/profile.h"

#include <gtest/gtest.h>

namespace pmubench {
namespace {

BranchProfile Profile() {
  BranchProfile profile;
  profile.source = "software";
  profile.stacks = 3;
  profile.losses.kernel = 4;
  ImageProfile& image = profile.images["abcd"];
  image.build_id = "abcd";
  image.path = "/usr/bin/a program";
  image.machine = Machine::kX86_64;
  image.branches[{0x1000, 0x2000}] = {10, 2};
  image.branches[{0x1010, kOutside}] = {1, 0};
  image.branches[{kOutside, 0x1000}] = {1, 0};
  image.ranges[{0x1000, 0x1010}] = 5;
  image.samples[0x1000] = 7;
  return profile;
}

TEST(Profile, TextRoundTrip) {
  const std::string text = WriteProfile(Profile());
  const auto read = ReadProfile(text, "p");
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(WriteProfile(*read), text);
  const ImageProfile& image = read->images.at("abcd");
  EXPECT_EQ(image.path, "/usr/bin/a program");
  EXPECT_EQ(image.TakenTotal(), 12u);
  EXPECT_EQ(image.branches.at({0x1000, 0x2000}).mispredicted, 2u);
  EXPECT_EQ(read->losses.kernel, 4u);
}

TEST(Profile, RunsAddUp) {
  BranchProfile sum = Profile();
  sum.Add(Profile());
  EXPECT_EQ(sum.stacks, 6u);
  EXPECT_EQ(sum.images.at("abcd").branches.at({0x1000, 0x2000}).taken, 20u);
  EXPECT_EQ(sum.images.at("abcd").ranges.at({0x1000, 0x1010}), 10u);
  EXPECT_EQ(sum.source, "software");
}

TEST(Profile, BadTextNamesItsLine) {
  EXPECT_FALSE(ReadProfile("", "p"));
  EXPECT_FALSE(ReadProfile("hello\n", "p"));
  const std::string text = WriteProfile(Profile());
  // Cut off anywhere but at a line's end.
  for (std::size_t size = 1; size < text.size(); ++size) {
    if (text[size - 1] != '\n') {
      EXPECT_FALSE(ReadProfile(text.substr(0, size), "p")) << size;
    }
  }
  const auto bad = ReadProfile(text + "b 10 20 x 0\n", "p");
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("line 11"), std::string::npos) << bad.error().message;
}

}  // namespace
}  // namespace pmubench
