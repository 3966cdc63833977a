// Google Benchmark's view of files: an iteration is an operation, on the file system itself
// (direct) and through the passthrough (fuse).
// Settings from the environment:
//   PMUBENCH_FILES_FOLDER     where files are made (the temporary folder)
//   PMUBENCH_FILES_MIB        MiB of the file that is read or written in blocks (32)
//   PMUBENCH_FILES_BLOCK_KIB  KiB an operation, in order (128)
//   PMUBENCH_FILES_COUNT      small files (1000)
//   PMUBENCH_FILES_CACHE      none: every operation reaches the server; kernel (none)
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "common/cpus.h"
#include "common/memory.h"
#include "common/settings.h"
#include "files/cost_meter.h"
#include "files/fuse_mount.h"
#include "files/operation.h"
#include "files/workspace.h"

namespace pmubench::files {
namespace {

Sizes SizesFromSettings() {
  Sizes sizes;
  sizes.file = NumberSetting("PMUBENCH_FILES_MIB", 32, 1, 1 << 20) << 20;
  const std::uint64_t kib = NumberSetting("PMUBENCH_FILES_BLOCK_KIB", 128, 4, 1024);
  if (kib % 4 != 0) {
    RefuseSetting(fmt::format("PMUBENCH_FILES_BLOCK_KIB={}: give a multiple of 4", kib));
  }
  sizes.block = kib << 10;
  sizes.count = NumberSetting("PMUBENCH_FILES_COUNT", 1000, 1, 50'000);
  // It is the page cache's speed that is measured: the file that is read and the one that is
  // written must stay there.
  const std::uint64_t available = AvailableMemory();
  const std::uint64_t most = available / 10 * 9 / 2 >> 20;
  if (available > 0 && sizes.file >> 20 > most) {
    RefuseSetting(fmt::format(
        "PMUBENCH_FILES_MIB={}: twice that does not fit the page cache, {} MiB of memory are "
        "available; give at most {}",
        sizes.file >> 20, available >> 20, most));
  }
  return sizes;
}

bool KernelCache() {
  const std::string cache = Setting("PMUBENCH_FILES_CACHE", "none");
  if (cache != "none" && cache != "kernel") {
    RefuseSetting(fmt::format("PMUBENCH_FILES_CACHE={}: give none or kernel", cache));
  }
  return cache == "kernel";
}

/// What all benchmarks share. Members end in the right order: the mount before what it shows.
struct Ground {
  std::unique_ptr<Workspace> workspace;
  std::optional<FuseMount> mount;
  std::unique_ptr<CostMeter> direct_meter;
  std::unique_ptr<CostMeter> fuse_meter;
};

Ground& TheGround() {
  static Ground ground;
  return ground;
}

/// The error, and what became of the server where one was involved.
std::string Explain(const Error& error, FuseMount* mount) {
  if (mount == nullptr || !mount->Ended()) return error.ToString();
  return fmt::format("the passthrough's server ended: {}; see what killed it (dmesg), run again",
                     error.message);
}

void Report(benchmark::State& state, const Costs& costs, std::uint64_t bytes) {
  const auto steps = static_cast<double>(state.iterations());
  for (const auto& [name, total] : costs.totals) {
    state.counters[name + "_per_op"] = total / steps;
  }
  if (bytes > 0) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  }
  state.SetItemsProcessed(state.iterations());
}

void Run(benchmark::State& state, const OperationKind& kind, FuseMount* mount, CostMeter& meter) {
  Workspace& workspace = *TheGround().workspace;
  bool failed = false;
  const auto fail = [&](const Error& error) {
    failed = true;
    state.SkipWithError(Explain(error, mount).c_str());
  };
  const PinnedHere pin(AllowedCpus().back());
  const auto operation = kind.make(workspace, mount ? mount->point() : workspace.folder());
  const auto steps = static_cast<std::uint64_t>(state.max_iterations);
  if (const auto ready = operation->Prepare(steps); !ready) return fail(ready.error());
  meter.Start();
  for (auto _ : state) {
    if (const auto done = operation->Step(); !done) {
      fail(done.error());
      break;
    }
  }
  const Costs costs = meter.Stop();
  if (failed) return;
  if (const auto right = operation->Verify(); !right) return fail(right.error());
  Report(state, costs, operation->bytes());
}

void Register(const OperationKind& kind, FuseMount* mount, CostMeter* meter) {
  const std::string name = fmt::format("files/{}/{}", kind.name, mount ? "fuse" : "direct");
  auto* one = benchmark::RegisterBenchmark(
      name.c_str(),
      [kind, mount, meter](benchmark::State& state) { Run(state, kind, mount, *meter); });
  one->UseRealTime()->Unit(benchmark::kMicrosecond);
  const auto count = static_cast<std::int64_t>(TheGround().workspace->sizes().count);
  if (kind.uses_up) one->Iterations(count);
}

/// The passthrough over the workspace; where FUSE is not permitted, its benchmarks are left out and
/// the reason is said and recorded.
void StartFuse(Ground& ground, bool kernel_cache) {
  MountOptions options;
  options.program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "pmubench_files_passthrough";
  options.folder = ground.workspace->folder();
  options.kernel_cache = kernel_cache;
  const std::vector<int> cpus = AllowedCpus();
  if (cpus.size() > 1) options.cpu = cpus.front();  // the load runs on the last one
  auto mount = FuseMount::Start(options);
  if (!mount) {
    const std::string why = "SKIPPED: " + mount.error().ToString();
    benchmark::AddCustomContext("files_fuse", why);
    fmt::print(stderr, "files/*/fuse {}\n", why);
    return;
  }
  ground.mount.emplace(*std::move(mount));
  ground.fuse_meter = std::make_unique<CostMeter>(&*ground.mount, kernel_cache);
  benchmark::AddCustomContext("files_fuse_cache", kernel_cache ? "kernel" : "none");
}

bool RegisterAll() {
  const Sizes sizes = SizesFromSettings();
  const bool kernel_cache = KernelCache();
  std::error_code ignored;
  const std::filesystem::path parent =
      Setting("PMUBENCH_FILES_FOLDER", std::filesystem::temp_directory_path(ignored).string());
  if (const auto room = CheckRoom(parent, sizes); !room) {
    RefuseSetting("PMUBENCH_FILES_FOLDER, PMUBENCH_FILES_MIB: " + room.error().ToString());
  }
  auto workspace = Workspace::Make(parent, sizes);
  if (!workspace) RefuseSetting("PMUBENCH_FILES_FOLDER: " + workspace.error().ToString());

  Ground& ground = TheGround();
  ground.workspace = *std::move(workspace);
  ground.direct_meter = std::make_unique<CostMeter>();
  StartFuse(ground, kernel_cache);
  const CostMeter& fullest = ground.fuse_meter ? *ground.fuse_meter : *ground.direct_meter;
  if (!fullest.missing().empty()) {
    benchmark::AddCustomContext("files_not_counted", fullest.missing());
  }
  for (const OperationKind& kind : AllOperations()) {
    Register(kind, nullptr, ground.direct_meter.get());
    if (ground.mount) Register(kind, &*ground.mount, ground.fuse_meter.get());
  }
  return true;
}

[[maybe_unused]] const bool kRegistered = RegisterAll();

}  // namespace
}  // namespace pmubench::files
