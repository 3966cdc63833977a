// The Intel files against Intel's own event and metric data, the Zen files against libpfm4.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalogue/facts.h"
#include "catalogue/load.h"
#include "catalogue/pfm.h"

namespace pmubench {
namespace {

struct Core {
  const char* name;
  const char* file;
};

constexpr Core kCores[] = {{"skylake-x", "skylakex"},
                           {"ice-lake-sp", "icelakex"},
                           {"sapphire-rapids", "sapphirerapids"},
                           {"granite-rapids", "graniterapids"}};

std::uint64_t Number(const nlohmann::json& event, const char* field) {
  return std::stoull(event[field].get<std::string>(), nullptr, 0);
}

class PerfmonTest : public ::testing::TestWithParam<Core> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(FactsFolder())) {
      GTEST_SKIP() << "no recorded facts at " << FactsFolder();
    }
    const auto folder = std::filesystem::path("intel-perfmon");
    const auto core = ReadFacts(folder / (std::string(GetParam().file) + "_core.json"));
    for (const auto& event : core["Events"]) events_[event["EventName"]] = event;
    metrics_ = ReadFacts(folder / (std::string(GetParam().file) + "_metrics.json"));
    catalogue_ = *LoadCatalogue(GetParam().name);
  }

  std::map<std::string, nlohmann::json> events_;
  nlohmann::json metrics_;
  Catalogue catalogue_;
};

TEST_P(PerfmonTest, CodesAndCountersAreEqual) {
  // Events of fixed counters have no event number there; the kernel schedules these codes on the
  // fixed counters (FIXED_EVENT_CONSTRAINT in its Intel driver).
  const std::map<std::string, std::uint64_t> kFixed{{"INST_RETIRED.ANY", 0xc0},
                                                    {"CPU_CLK_UNHALTED.THREAD", 0x3c},
                                                    {"CPU_CLK_UNHALTED.REF_TSC", 0x300},
                                                    {"TOPDOWN.SLOTS", 0x400}};
  int checked = 0;
  for (const CatalogueEvent& event : catalogue_.events) {
    if (!event.pmu.empty()) continue;
    // PERF_METRICS' events are the kernel's own: it names them 0x80 to 0x87 in the unit mask.
    if (event.name.starts_with("PERF_METRICS.")) {
      EXPECT_EQ(*event.code & ~std::uint64_t{0x700}, 0x8000u) << event.name;
      EXPECT_EQ(event.leader, "TOPDOWN.SLOTS") << event.name;
      continue;
    }
    ASSERT_TRUE(events_.contains(event.name)) << event.name;
    const nlohmann::json& fact = events_[event.name];
    if (const auto fixed = kFixed.find(event.name); fixed != kFixed.end()) {
      EXPECT_EQ(fact["Counter"].get<std::string>().rfind("Fixed counter ", 0), 0u);
      EXPECT_EQ(event.dedicated, "FIXC" + fact["Counter"].get<std::string>().substr(14));
      EXPECT_EQ(event.code, fixed->second);
      continue;
    }
    EXPECT_EQ(event.code, Number(fact, "EventCode") | Number(fact, "UMask") << 8 |
                              Number(fact, "CounterMask") << 24 | Number(fact, "Invert") << 23 |
                              Number(fact, "EdgeDetect") << 18)
        << event.name;
    EXPECT_EQ(Number(fact, "MSRIndex"), 0u) << event.name;
    std::string counters;
    for (int i = 0; i < catalogue_.general_counters; ++i) {
      const std::vector<int>& allowed = event.constraint.counters;
      if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), i) == allowed.end())
        continue;
      counters += (counters.empty() ? "" : ",") + std::to_string(i);
    }
    EXPECT_EQ(counters, fact["Counter"].get<std::string>()) << event.name;
    ++checked;
  }
  EXPECT_GT(checked, 35);
}

/// Our metric, and the same made of Intel's metrics by their names, which differ between cores.
struct SameMetric {
  const char* ours;
  const char* theirs;
};

