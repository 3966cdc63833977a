// zstd and lz4 at a low, the standard and a high level; each checks that what was compressed comes
// back.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <lz4.h>
#include <zstd.h>

#include "libraries/compressors.h"
#include "libraries/corpus.h"

namespace pmubench::libraries {
namespace {

constexpr std::size_t kGenerated = std::size_t{1} << 20;

struct Job {
  const Library* library;
  int level;
  bool real;        ///< a text of this machine, not the generated one
  bool decompress;  ///< what was compressed before
};

void Run(benchmark::State& state, const Job& job) {
  const auto text = job.real ? RealText() : Result<std::string>(GeneratedText(kGenerated));
  if (!text) return state.SkipWithError(text.error().ToString().c_str());
  const auto compressor = job.library->make();
  std::string packed(compressor->Bound(text->size()), '\0');
  std::string back(text->size(), '\0');
  std::size_t packed_size = compressor->Compress(packed, *text, job.level);
  if (job.decompress) packed.resize(packed_size);
  std::size_t back_size = 0;
  for (auto _ : state) {
    if (job.decompress) {
      back_size = compressor->Decompress(back, packed);
    } else {
      packed_size = compressor->Compress(packed, *text, job.level);
    }
    benchmark::ClobberMemory();
  }
  packed.resize(packed_size);
  if (!job.decompress) back_size = compressor->Decompress(back, packed);
  if (back_size != text->size() || back != *text) {
    state.SkipWithError("what comes back is not what was compressed");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text->size()));
  state.counters["ratio"] = static_cast<double>(text->size()) / static_cast<double>(packed_size);
}

void Register(const Job& job) {
  const std::string name = fmt::format("{}/{}/level:{}/{}", job.library->name,
                                       job.decompress ? "decompress" : "compress", job.level,
                                       job.real ? "real" : "generated");
  benchmark::RegisterBenchmark(name.c_str(), [job](benchmark::State& state) {
    Run(state, job);
  })->Unit(benchmark::kMicrosecond);
}

bool RegisterAll() {
  RefuseWrongText();
  for (const Library& library : Libraries()) {
    for (const bool real : {false, true}) {
      for (const int level : library.levels) {
        for (const bool decompress : {false, true}) Register({&library, level, real, decompress});
      }
    }
  }
  benchmark::AddCustomContext("zstd_version", ZSTD_versionString());
  benchmark::AddCustomContext("lz4_version", LZ4_versionString());
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::libraries
