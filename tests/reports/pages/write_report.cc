// Writes a made-up report: write_report FILE.html|FILE.json BENCHMARKS NIGHTS, or FILE sizes
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "reports/pages/pages.h"
#include "reports/pages/sample_report.h"

int main(int argc, char** argv) {
  const bool sizes = argc == 3 && std::string_view(argv[2]) == "sizes";
  if (argc != 4 && !sizes) return 2;
  const auto report = sizes ? pmubench::pages::SizesReport()
                            : pmubench::pages::SampleReport(std::strtoul(argv[2], nullptr, 10),
                                                            std::strtoul(argv[3], nullptr, 10));
  std::ofstream file(argv[1], std::ios::binary);
  file << (std::string_view(argv[1]).ends_with(".json") ? pmubench::pages::JsonPage(report)
                                                        : pmubench::pages::HtmlPage(report));
  return file.flush() ? 0 : 1;
}