constexpr SameMetric kSame[] = {
    {"cpi", "cpi"},
    {"ipc", "1 / cpi"},
    {"frequency", "cpu_operating_frequency"},
    {"loads_pki", "1000 * loads_per_instr"},
    {"stores_pki", "1000 * stores_per_instr"},
    {"load_percentage", "100 * loads_per_instr"},
    {"store_percentage", "100 * stores_per_instr"},
    {"l1d_mpki", "1000 * l1d_mpi"},
    {"l1i_mpki", "1000 * l1_i_code_read_misses_with_prefetches_per_instr"},
    {"l2_mpki", "1000 * l2_mpi"},
    {"l2_miss_ratio",
     "l2_demand_data_read_mpi / (l2_demand_data_read_mpi + "
     "l2_demand_data_read_hits_per_instr)"},
    {"itlb_mpki", "1000 * itlb_mpi"},
    {"itlb_mpki", "1000 * itlb_2nd_level_mpi"},
    {"dtlb_mpki", "1000 * (dtlb_load_mpi + dtlb_store_mpi)"},
    {"dtlb_mpki", "1000 * (dtlb_2nd_level_load_mpi + dtlb_2nd_level_store_mpi)"},
    {"dtlb_walk_ratio", "(dtlb_load_mpi + dtlb_store_mpi) / (loads_per_instr + stores_per_instr)"},
    {"dtlb_walk_ratio",
     "(dtlb_2nd_level_load_mpi + dtlb_2nd_level_store_mpi) / "
     "(loads_per_instr + stores_per_instr)"}};

/// Metrics of the core that we do not have: the time stamp counter against the reference clock,
/// where micro-operations come from, translations of large pages, one half of a ratio of ours.
const std::set<std::string> kNotOurs = {"cpu_utilization",
                                        "percent_uops_delivered_from_decoded_icache",
                                        "percent_uops_delivered_from_legacy_decode_pipeline",
                                        "percent_uops_delivered_from_microcode_sequencer",
                                        "itlb_large_page_mpi",
                                        "itlb_2nd_level_large_page_mpi",
                                        "dtlb_2mb_large_page_load_mpi",
                                        "dtlb_2nd_level_2mb_large_page_load_mpi",
                                        "l1d_demand_data_read_hits_per_instr",
                                        "l2_demand_code_mpi",
                                        "numa_percent_all_reads_to_local_cluster_memory",
                                        "numa_percent_all_reads_to_remote_cluster_cache",
                                        "numa_percent_all_reads_to_local_cluster_cache"};

/// Intel's metrics that are made of the core's events, by name.
std::map<std::string, Formula> CoreMetrics(const nlohmann::json& metrics) {
  std::map<std::string, Formula> formulas;
  for (const auto& metric : metrics) {
    auto text = metric["MetricExpr"].get<std::string>();
    // The rate of the time stamp counter: Hz in their formula.
    if (const auto at = text.find("#SYSTEM_TSC_FREQ"); at != std::string::npos) {
      text.replace(at, 16, "TSC_HZ");
    }
    const bool elsewhere = text.find("UNC_") != std::string::npos ||
                           text.find('#') != std::string::npos ||
                           text.find('@') != std::string::npos;
    const auto formula = Formula::Parse(text);
    if (elsewhere || !formula.ok()) continue;
    formulas.emplace(metric["MetricName"].get<std::string>(), *formula);
  }
  return formulas;
}

TEST_P(PerfmonTest, FormulasGiveTheSameOnTheSameCounts) {
  const auto theirs = CoreMetrics(metrics_);
  std::set<std::string> seen;
  int checked = 0;
  for (const SameMetric& same : kSame) {
    const Formula formula = *Formula::Parse(same.theirs);
    const bool here = std::all_of(formula.names().begin(), formula.names().end(),
                                  [&](const auto& name) { return theirs.contains(name); });
    if (!here) continue;
    seen.insert(formula.names().begin(), formula.names().end());
    const CatalogueMetric* ours = catalogue_.FindMetric(same.ours);
    ASSERT_NE(ours, nullptr) << same.ours;
    for (unsigned seed = 0; seed < 20; ++seed) {
      const RandomCounts random(seed);
      const auto counts = [&](std::string_view name) {
        // While not halted the reference clock ticks at the time stamp counter's rate.
        if (name != "counted_ns") return random(name);
        return Value{1e9 * *random("CPU_CLK_UNHALTED.REF_TSC").number / *random("TSC_HZ").number,
                     ""};
      };
      const double expected = *formula
                                   .Evaluate([&](std::string_view name) {
                                     return theirs.at(std::string(name)).Evaluate(counts);
                                   })
                                   .number;
      EXPECT_NEAR(*ours->formula.Evaluate(counts).number, expected, 1e-12 * expected) << same.ours;
    }
    ++checked;
  }
  EXPECT_EQ(checked, 14);
  for (const auto& [name, formula] : theirs) {
    EXPECT_TRUE(seen.contains(name) || kNotOurs.contains(name)) << name << ": " << formula.text();
  }
}

TEST_P(PerfmonTest, TopDownSumsToOneHundred) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    double sum = 0;
    for (const char* part : {"retiring", "bad_speculation", "frontend_bound", "backend_bound"}) {
      sum += *catalogue_.FindMetric(part)->formula.Evaluate(RandomCounts(seed)).number;
    }
    EXPECT_NEAR(sum, 100, 1e-3) << "of terms up to 1e8";
  }
}

