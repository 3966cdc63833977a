// dav1d: decodes a small AV1 stream of the clip (av1_clip.h; make_av1_clip makes it). How AV1 is
// decoded is fixed to the bit, so the pictures must be those of another decoder, libaom's.
#include <benchmark/benchmark.h>
#include <dav1d/dav1d.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "libraries/av1_clip.h"
#include "libraries/clip.h"
#include "libraries/corpus.h"

namespace pmubench::libraries {
namespace {

struct Close {
  void operator()(Dav1dContext* context) const { dav1d_close(&context); }
};
using Decoder = std::unique_ptr<Dav1dContext, Close>;

Decoder Open() {
  Dav1dSettings settings;
  dav1d_default_settings(&settings);
  settings.n_threads = 1;
  settings.max_frame_delay = 1;
  Dav1dContext* context = nullptr;
  return Decoder(dav1d_open(&context, &settings) == 0 ? context : nullptr);
}

void AppendPlanes(const Dav1dPicture& picture, std::string& out) {
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : 1;
    const auto* row = static_cast<const char*>(picture.data[plane]);
    for (int y = 0; y < picture.p.h >> shift; ++y, row += picture.stride[shift]) {
      out.append(row, static_cast<std::size_t>(picture.p.w >> shift));
    }
  }
}

/// Pictures decoded; their planes go to `planes`, if wanted.
int Decode(Dav1dContext* decoder, std::string* planes) {
  Dav1dData data{};
  std::uint8_t* room = dav1d_data_create(&data, sizeof kAv1Clip);
  if (room == nullptr) return 0;
  std::memcpy(room, kAv1Clip, sizeof kAv1Clip);
  int pictures = 0;
  for (;;) {
    if (data.sz > 0) {
      const int sent = dav1d_send_data(decoder, &data);
      if (sent < 0 && sent != DAV1D_ERR(EAGAIN)) break;
    }
    Dav1dPicture picture{};
    const int got = dav1d_get_picture(decoder, &picture);
    if (got == DAV1D_ERR(EAGAIN) && data.sz > 0) continue;
    if (got < 0) break;
    ++pictures;
    if (planes != nullptr) AppendPlanes(picture, *planes);
    dav1d_picture_unref(&picture);
  }
  if (data.sz > 0) dav1d_data_unref(&data);
  return pictures;
}

void DecodeClip(benchmark::State& state) {
  bool complete = true;
  for (auto _ : state) {
    const Decoder decoder = Open();
    complete = decoder != nullptr && Decode(decoder.get(), nullptr) == kClipPictures && complete;
  }
  const Decoder decoder = Open();
  std::string planes;
  if (decoder != nullptr) Decode(decoder.get(), &planes);
  if (!complete || Fingerprint(planes) != kAv1ClipFingerprint) {
    state.SkipWithError("not the pictures that libaom decodes");
  }
  state.SetItemsProcessed(state.iterations() * kClipPictures);
}
BENCHMARK(DecodeClip)->Name("dav1d/decode")->Unit(benchmark::kMillisecond);

[[maybe_unused]] const bool kContext = [] {
  benchmark::AddCustomContext("dav1d_version", dav1d_version());
  return true;
}();

}  // namespace
}  // namespace pmubench::libraries
