#include "branches/advice.h"

#include <fmt/format.h>

namespace pmubench {
namespace {

constexpr const char* kArm = "Arm's BOLT guidance";
constexpr const char* kIntel = "Intel's top-down method";

class Adviser {
 public:
  explicit Adviser(const AdviceInput& input) : input_(input) {}

  Advice Run() {
    const std::optional<double> frontend = FrontEnd();
    const AdviceFinding arm_frontend = Check(frontend_name_, frontend, 10, "%", kArm);
    const AdviceFinding arm_misses = Check("l1i_mpki", Get("l1i_mpki"), 30, "", kArm);
    const AdviceFinding intel_frontend = Check(frontend_name_, frontend, 15, "%", kIntel);
    const AdviceFinding latency = Check("fetch_latency", FetchLatency(), 10, "%", kIntel);
    const AdviceFinding icache = Check("icache_misses", Get("icache_misses"), 5, "%", kIntel);
    Inform("itlb_mpki", Get("itlb_mpki") ? Get("itlb_mpki") : Get("l1i_tlb_mpki"));
    Inform("branch_mpki", Get("branch_mpki"));
    Layout(arm_frontend, arm_misses, intel_frontend, latency, icache);
    Compiler();
    return std::move(advice_);
  }

 private:
  [[nodiscard]] std::optional<double> Get(const std::string& name) const {
    const auto it = input_.metrics.find(name);
    if (it == input_.metrics.end()) return std::nullopt;
    return it->second;
  }

  [[nodiscard]] std::string WhyMissing(const std::string& name) const {
    const auto it = input_.missing.find(name == "fetch_latency" ? "frontend_latency_bound" : name);
    return it == input_.missing.end() ? "not measured" : it->second;
  }

  std::optional<double> FrontEnd() {
    if (const auto slots = Get("frontend_bound")) return slots;
    if (const auto cycles = Get("frontend_stalled_cycles")) {
      frontend_name_ = "frontend_stalled_cycles";
      advice_.not_known.push_back(
          "frontend_bound was not measured; stalled cycles stand in for it, and count only cycles "
          "in which nothing at all came from the front end");
      return cycles;
    }
    return std::nullopt;
  }

  // The catalogue gives it as a share of front-end bound, the threshold is of all slots.
  [[nodiscard]] std::optional<double> FetchLatency() const {
    if (const auto slots = Get("fetch_latency")) return slots;
    const auto frontend = Get("frontend_bound");
    const auto share = Get("frontend_latency_bound");
    if (frontend && share) return *frontend * *share / 100;
    return std::nullopt;
  }

  AdviceFinding Check(const std::string& name, std::optional<double> value, double above,
                      const std::string& unit, const std::string& source) {
    AdviceFinding finding{name,
                          value,
                          fmt::format("> {}{}{}", above, unit.empty() ? "" : " ", unit),
                          value && *value > above,
                          source,
                          value ? "" : WhyMissing(name)};
    advice_.findings.push_back(finding);
    return finding;
  }

  void Inform(const std::string& name, std::optional<double> value) {
    advice_.findings.push_back(
        {name, value, "", false, "no published threshold", value ? "" : WhyMissing(name)});
  }

  void Layout(const AdviceFinding& arm_frontend, const AdviceFinding& arm_misses,
              const AdviceFinding& intel_frontend, const AdviceFinding& latency,
              const AdviceFinding& icache) {
    const bool arm = arm_frontend.met && arm_misses.met;
    const bool intel = intel_frontend.met && latency.met && icache.met;
    if (arm || intel) {
      advice_.layout = Outlook::kLikely;
      advice_.layout_why =
          fmt::format("front-end bound by instruction misses, by {}", arm ? kArm : kIntel);
    } else if (!arm_frontend.value && !arm_misses.value) {
      advice_.layout = Outlook::kUnknown;
      advice_.layout_why = "neither front-end bound nor L1I misses were measured";
    } else if (arm_frontend.value && !arm_frontend.met) {
      advice_.layout = Outlook::kUnlikely;
      advice_.layout_why = "the front end keeps up";
    } else if (arm_misses.value && !arm_misses.met) {
      advice_.layout = arm_frontend.met ? Outlook::kPossible : Outlook::kUnlikely;
      advice_.layout_why = arm_frontend.met
                               ? "front-end bound, but not by L1I misses: look at the iTLB and at "
                                 "taken branches"
                               : "few L1I misses";
    } else {
      advice_.layout = Outlook::kPossible;
      advice_.layout_why = arm_frontend.met ? "front-end bound; why is not known without l1i_mpki"
                                            : "many L1I misses; their cost is not known";
    }
    if (!arm_frontend.value) advice_.not_known.push_back("front-end bound: " + arm_frontend.reason);
    if (!arm_misses.value) advice_.not_known.push_back("L1I misses: " + arm_misses.reason);
  }

  void Compiler() {
    const int limit = 2 * input_.width + 1;
    AdviceFinding finding{"instructions per taken branch",
                          std::nullopt,
                          fmt::format("< {} (2 x width {} + 1)", limit, input_.width),
                          false,
                          kIntel,
                          ""};
    if (const auto taken = Get("taken_branches_pki"); taken && *taken > 0) {
      finding.value = 1000 / *taken;
      finding.met = *finding.value < limit;
    } else {
      finding.reason = taken ? "no taken branches" : WhyMissing("taken_branches_pki");
    }
    advice_.findings.push_back(finding);
    const auto backend = Get("backend_bound");
    if (finding.met) {
      advice_.compiler = Outlook::kLikely;
      advice_.compiler_why = "branches are taken so often that straightening code should pay";
    } else if (backend && *backend > 50) {
      advice_.compiler = Outlook::kUnlikely;
      advice_.compiler_why =
          fmt::format("back-end bound ({:.0f} % of slots): waiting for data or units", *backend);
    } else if (finding.value) {
      advice_.compiler = Outlook::kPossible;
      advice_.compiler_why = "few taken branches; inlining by profile may still pay";
    } else {
      advice_.compiler = Outlook::kUnknown;
      advice_.compiler_why =
          "taken branches were not measured, and front-end metrics do not predict this gain";
      advice_.not_known.push_back("taken branches: " + finding.reason);
    }
  }

  const AdviceInput& input_;
  std::string frontend_name_ = "frontend_bound";
  Advice advice_;
};

}  // namespace

const std::vector<std::string>& AdviceMetrics() {
  static const std::vector<std::string> names = {"frontend_bound",
                                                 "frontend_stalled_cycles",
                                                 "frontend_latency_bound",
                                                 "fetch_latency",
                                                 "icache_misses",
                                                 "l1i_mpki",
                                                 "itlb_mpki",
                                                 "l1i_tlb_mpki",
                                                 "branch_mpki",
                                                 "taken_branches_pki",
                                                 "backend_bound"};
  return names;
}

std::string ToString(Outlook outlook) {
  switch (outlook) {
    case Outlook::kLikely:
      return "likely";
    case Outlook::kPossible:
      return "possible";
    case Outlook::kUnlikely:
      return "unlikely";
    case Outlook::kUnknown:
      break;
  }
  return "not known";
}

Advice Advise(const AdviceInput& input) { return Adviser(input).Run(); }

}  // namespace pmubench