INSTANTIATE_TEST_SUITE_P(Cores, PerfmonTest, ::testing::ValuesIn(kCores),
                         [](const auto& core) { return std::string(core.param.file); });

/// Our events by libpfm4's names.
const std::map<std::string, std::string> kZenNames{
    {"RETIRED_INSTRUCTIONS", "RETIRED_INSTRUCTIONS"},
    {"CYCLES_NOT_IN_HALT", "CYCLES_NOT_IN_HALT"},
    {"RETIRED_BRANCHES", "RETIRED_BRANCH_INSTRUCTIONS"},
    {"RETIRED_BRANCHES_MISPREDICTED", "RETIRED_BRANCH_INSTRUCTIONS_MISPREDICTED"},
    {"RETIRED_BRANCHES_TAKEN", "RETIRED_TAKEN_BRANCH_INSTRUCTIONS"},
    {"RETIRED_NEAR_RETURNS", "RETIRED_NEAR_RETURNS"},
    {"RETIRED_INDIRECT_BRANCHES", "RETIRED_INDIRECT_BRANCH_INSTRUCTIONS"},
    {"DATA_CACHE_ACCESSES", "LS_DISPATCH:LD_DISPATCH:STORE_DISPATCH:LD_ST_DISPATCH"},
    {"LOAD_DISPATCH", "LS_DISPATCH:LD_DISPATCH"},
    {"STORE_DISPATCH", "LS_DISPATCH:STORE_DISPATCH"},
    {"LOAD_STORE_DISPATCH", "LS_DISPATCH:LD_ST_DISPATCH"},
    {"L2_REQUESTS_CODE", "REQUESTS_TO_L2_GROUP1:CACHEABLE_IC_READ"},
    {"L2_CORE_MISSES", "CORE_TO_L2_CACHEABLE_REQUEST_ACCESS_STATUS:IC_FILL_MISS:LS_RD_BLK_C"},
    {"CODE_FILLS_FROM_L2", "INSTRUCTION_CACHE_REFILLS_FROM_L2"},
    {"CODE_FILLS_FROM_SYSTEM", "INSTRUCTION_CACHE_REFILLS_FROM_SYSTEM"},
    {"CODE_CACHE_ACCESSES", "IC_TAG_HIT_MISS:ALL_IC_ACCESS"},
    {"CODE_CACHE_MISSES", "IC_TAG_HIT_MISS:IC_MISS"},
    {"L1_ITLB_MISS_L2_HIT", "L1_ITLB_MISS_L2_ITLB_HIT"},
    {"RETIRED_FLOPS", "RETIRED_SSE_AVX_FLOPS:ANY"},
    {"RETIRED_MICROCODE_OPS", "RETIRED_UCODE_OPS"},
    {"DISPATCH_NOTHING_FRONTEND", "DISPATCH_STALLS_1:FE_NO_OPS:c=6"},
    {"DISPATCH_NOTHING_BACKEND", "DISPATCH_STALLS_1:BE_STALLS:c=6"},
    {"DISPATCH_STALL_FRONTEND", "DISPATCH_STALLS_1:FE_NO_OPS"},
    {"DISPATCH_STALL_BACKEND", "DISPATCH_STALLS_1:BE_STALLS"},
    {"DISPATCH_STALL_SMT", "DISPATCH_STALLS_1:SMT_CONTENTION"}};

TEST(ZenTest, CodesAreLibpfms) {
  const std::map<std::string, std::string> kPmus{
      {"zen2", "amd64_fam17h_zen2"}, {"zen3", "amd64_fam19h_zen3"}, {"zen4", "amd64_fam19h_zen4"}};
  if (!EncodePfm("amd64_fam17h_zen2::RETIRED_INSTRUCTIONS").ok()) {
    GTEST_SKIP() << "this build of libpfm4 has no x86 tables";
  }
  for (const auto& [core, pmu] : kPmus) {
    const Catalogue catalogue = *LoadCatalogue(core);
    int checked = 0;
    for (const CatalogueEvent& event : catalogue.events) {
      const auto name = kZenNames.find(event.name);
      if (name == kZenNames.end()) continue;
      const auto pfm = EncodePfm(pmu + "::" + name->second);
      ASSERT_TRUE(pfm.ok()) << core << ": " << pfm.error().message;
      // libpfm4 sets the interrupt and enable bits, which the kernel sets by itself.
      constexpr std::uint64_t kSelect = 0xf'ff00'ffff;
      EXPECT_EQ(*event.code, pfm->config & kSelect) << core << " " << event.name;
      ++checked;
    }
    EXPECT_GE(checked, 16) << core;
  }
}

/// libpfm4 encodes for other CPUs than this one only where the environment says so before its
/// start.
[[maybe_unused]] const int kEncodeForOtherCpus = setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);

}  // namespace
}  // namespace pmubench
