#include "reports/store/identity.h"

#include <fmt/format.h>

#include <cstdint>

namespace pmubench::store {
namespace {

// FNV-1a with 128 bits (draft-eastlake-fnv): for telling files apart, not against an attacker.
__extension__ using Wide = unsigned __int128;

Wide Fnv1a(std::string_view bytes) {
  const Wide prime = (static_cast<Wide>(1) << 88) + 0x13b;
  Wide hash = (static_cast<Wide>(0x6c62272e07bb0142ULL) << 64) | 0x62b821756295c58dULL;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= prime;
  }
  return hash;
}

}  // namespace

std::string UuidOf(std::string_view bytes) {
  const Wide hash = Fnv1a(bytes);
  auto high = static_cast<std::uint64_t>(hash >> 64);
  auto low = static_cast<std::uint64_t>(hash);
  high = (high & ~0xf000ULL) | 0x8000ULL;      // version 8 (RFC 9562)
  low = (low & ~(3ULL << 62)) | (2ULL << 62);  // variant
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffffffffffffULL);
}

std::string DigestOf(std::string_view bytes) {
  const Wide hash = Fnv1a(bytes);
  return fmt::format("{:016x}",
                     static_cast<std::uint64_t>(hash >> 64) ^ static_cast<std::uint64_t>(hash));
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !digit) return false;
  }
  return true;
}

}  // namespace pmubench::store
