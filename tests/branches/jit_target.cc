// A program that spends its time in code it has written itself, as a JIT compiler's would.
// Usage: jit_target [milliseconds of CPU time]
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

int main(int argc, char** argv) {
#if defined(__x86_64__)
  // mov eax, 2000000; loop: dec eax; jnz loop; ret
  const unsigned char code[] = {0xB8, 0x80, 0x84, 0x1E, 0, 0xFF, 0xC8, 0x75, 0xFC, 0xC3};
#elif defined(__aarch64__)
  // movz w0, #30, lsl 16; loop: subs w0, w0, #1; b.ne loop; ret
  const unsigned int code[] = {0x52A003C0, 0x71000400, 0x54FFFFE1, 0xD65F03C0};
#else
#error "written for x86-64 and aarch64"
#endif
  const int milliseconds = argc > 1 ? std::atoi(argv[1]) : 200;
  void* const memory =
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  std::memcpy(memory, code, sizeof code);
  if (mprotect(memory, 4096, PROT_READ | PROT_EXEC) != 0) return 1;
  __builtin___clear_cache(static_cast<char*>(memory), static_cast<char*>(memory) + sizeof code);
  timespec now{};
  do {
    reinterpret_cast<void (*)()>(memory)();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  } while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < milliseconds);
  std::printf("done\n");
}
