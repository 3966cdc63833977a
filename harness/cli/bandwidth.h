// The verbs below `pmubench bandwidth`, and `pmubench list sources`.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace pmubench {

void AddBandwidthVerb(CLI::App& app, int& exit_code);
void AddBandwidthLocate(CLI::App& bandwidth, int& exit_code);
void AddBandwidthReplay(CLI::App& bandwidth, int& exit_code);

/// `pmubench list sources`: prints them and gives the exit code.
int ListSources(const std::string& root, const std::string& format);

}  // namespace pmubench
