#include "stream/sample.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace pmubench::stream {
namespace {

using nlohmann::ordered_json;

ordered_json Number(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json ToJson(const MemoryTraffic& memory) {
  return {{"read_bytes_an_element", Number(memory.read)},
          {"written_bytes_an_element", Number(memory.written)},
          {"total_bytes_an_element", Number(memory.total)},
          {"write_allocate_share", Number(memory.write_allocate)},
          {"sampling_ratio", memory.sampling_ratio},
          {"missing_counters", memory.missing}};
}

}  // namespace

Sample Instruments::Measure(Team& team, const Kernel& kernel, std::size_t doubles) {
  Sample sample;
  sample.threads = team.threads();
  for (int attempt = 0; attempt < options_.attempts && !sample.quiet; ++attempt) {
    gate_.Begin();
    sample.times = team.Measure(kernel, options_.seconds, doubles, meter_ ? &*meter_ : nullptr);
    sample.quiet = gate_.End();
    sample.neighbours = gate_.last();
  }
  return sample;
}

void Instruments::AddTo(ordered_json& out) const {
  out["gate"] = gate_.Summary();
  out["memory_source"] = meter_ ? ordered_json(meter_->source()) : ordered_json(nullptr);
  if (!meter_) out["memory_reason"] = meter_.error().ToString();
}

void Instruments::Print() const {
  fmt::print("samples: {}\n", gate_.Summary());
  fmt::print("the memory's traffic: {}\n", meter_ ? "counted by the source " + meter_->source()
                                                  : "not counted: " + meter_.error().ToString());
}

double GigaBytes(Op op, std::size_t elements, double seconds) {
  return MemoryBytes(op, 0) * static_cast<double>(elements) / seconds * 1e-9;
}

ordered_json ToJson(const Kernel& kernel, const std::string& isa, const Sample& sample,
                    std::size_t elements) {
  ordered_json out = {{"op", Name(kernel.op)},     {"store", Name(kernel.store)},
                      {"method", kernel.method},   {"isa", isa},
                      {"threads", sample.threads}, {"bytes_an_array", elements * sizeof(double)}};
  out["gb_per_second"] = {{"best", GigaBytes(kernel.op, elements, sample.times.best())},
                          {"median", GigaBytes(kernel.op, elements, sample.times.median())},
                          {"mean", GigaBytes(kernel.op, elements, sample.times.mean())}};
  out["samples"] = sample.times.seconds.size();
  out["quiet"] = sample.quiet;
  out["others_cpus"] = sample.neighbours.other;
  out["steal_cpus"] = sample.neighbours.steal;
  if (sample.times.memory) out["memory"] = ToJson(*sample.times.memory);
  return out;
}

std::string MemoryText(const Sample& sample) {
  if (!sample.times.memory) return "";
  const MemoryTraffic& memory = *sample.times.memory;
  const auto cell = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.2f}", *value) : "-";
  };
  const std::string share =
      memory.write_allocate ? fmt::format(", write-allocate {:.2f}", *memory.write_allocate) : "";
  return fmt::format("  memory: read {}, written {}, together {} bytes an element{}",
                     cell(memory.read), cell(memory.written), cell(memory.total), share);
}

}  // namespace pmubench::stream
