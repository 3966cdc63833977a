// How a verb hangs into the command line: each file adds its own subcommand.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/message.h"

namespace pmubench {

/// Adds `--format text|json` to a verb. JSON goes to standard output alone, messages to standard
/// error.
inline void AddFormat(CLI::App& verb, std::string& format) {
  verb.add_option("--format", format, "text for people, json for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

// Each adds one subcommand, which sets `exit_code` when it was called.
void AddAnalyzeVerb(CLI::App& app, int& exit_code);
void AddCompareVerb(CLI::App& app, int& exit_code);
void AddDoctorVerb(CLI::App& app, int& exit_code);
void AddListVerb(CLI::App& app, int& exit_code);
void AddProbeVerb(CLI::App& app, int& exit_code);
void AddPgoVerb(CLI::App& app, int& exit_code);
void AddRunVerb(CLI::App& app, int& exit_code);
void AddStatVerb(CLI::App& app, int& exit_code);
void AddValidateVerb(CLI::App& app, int& exit_code);

}  // namespace pmubench
