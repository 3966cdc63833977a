// What every instruction set's STREAM kernels look like from outside.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pmubench::stream {

/// a = target, b and c = sources, s = 3.
enum class Op {
  kRead,   ///< sum of b
  kWrite,  ///< a = kWritten
  kCopy,   ///< a = b
  kScale,  ///< a = s * b
  kAdd,    ///< a = b + c
  kTriad,  ///< a = b + s * c
};

/// How results are stored. The choice decides the traffic: a temporal store of a whole line may
/// first read the line (write-allocate), a non-temporal one does not.
enum class Store { kTemporal, kNonTemporal };

/// The factor `s` in the operations.
inline constexpr double kFactor = 3.0;
/// What kWrite stores: eight equal bytes, so that memset can be compared and checked like a kernel.
inline constexpr double kWritten = std::bit_cast<double>(std::uint64_t{0x4040404040404040});

/// Arrays start at a page and `n` is a multiple of this many doubles (one cache line).
inline constexpr std::size_t kLineDoubles = 8;

/// Returns the sum for kRead, else 0.
using KernelFunction = double (*)(double* a, const double* b, const double* c, std::size_t n);

/// One way to do an operation. `method` is "linear", "linear-prefetch", "pages2/4/8": that many
/// 4 KiB pages in turn, a line of each, so that one core follows several streams at once (a
/// hardware prefetcher stops at a page's end), on x86 also "narrow" (16 bytes an access) and
/// "string" (string instructions).
struct Kernel {
  Op op;
  Store store;
  const char* method;
  KernelFunction run;
};

/// The kernels of one instruction set.
struct Isa {
  const char* name;
  bool (*supported)();  ///< by the CPU this runs on
  std::span<const Kernel> (*kernels)();
};

/// Those compiled for this architecture, widest first; "scalar" is last and always supported.
[[nodiscard]] std::span<const Isa> Isas();

/// The widest supported one.
[[nodiscard]] const Isa& BestIsa();

/// By name; nullptr where it is not compiled in.
[[nodiscard]] const Isa* FindIsa(const char* name);

/// Nullptr where the instruction set has no such kernel (scalar has no non-temporal stores).
[[nodiscard]] const Kernel* FindKernel(const Isa& isa, Op op, Store store, const char* method);

/// One for each vendor's cores (docs/workloads/stream.md says why), for suites whose names must not
/// change from night to night.
[[nodiscard]] const char* DefaultMethod(const Isa& isa, Op op, Store store);

[[nodiscard]] const char* Name(Op op);
[[nodiscard]] const char* Name(Store store);

}  // namespace pmubench::stream
