#include "codec/vector_length.h"

#include <sys/prctl.h>

#include <cstring>

namespace pmubench::codec {

int SetVectorLength([[maybe_unused]] int bits) {
#if defined(__aarch64__) && defined(PR_SVE_SET_VL)
  if (VectorLength() != 0) prctl(PR_SVE_SET_VL, static_cast<unsigned long>(bits) / 8, 0, 0, 0);
#endif
  return VectorLength();
}

bool UsesSve(const Isa& isa) { return std::strstr(isa.name, "sve") != nullptr; }

}  // namespace pmubench::codec
