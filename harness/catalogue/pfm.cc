#include "catalogue/pfm.h"

#include <fmt/format.h>
#include <perfmon/pfmlib_perf_event.h>

#include <mutex>

namespace pmubench {

Result<PfmEncoding> EncodePfm(const std::string& name) {
  // libpfm4 keeps its tables and the active PMUs in globals and takes no lock of its own.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  static const int initialized = pfm_initialize();
  if (initialized != PFM_SUCCESS) {
    return Error{ErrorCode::kNoSuchEvent,
                 fmt::format("libpfm4 cannot start: {}", pfm_strerror(initialized)), ""};
  }
  perf_event_attr attr{};
  attr.size = sizeof attr;
  pfm_perf_encode_arg_t arg{};
  arg.attr = &attr;
  arg.size = sizeof arg;
  const int status =
      pfm_get_os_event_encoding(name.c_str(), PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT_EXT, &arg);
  if (status != PFM_SUCCESS) {
    return Error{
        ErrorCode::kNoSuchEvent,
        fmt::format("libpfm4 does not know '{}' on this CPU: {}", name, pfm_strerror(status)), ""};
  }
  return PfmEncoding{attr.type, attr.config, attr.config1, attr.config2};
}

}  // namespace pmubench
