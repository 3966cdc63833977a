#include "branches/held_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pmubench {

Result<HeldCommand> HeldCommand::Fork(const std::vector<std::string>& command,
                                      const sigset_t& mask) {
  int go[2];
  int failed[2];
  if (pipe2(go, O_CLOEXEC) != 0 || pipe2(failed, O_CLOEXEC) != 0) {
    return Error{ErrorCode::kSystem, fmt::format("no pipe: {}", std::strerror(errno)), ""};
  }
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    close(go[1]);
    char byte = 0;
    if (read(go[0], &byte, 1) == 1) execvp(words[0], words.data());
    const int error = errno;
    (void)!write(failed[1], &error, sizeof error);
    _exit(127);
  }
  const int fork_error = errno;
  close(go[0]);
  close(failed[1]);
  fcntl(failed[0], F_SETFL, O_NONBLOCK);
  HeldCommand held(child, go[1], failed[0]);
  if (child < 0) {
    return Error{ErrorCode::kSystem, fmt::format("cannot fork: {}", std::strerror(fork_error)), ""};
  }
  return held;
}

HeldCommand::~HeldCommand() {
  if (go_ >= 0) close(go_);
  if (failed_ >= 0) close(failed_);
}

void HeldCommand::LetGo() {
  (void)!write(go_, "g", 1);
  close(std::exchange(go_, -1));
}

void HeldCommand::GiveUp() {
  close(std::exchange(go_, -1));
  waitpid(pid_, nullptr, 0);
}

int HeldCommand::ExecError() const {
  // The close-on-exec end closes at exec: read then gives 0 bytes, or the reason.
  int error = 0;
  return read(failed_, &error, sizeof error) == sizeof error ? error : 0;
}

}  // namespace pmubench
