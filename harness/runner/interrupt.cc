#include "runner/interrupt.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cassert>
#include <csignal>

namespace pmubench {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<int> write_end{-1};

void OnSignal(int signal) {
  const int end = write_end.exchange(-1);
  if (end < 0) {
    _exit(128 + signal);
  }
  const auto byte = static_cast<unsigned char>(signal);
  (void)!write(end, &byte, 1);
}

void SetHandler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard(std::function<void()> save) : save_(std::move(save)) {
  if (pipe2(pipe_, O_CLOEXEC) != 0) return;
  assert(write_end.load() < 0);
  write_end.store(pipe_[1]);
  thread_ = std::thread([this] {
    unsigned char byte = 0;
    if (read(pipe_[0], &byte, 1) != 1 || byte == 0) return;
    save_();
    _exit(128 + byte);
  });
  SetHandler(OnSignal);
}

InterruptGuard::~InterruptGuard() {
  if (pipe_[1] < 0) return;
  SetHandler(SIG_DFL);
  write_end.store(-1);
  const unsigned char done = 0;
  (void)!write(pipe_[1], &done, 1);
  if (thread_.joinable()) thread_.join();
  close(pipe_[0]);
  close(pipe_[1]);
}

}  // namespace pmubench
