// What a machine can measure, what it cannot and why. Reads files only; what was tried on the
// counters themselves is handed in.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/fingerprint.h"
#include "platform/permissions.h"
#include "platform/pmu.h"

namespace pmubench {

enum class Verdict {
  kYes,      ///< works, or is as it should be
  kLimited,  ///< works in part, or makes figures noisier
  kNo,       ///< cannot be measured here
  kFact,     ///< neither good nor bad
};

/// One line of the report.
struct Finding {
  std::string section;  ///< "CPU", "PMUs", "permissions", ...
  std::string what;     ///< "kernel mode"
  Verdict verdict = Verdict::kFact;
  std::string detail;
  std::string remedy;  ///< the command or setting that would change it; may be empty
};

/// What came out when a counter was opened and used.
struct SelfTest {
  std::string what;
  bool ok = false;
  std::string detail;
};

struct DoctorReport {
  MachineFingerprint machine;
  Permissions permissions;
  std::vector<PmuDevice> pmus;
  std::vector<Finding> findings;  ///< by section, in the order they are shown
  std::string fitness;            ///< "good", "usable", "unfit"; "" where it was not asked for
};

/// Examines the machine under `root`. Never fails: what cannot be read is a finding.
[[nodiscard]] DoctorReport Examine(const std::filesystem::path& root,
                                   const std::vector<SelfTest>& self_tests);

/// For people; `colour` where the output is a terminal.
[[nodiscard]] std::string DoctorText(const DoctorReport& report, bool colour);
[[nodiscard]] std::string DoctorJson(const DoctorReport& report);

}  // namespace pmubench
