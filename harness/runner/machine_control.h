// A machine's settings changed while something is measured, and put back whatever ends the
// measurement.
//
// What was before is written to run/pmubench/control.json under the root before the first change. A
// second process waits for the end of this one, a kill included, and puts everything back. Where
// both are killed at once, or the power fails, the next use of this class or `pmubench control
// --undo` does it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "platform/control_plan.h"
#include "pmubench/result.h"

namespace pmubench {

/// Move-only owner of the changes. One process of a machine at a time has one.
class MachineControl {
 public:
  /// Takes the plan's steps. One that the kernel refuses is skipped, and is in `refused()`. Errors:
  /// kSystem where the state cannot be kept or another process has changed settings already.
  static Result<MachineControl> Apply(const std::filesystem::path& root, const ControlPlan& plan);

  MachineControl(MachineControl&& other) noexcept;
  MachineControl& operator=(MachineControl&&) = delete;
  ~MachineControl();  ///< undoes

  [[nodiscard]] const std::vector<std::string>& changed() const { return changed_; }
  [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }

  /// Puts everything back; says what could not be, or was changed by somebody else meanwhile.
  std::vector<std::string> Undo();

 private:
  MachineControl() = default;
  Result<void> Lock();
  void StartGuardian();

  std::filesystem::path root_;
  std::vector<std::string> changed_, refused_;
  int lock_ = -1;
  int guardian_pipe_ = -1;
  pid_t guardian_ = -1;
};

/// What is left of a process that was killed together with its guardian.
struct Leftover {
  bool found = false;
  bool in_use = false;  ///< the process is still there: nothing was undone
  std::vector<std::string> notes;
};
[[nodiscard]] Leftover UndoLeftover(const std::filesystem::path& root);

}  // namespace pmubench
