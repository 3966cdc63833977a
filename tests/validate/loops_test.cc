// The loops do what they say, as far as it shows without a PMU.
#include "validate/loops.h"

#include <gtest/gtest.h>

#include <set>

#include "counters/kernel.h"
#include "platform/permissions.h"
#include "validate/memory.h"
#include "validate/quantities.h"
#include "validate/validate.h"

namespace pmubench {
namespace {

TEST(LoopsTest, AChainVisitsEveryPlaceOnceBeforeItReturns) {
  const Pages pages(64 * 4096);
  void* start = MakeChain(pages, 4096, 64);
  std::set<void*> places;
  void* at = start;
  for (int i = 0; i < 64; ++i) {
    places.insert(at);
    at = loops::Chase(1, at);
  }
  EXPECT_EQ(places.size(), 64u);
  EXPECT_EQ(at, start);
  EXPECT_EQ(loops::Chase(64 * 3, start), start);
}

TEST(LoopsTest, EveryLoopOfThisMachineRuns) {
  for (const Quantity& quantity : Quantities()) {
    // Chains beyond caches of an unknown size cannot be made.
    if (quantity.name == "l2_misses" || quantity.name == "llc_misses") continue;
    const auto loop = quantity.prepare({});
    ASSERT_TRUE(loop.ok()) << quantity.name << ": " << loop.error().ToString();
    loop->run(loop->steps);
    EXPECT_GT(loop->truth.per_step, 0) << quantity.name;
  }
}

TEST(LoopsTest, AnUnknownOrHugeCacheIsSaidSo) {
  for (const char* name : {"l2_misses", "llc_misses"}) {
    EXPECT_EQ(FindQuantity(name)->prepare({}).error().code, ErrorCode::kNotFound) << name;
  }
  CacheLevel huge;
  huge.level = 3;
  huge.type = "Unified";
  huge.size = std::uint64_t{1} << 30;
  EXPECT_FALSE(FindQuantity("llc_misses")->prepare({huge}).ok());
}

// The one event that every machine counts: a page fault for each fresh page.
TEST(ValidateTest, PageFaultsAreExact) {
  Catalogue catalogue;
  CatalogueEvent event;
  event.name = "PAGE_FAULTS";
  event.pmu = "software";
  event.code = 2;
  event.truth = "page_faults";
  catalogue.events.push_back(event);
  event.name = "NO_LOOP";
  event.truth = "nothing";
  catalogue.events.push_back(event);
  const std::vector<PmuDevice> pmus;
  ValidateRequest request;
  request.catalogue = &catalogue;
  request.pmus = &pmus;
  request.permissions = ReadPermissions("/");
  std::size_t last = 0;
  request.progress = [&](std::size_t number, std::size_t, const std::string&) { last = number; };
  const auto verdicts = ValidateEvents(request, SystemKernel());
  ASSERT_EQ(verdicts.size(), 2u);
  EXPECT_EQ(verdicts[0].kind, EventVerdictKind::kExact) << verdicts[0].detail;
  EXPECT_EQ(verdicts[1].kind, EventVerdictKind::kNotMeasured);
  EXPECT_EQ(last, 2u);
}

}  // namespace
}  // namespace pmubench
