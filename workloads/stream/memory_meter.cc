#include "stream/memory_meter.h"

#include "bandwidth/sources.h"
#include "counters/kernel.h"

namespace pmubench::stream {
namespace {

std::optional<double> Each(const std::optional<double>& bytes, double elements) {
  if (!bytes || elements <= 0) return std::nullopt;
  return *bytes / elements;
}

}  // namespace

MemoryTraffic TrafficOf(Op op, const MeterInterval& interval, double elements) {
  const Moved& moved = interval.moved.all;
  MemoryTraffic traffic;
  traffic.read = Each(moved.read, elements);
  traffic.written = Each(moved.write, elements);
  traffic.total = Each(moved.total, elements);
  traffic.sampling_ratio = interval.lowest_ratio;
  traffic.missing = interval.missing;
  if (moved.read && elements > 0) {
    traffic.write_allocate = WriteAllocateFromReads(op, *moved.read, elements);
  }
  return traffic;
}

Result<MemoryMeter> MemoryMeter::OnThisMachine() {
  const BandwidthMachine machine = ReadBandwidthMachine("/");
  SourceList list = FindSources(machine);
  if (!list.chosen) {
    return Error{ErrorCode::kNoPmu, "no source of memory bandwidth can be used here",
                 "`pmubench list sources` says why, and what would change it"};
  }
  const ListedSource& chosen = list.sources[*list.chosen];
  auto meter = BandwidthMeter::Open(SystemKernel(), chosen.finding, machine.permissions);
  if (!meter) return meter.error();
  return MemoryMeter(*std::move(meter), chosen.source.info.name);
}

}  // namespace pmubench::stream
