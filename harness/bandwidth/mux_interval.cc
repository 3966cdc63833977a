#include "bandwidth/mux_interval.h"

#include <fstream>
#include <utility>

#include "platform/files.h"

namespace pmubench {
namespace {

bool WriteNumber(const std::filesystem::path& file, std::int64_t number) {
  std::ofstream out(file);
  out << number << '\n';
  out.close();
  return static_cast<bool>(out);
}

}  // namespace

MuxInterval::MuxInterval(const std::filesystem::path& root, const std::string& pmu,
                         std::chrono::milliseconds at_least)
    : file_(root / "sys/bus/event_source/devices" / pmu / "perf_event_mux_interval_ms") {
  const auto before = ReadInteger(file_);
  if (before && *before < at_least.count() && WriteNumber(file_, at_least.count()))
    before_ = before;
}

MuxInterval::MuxInterval(MuxInterval&& other) noexcept
    : file_(std::move(other.file_)), before_(std::exchange(other.before_, std::nullopt)) {}

MuxInterval::~MuxInterval() {
  if (before_) WriteNumber(file_, *before_);
}

}  // namespace pmubench
