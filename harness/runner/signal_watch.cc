#include "runner/signal_watch.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <csignal>

namespace pmubench {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<int> write_end{-1};

void OnSignal(int number, siginfo_t* info, void*) {
  const SignalWatch::Signal signal{number, info->si_code == SI_USER || info->si_code == SI_TKILL};
  (void)!write(write_end.load(), &signal, sizeof signal);
}

void Watch(int number) {
  struct sigaction action {};
  sigaction(number, nullptr, &action);
  if (action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_sigaction = OnSignal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(number, &action, nullptr);
}

void Leave(int number) {
  struct sigaction action {};
  sigaction(number, nullptr, &action);
  if ((action.sa_flags & SA_SIGINFO) == 0) return;
  action = {};
  action.sa_handler = SIG_DFL;
  sigaction(number, &action, nullptr);
}

}  // namespace

SignalWatch::SignalWatch() {
  if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) return;
  assert(write_end.load() < 0);
  write_end.store(pipe_[1]);
  Watch(SIGINT);
  Watch(SIGTERM);
}

SignalWatch::~SignalWatch() {
  if (pipe_[1] < 0) return;
  Leave(SIGINT);
  Leave(SIGTERM);
  write_end.store(-1);
  close(pipe_[0]);
  close(pipe_[1]);
}

std::optional<SignalWatch::Signal> SignalWatch::Take() {
  Signal signal;
  if (read(pipe_[0], &signal, sizeof signal) != sizeof signal) return std::nullopt;
  return signal;
}

}  // namespace pmubench
