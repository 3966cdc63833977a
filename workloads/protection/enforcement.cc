#include "protection/enforcement.h"

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <sstream>

#include "platform/cpu.h"
#include "platform/files.h"

namespace pmubench::protection {
namespace {

bool HasWord(const std::string& line, const char* word) {
  const auto words = Split(line, ' ');
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Of a process's mappings, by the two letters that the kernel writes after VmFlags.
struct Mappings {
  bool guarded = false;       ///< bt: the page of the code checks landing pads
  bool shadow_stack = false;  ///< ss: there is a shadow stack
};

Mappings ReadMappings(const std::filesystem::path& root, std::uint64_t code) {
  Mappings found;
  bool has_code = false;
  std::istringstream lines(ReadText(root / "proc/self/smaps").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " ", &begin, &end) == 2) {
      has_code = begin <= code && code < end;
    } else if (line.starts_with("VmFlags:")) {
      found.guarded |= has_code && HasWord(line, "bt");
      found.shadow_stack |= HasWord(line, "ss");
    }
  }
  return found;
}

Enforcement OfArm(const std::filesystem::path& root, const Mappings& mappings) {
  Enforcement enforcement;
  const bool bti = HasCpuFlag(root, "bti");
  enforcement.landing_pads = bti && mappings.guarded;
  enforcement.landing_pads_how =
      enforcement.landing_pads ? "checked (BTI)"
      : bti ? "NOPs: the CPU has BTI, but this program's pages are not guarded, as some object in "
              "it is not marked for BTI"
            : "NOPs: no BTI in this CPU, or the kernel does not use it";
  const bool pac = HasCpuFlag(root, "paca");
  enforcement.return_addresses = pac || mappings.shadow_stack;
  enforcement.return_addresses_how =
      pac ? "signed and checked (PAC)"
          : "not signed: no PAC in this CPU, or the kernel does not use it; its hints are NOPs";
  if (mappings.shadow_stack) enforcement.return_addresses_how += "; shadow stack (GCS)";
  return enforcement;
}

Enforcement OfX86(const std::filesystem::path& root, const Mappings& mappings) {
  Enforcement enforcement;
  const std::string status = ReadText(root / "proc/self/status").value_or("");
  const std::string features = FieldOf(status, "x86_Thread_features").value_or("");
  enforcement.landing_pads = HasWord(features, "ibt");
  enforcement.landing_pads_how = enforcement.landing_pads
                                     ? "checked (IBT)"
                                     : "NOPs: the kernel has not turned IBT on for this program";
  enforcement.return_addresses = mappings.shadow_stack || HasWord(features, "shstk");
  enforcement.return_addresses_how =
      enforcement.return_addresses ? "checked against the shadow stack (SHSTK)"
      : HasCpuFlag(root, "user_shstk")
          ? "not checked: the C library has not turned the shadow stack on for this program"
          : "not checked: no shadow stack in this CPU, or the kernel does not use it";
  return enforcement;
}

}  // namespace

Enforcement ReadEnforcement(const std::filesystem::path& root, const void* code) {
  const Mappings mappings = ReadMappings(root, reinterpret_cast<std::uintptr_t>(code));
  const std::string cpuinfo = ReadText(root / "proc/cpuinfo").value_or("");
  return FieldOf(cpuinfo, "Features") ? OfArm(root, mappings) : OfX86(root, mappings);
}

}  // namespace pmubench::protection
