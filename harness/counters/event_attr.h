// From an event's encoding to what perf_event_open takes.
#pragma once

#include <linux/perf_event.h>

#include "platform/event_encoding.h"

namespace pmubench {

/// Selects the event, and nothing else yet.
[[nodiscard]] inline perf_event_attr AttrOf(const EventEncoding& event) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = event.type;
  attr.config = event.config;
  attr.config1 = event.config1;
  attr.config2 = event.config2;
  return attr;
}

}  // namespace pmubench
