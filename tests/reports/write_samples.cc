// Writes records for checks by programs of other languages: write_samples FOLDER
#include <fmt/format.h>

#include "platform/fingerprint.h"
#include "reports/sample_record.h"

int main(int argc, char** argv) {
  using pmubench::RecordStatus;
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  pmubench::Record full = pmubench::testing::SampleRecord();
  full.machine_json = pmubench::MachineJson(pmubench::ReadFingerprint("/"));
  full.build_json.clear();
  pmubench::Record empty;
  empty.run_id = pmubench::NewRunId();
  empty.method = "process";
  empty.status = RecordStatus::kInterrupted;
  empty.reason = "interrupted by a signal";
  empty.machine_json = pmubench::MachineJson(pmubench::ReadFingerprint("/nowhere"));
  for (const auto& [name, record] :
       {std::pair{"full.json", full}, std::pair{"empty.json", empty}}) {
    if (auto wrote = pmubench::WriteRecord(record, folder / name); !wrote) {
      fmt::print(stderr, "{}\n", wrote.error().ToString());
      return 1;
    }
  }
  return 0;
}
