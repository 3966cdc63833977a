// `pmubench control`: a machine's settings changed while a command runs.
#include "cli/control.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <vector>

#include "cli/verb.h"
#include "runner/child.h"

namespace pmubench {
namespace {

struct ControlArguments {
  std::string settings;
  std::string root = "/";
  std::vector<std::string> command;
  bool undo = false;
};

Result<std::optional<MachineControl>> ControlUnder(const std::filesystem::path& root,
                                                   const std::string& text) {
  const auto requests = ParseControl(text);
  if (!requests) return requests.error();
  if (requests->empty()) return std::optional<MachineControl>();
  auto control = MachineControl::Apply(root, PlanControl(root, *requests));
  if (!control) return control.error();
  if (!control->changed().empty()) {
    fmt::print(stderr, "pmubench: changed for as long as this runs: {}\n",
               fmt::join(control->changed(), ", "));
  }
  for (const std::string& why : control->refused()) {
    fmt::print(stderr, "pmubench: not changed: {}\n", why);
  }
  return std::optional(std::move(*control));
}

int Undo(const std::filesystem::path& root) {
  const Leftover leftover = UndoLeftover(root);
  if (leftover.in_use) {
    return Fail({ErrorCode::kSystem, "the process that changed settings still runs",
                 "its end puts them back"});
  }
  for (const std::string& note : leftover.notes) fmt::print(stderr, "pmubench: {}\n", note);
  fmt::print("{}\n",
             leftover.found ? "put back what a killed process had changed" : "nothing is changed");
  return leftover.notes.empty() ? 0 : 1;
}

int Control(const ControlArguments& arguments) {
  if (arguments.undo) return Undo(arguments.root);
  if (arguments.settings.empty() || arguments.command.empty()) {
    return Fail({ErrorCode::kUsage, "nothing to change, or no command to run",
                 "pmubench control --set governor=performance -- COMMAND"});
  }
  auto control = ControlUnder(arguments.root, arguments.settings);
  if (!control) return Fail(control.error());
  ChildOptions options;
  options.command = arguments.command;
  auto child = Child::Start(options);
  if (!child) return Fail(child.error());
  if (auto released = child->Release(); !released) return Fail(released.error());
  const ChildEnd end = child->Wait();
  if (*control) {
    for (const std::string& note : (*control)->Undo()) fmt::print(stderr, "pmubench: {}\n", note);
  }
  return end.exit_code;
}

}  // namespace

Result<std::optional<MachineControl>> ControlMachine(const std::string& text) {
  return ControlUnder("/", text);
}

void AddControlVerb(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("control", "Change this machine's settings while a command runs");
  auto arguments = std::make_shared<ControlArguments>();
  verb->add_option("--set", arguments->settings, "settings, with commas: NAME=VALUE,...");
  verb->add_option("command", arguments->command, "what to run, after --");
  verb->add_flag(
      "--undo", arguments->undo,
      "put back what a process left that was killed with its guardian, or by a power cut");
  verb->add_option("--root", arguments->root, "the machine under this folder (/sys, /proc, /run)")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str();
  verb->footer(fmt::format(
      R"(Settings (a list of CPUs has ':' in place of ',': 0-3:8):
{}
Everything is put back at the end, after a kill too. What the kernel refuses is said and left. The
record's machine says what was changed. Changing settings needs root.

Exit code: the command's own. With --undo: 0, or 1 where something could not be put back.

Example:
  pmubench control --set governor=performance,turbo=off,aslr=off -- pmubench run ./my_bench)",
      DescribeControls()));
  verb->callback([arguments, &exit_code] { exit_code = Control(*arguments); });
}

}  // namespace pmubench
