#include "libraries/corpus.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace pmubench::libraries {
namespace {

TEST(GeneratedText, IsTheSameEverywhere) {
  const std::string text = GeneratedText(std::size_t{1} << 20);
  EXPECT_EQ(text.size(), std::size_t{1} << 20);
  EXPECT_EQ(Fingerprint(text), 6376541191237106004U);
  EXPECT_EQ(text.substr(0, 1000), GeneratedText(1000));
}

TEST(Fingerprint, IsFnv1a) {
  EXPECT_EQ(Fingerprint(""), 0xcbf29ce484222325U);
  EXPECT_EQ(Fingerprint("a"), 0xaf63dc4c8601ec8cU);
}

TEST(RealText, NamesTheFileThatIsNotThere) {
  setenv("PMUBENCH_LIBRARIES_TEXT", "/nowhere/text", 1);
  const auto text = RealText();
  unsetenv("PMUBENCH_LIBRARIES_TEXT");
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(text.error().ToString(), testing::HasSubstr("/nowhere/text"));
}

}  // namespace
}  // namespace pmubench::libraries
