// What every verb says the same way, for files that register none.
#pragma once

#include "pmubench/result.h"

namespace pmubench {

/// Prints "pmubench: message; remedy" to standard error; gives the exit code.
int Fail(const Error& error);

/// Whether standard output is a terminal that shows colours (NO_COLOR is respected).
[[nodiscard]] bool UseColour();

}  // namespace pmubench
