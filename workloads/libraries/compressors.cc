#include "libraries/compressors.h"

#include <lz4.h>
#include <lz4hc.h>
#include <zstd.h>

namespace pmubench::libraries {
namespace {

class Zstd : public Compressor {
 public:
  [[nodiscard]] std::size_t Bound(std::size_t size) const override {
    return ZSTD_compressBound(size);
  }
  std::size_t Compress(std::string& out, const std::string& in, int level) override {
    return Written(
        ZSTD_compressCCtx(compress_.get(), out.data(), out.size(), in.data(), in.size(), level));
  }
  std::size_t Decompress(std::string& out, const std::string& in) override {
    return Written(
        ZSTD_decompressDCtx(decompress_.get(), out.data(), out.size(), in.data(), in.size()));
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  static std::size_t Written(std::size_t code) { return ZSTD_isError(code) != 0 ? 0 : code; }

  std::unique_ptr<ZSTD_CCtx, Free> compress_{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_DCtx, Free> decompress_{ZSTD_createDCtx()};
};

/// Level 1 is the fast compressor, higher ones LZ4-HC's.
class Lz4 : public Compressor {
 public:
  [[nodiscard]] std::size_t Bound(std::size_t size) const override {
    return Written(LZ4_compressBound(static_cast<int>(size)));
  }
  std::size_t Compress(std::string& out, const std::string& in, int level) override {
    const auto size = static_cast<int>(in.size());
    const auto room = static_cast<int>(out.size());
    return Written(
        level == 1
            ? LZ4_compress_fast_extState(fast_.data(), in.data(), out.data(), size, room, 1)
            : LZ4_compress_HC_extStateHC(high_.data(), in.data(), out.data(), size, room, level));
  }
  std::size_t Decompress(std::string& out, const std::string& in) override {
    return Written(LZ4_decompress_safe(in.data(), out.data(), static_cast<int>(in.size()),
                                       static_cast<int>(out.size())));
  }

 private:
  static std::size_t Written(int code) { return code > 0 ? static_cast<std::size_t>(code) : 0; }

  // An allocation's alignment is enough for both states.
  std::vector<char> fast_ = std::vector<char>(static_cast<std::size_t>(LZ4_sizeofState()));
  std::vector<char> high_ = std::vector<char>(static_cast<std::size_t>(LZ4_sizeofStateHC()));
};

template <class T>
std::unique_ptr<Compressor> Make() {
  return std::make_unique<T>();
}

}  // namespace

const std::vector<Library>& Libraries() {
  static const std::vector<Library> libraries = {{"zstd", {1, 3, 12}, Make<Zstd>},
                                                 {"lz4", {1, 9, 12}, Make<Lz4>}};
  return libraries;
}

}  // namespace pmubench::libraries
