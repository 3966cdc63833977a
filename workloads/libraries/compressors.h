// zstd and lz4 behind one interface, with the state that they would else allocate at each call.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace pmubench::libraries {

/// Sizes are of bytes written; 0 says that the library failed. Not thread-safe.
class Compressor {
 public:
  virtual ~Compressor() = default;
  /// The most that `size` bytes may become.
  [[nodiscard]] virtual std::size_t Bound(std::size_t size) const = 0;
  virtual std::size_t Compress(std::string& out, const std::string& in, int level) = 0;
  virtual std::size_t Decompress(std::string& out, const std::string& in) = 0;
};

struct Library {
  const char* name;
  std::vector<int> levels;  ///< a low one, the standard one, a high one
  std::unique_ptr<Compressor> (*make)();
};

[[nodiscard]] const std::vector<Library>& Libraries();

}  // namespace pmubench::libraries
