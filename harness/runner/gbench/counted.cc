#include "pmubench/gbench.h"
#include "runner/gbench/hooks.h"

namespace pmubench {

benchmark::IterationCount Counted::Begin() {
  // KeepRunningBatch(max_iterations) starts the timer and hands over all iterations at once;
  // called again it finds none left and stops the timer. Both are public in every version.
  gbench::Session* session = gbench::ActiveSession();
  const bool ours = session != nullptr && !session->loop_hooked();
  const benchmark::IterationCount iterations = state_.max_iterations;
  if (ours) session->Arm(state_);
  running_ = state_.KeepRunningBatch(iterations);
  if (ours && running_) gbench::Session::Start();
  return running_ ? iterations : 0;
}

void Counted::Finish() {
  if (!running_) return;
  gbench::Session* session = gbench::ActiveSession();
  const bool ours = session != nullptr && !session->loop_hooked();
  if (ours) gbench::Session::Stop();
  state_.KeepRunningBatch(state_.max_iterations);
  if (ours && !gbench::WasSkipped(state_)) session->Publish(state_);
}

CountedProcess::CountedProcess(pid_t pid) {
  if (gbench::Session* session = gbench::ActiveSession()) session->CountProcess(pid);
}

CountedProcess::~CountedProcess() {
  if (gbench::Session* session = gbench::ActiveSession()) session->CountProcess(0);
}

}  // namespace pmubench
