// x264: encodes the clip at a fixed quantiser. What the library's vector code writes must be, bit
// for bit, what its C code writes.
#include <benchmark/benchmark.h>

#include <cstdint>

extern "C" {
#include <x264.h>
}

#include <memory>
#include <string>
#include <vector>

#include "libraries/clip.h"

namespace pmubench::libraries {
namespace {

struct Close {
  void operator()(x264_t* encoder) const { x264_encoder_close(encoder); }
};

std::vector<Picture> Clip() {
  std::vector<Picture> clip;
  for (int i = 0; i < kClipPictures; ++i) clip.push_back(ClipPicture(i));
  return clip;
}

x264_param_t Parameters(const char* preset) {
  x264_param_t parameters;
  x264_param_default_preset(&parameters, preset, nullptr);
  parameters.i_width = kClipWidth;
  parameters.i_height = kClipHeight;
  parameters.i_csp = X264_CSP_I420;
  parameters.i_threads = 1;
  parameters.i_lookahead_threads = 1;
  parameters.i_log_level = X264_LOG_ERROR;
  // Else the library takes other algorithms on other CPUs.
  parameters.b_cpu_independent = 1;
  // A fixed quantiser: rate control computes in floats, which C and vector code round differently.
  parameters.rc.i_rc_method = X264_RC_CQP;
  parameters.rc.i_qp_constant = 26;
  return parameters;
}

/// The stream; "" where the library reported an error.
std::string Encode(x264_param_t parameters, std::vector<Picture>& clip) {
  const std::unique_ptr<x264_t, Close> encoder(x264_encoder_open(&parameters));
  if (encoder == nullptr) return "";
  std::string stream;
  const auto add = [&](x264_picture_t* in) {
    x264_nal_t* units = nullptr;
    int count = 0;
    x264_picture_t out;
    const int bytes = x264_encoder_encode(encoder.get(), &units, &count, in, &out);
    if (bytes > 0) {
      stream.append(reinterpret_cast<const char*>(units[0].p_payload),
                    static_cast<std::size_t>(bytes));
    }
    return bytes >= 0;
  };
  for (std::size_t i = 0; i < clip.size(); ++i) {
    x264_picture_t picture;
    x264_picture_init(&picture);
    picture.i_pts = static_cast<std::int64_t>(i);
    picture.img.i_csp = X264_CSP_I420;
    picture.img.i_plane = 3;
    std::uint8_t* planes[] = {clip[i].y(), clip[i].u(), clip[i].v()};
    for (int plane = 0; plane < 3; ++plane) {
      picture.img.plane[plane] = planes[plane];
      picture.img.i_stride[plane] = plane == 0 ? kClipWidth : kClipWidth / 2;
    }
    if (!add(&picture)) return "";
  }
  while (x264_encoder_delayed_frames(encoder.get()) > 0) {
    if (!add(nullptr)) return "";
  }
  return stream;
}

void EncodeClip(benchmark::State& state, const char* preset) {
  std::vector<Picture> clip = Clip();
  const x264_param_t parameters = Parameters(preset);
  std::string stream;
  for (auto _ : state) stream = Encode(parameters, clip);
  x264_param_t plain = parameters;
  plain.cpu = 0;
  if (stream.empty() || stream != Encode(plain, clip)) {
    state.SkipWithError("not the stream that the library's C code writes");
  }
  state.SetItemsProcessed(state.iterations() * kClipPictures);
  state.counters["bytes_a_picture"] = static_cast<double>(stream.size()) / kClipPictures;
}

BENCHMARK_CAPTURE(EncodeClip, veryfast, "veryfast")
    ->Name("x264/encode/veryfast")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(EncodeClip, medium, "medium")
    ->Name("x264/encode/medium")
    ->Unit(benchmark::kMillisecond);

[[maybe_unused]] const bool kContext = [] {
  benchmark::AddCustomContext("x264_version", X264_POINTVER);
  return true;
}();

}  // namespace
}  // namespace pmubench::libraries
