// The number that this kernel gave a tracepoint, by which it can be counted.
#pragma once

#include <filesystem>
#include <string_view>

#include "platform/event_encoding.h"
#include "pmubench/result.h"

namespace pmubench {

/// The event "system_calls": raw_syscalls:sys_enter, one for every system call of a thread.
/// Errors: as of TracepointEvent.
[[nodiscard]] Result<EventEncoding> SystemCallsEvent(const std::filesystem::path& root = "/");

/// A tracepoint, e.g. "sched/sched_switch", as an event of name `name`. Its number is in tracefs,
/// which only root may read as a rule. Where it is not mounted below `root`, root reads it through
/// a mount of its own that nobody else sees. Errors: kNotPermitted, kNoSuchEvent.
[[nodiscard]] Result<EventEncoding> TracepointEvent(std::string_view tracepoint,
                                                    std::string_view name,
                                                    const std::filesystem::path& root);

}  // namespace pmubench
