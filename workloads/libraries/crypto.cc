// OpenSSL: AES-128-GCM, ChaCha20 and SHA-256 on 16 KiB, the size of a TLS record. Each is checked
// with a published vector before it is timed.
#include <benchmark/benchmark.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libraries/corpus.h"

namespace pmubench::libraries {
namespace {

using Bytes = std::vector<unsigned char>;
constexpr std::size_t kRecord = 16384;

std::string Hex(const Bytes& bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

/// Key and nonce stay, as within a connection; a new message only sets the nonce.
class Cipher {
 public:
  Cipher(const EVP_CIPHER* cipher, const Bytes& key, Bytes nonce)
      : context_(EVP_CIPHER_CTX_new()), nonce_(std::move(nonce)) {
    good_ = EVP_EncryptInit_ex(context_.get(), cipher, nullptr, key.data(), nonce_.data()) == 1;
    authenticated_ = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_GCM_MODE;
  }

  /// Ciphertext, for GCM with the tag of 16 bytes behind it.
  bool Encrypt(const Bytes& in, Bytes& out) {
    int length = 0;
    int rest = 0;
    good_ = good_ &&
            EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce_.data()) == 1 &&
            EVP_EncryptUpdate(context_.get(), out.data(), &length, in.data(),
                              static_cast<int>(in.size())) == 1 &&
            EVP_EncryptFinal_ex(context_.get(), out.data() + length, &rest) == 1;
    if (authenticated_) {
      good_ = good_ && EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, 16,
                                           out.data() + in.size()) == 1;
    }
    return good_;
  }

  [[nodiscard]] std::size_t tag() const { return authenticated_ ? 16 : 0; }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context_;
  Bytes nonce_;
  bool good_ = false;
  bool authenticated_ = false;
};

/// Vector: RFC 8439, 2.4.2 (key 00 01 ... 1f, counter 1, nonce of 4a); the first block's start.
Cipher ChaCha() {
  Bytes key(32);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
  Bytes counter_and_nonce(16);
  counter_and_nonce[0] = 1;
  counter_and_nonce[11] = 0x4a;
  return {EVP_chacha20(), key, counter_and_nonce};
}

/// Vector: test case 2 of the specification of GCM (all zero).
Cipher AesGcm() { return {EVP_aes_128_gcm(), Bytes(16), Bytes(12)}; }

void RunCipher(benchmark::State& state, Cipher cipher, const std::string& plain,
               const std::string& expected) {
  const Bytes known(plain.begin(), plain.end());
  Bytes answer(known.size() + cipher.tag());
  if (!cipher.Encrypt(known, answer) || Hex(answer) != expected) {
    return state.SkipWithError(("wrong answer to the published vector: " + Hex(answer)).c_str());
  }
  const std::string text = GeneratedText(kRecord);
  const Bytes in(text.begin(), text.end());
  Bytes out(in.size() + cipher.tag());
  bool good = true;
  for (auto _ : state) {
    good = cipher.Encrypt(in, out) && good;
    benchmark::DoNotOptimize(out.data());
  }
  if (!good) state.SkipWithError("the library reported an error");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(in.size()));
}

Bytes Sha256(const Bytes& in) {
  Bytes digest(32);
  EVP_Digest(in.data(), in.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

void AesGcmEncrypt(benchmark::State& state) {
  RunCipher(state, AesGcm(), std::string(16, '\0'),
            "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
}

void ChaCha20Encrypt(benchmark::State& state) {
  RunCipher(state, ChaCha(), "Ladies and Gentl", "6e2e359a2568f98041ba0728dd0d6981");
}

void Sha256Digest(benchmark::State& state) {
  // FIPS 180-2, appendix B.1.
  if (Hex(Sha256({'a', 'b', 'c'})) !=
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") {
    return state.SkipWithError("wrong answer to the published vector");
  }
  const std::string text = GeneratedText(kRecord);
  const Bytes in(text.begin(), text.end());
  for (auto _ : state) benchmark::DoNotOptimize(Sha256(in));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(in.size()));
}

BENCHMARK(AesGcmEncrypt)->Name("openssl/aes-128-gcm/16KiB");
BENCHMARK(ChaCha20Encrypt)->Name("openssl/chacha20/16KiB");
BENCHMARK(Sha256Digest)->Name("openssl/sha-256/16KiB");

[[maybe_unused]] const bool kContext = [] {
  benchmark::AddCustomContext("openssl_version", OpenSSL_version(OPENSSL_VERSION));
  benchmark::AddCustomContext("openssl_cpu", OpenSSL_version(OPENSSL_CPU_INFO));
  return true;
}();

}  // namespace
}  // namespace pmubench::libraries
