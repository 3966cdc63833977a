#include "catalogue/load.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "catalogue/builtin_files.h"
#include "catalogue/json_tree.h"
#include "catalogue/layer.h"
#include "catalogue/match.h"
#include "catalogue/nearest.h"

namespace pmubench {
namespace {

using Layer = std::shared_ptr<const CatalogueLayer>;

// Arm's deepest chain has 5 files; a longer one than this is a circle.
constexpr std::size_t kMaxInheritance = 12;

const BuiltInFile* FindFile(std::string_view name) {
  const auto& files = BuiltInFiles();
  const auto it = std::find_if(files.begin(), files.end(),
                               [name](const BuiltInFile& file) { return file.name == name; });
  return it == files.end() ? nullptr : &*it;
}

Result<Layer> ReadBuiltIn(std::string_view name) {
  const BuiltInFile* file = FindFile(name);
  if (file == nullptr) {
    std::vector<std::string> names;
    for (const BuiltInCore& core : BuiltInCores()) names.push_back(core.name);
    const std::string guess = DidYouMean(name, names);
    return Error{ErrorCode::kNotFound, fmt::format("no catalogue for core '{}'", name),
                 guess.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : guess};
  }
  return ReadLayer(file->text, fmt::format("catalogue/{}.json", name));
}

/// The built-in files from `core` down to what inherits from nothing, bottom first.
Result<std::vector<Layer>> BuiltInChain(std::string core) {
  std::vector<Layer> layers;
  while (!core.empty()) {
    auto layer = ReadBuiltIn(core);
    if (!layer) return layer.error();
    core = (*layer)->inherits;
    layers.push_back(*std::move(layer));
    if (layers.size() > kMaxInheritance) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("{}: inherits from itself", layers.front()->file), ""};
    }
  }
  std::reverse(layers.begin(), layers.end());
  return layers;
}

bool IsFor(const Catalogue& catalogue, const CatalogueLayer& layer) {
  if (layer.core.empty() || !layer.inherits.empty()) return true;
  return std::any_of(catalogue.layers.begin(), catalogue.layers.end(),
                     [&](const Layer& below) { return below->core == layer.core; });
}

Result<Catalogue> MergeLayer(const Catalogue& catalogue, Layer layer) {
  std::vector<Layer> layers = catalogue.layers;
  if (!layer->inherits.empty()) {
    if (layer->core.empty()) {
      return Error{ErrorCode::kBadInput,
                   fmt::format("{}:1:1: 'inherits' without 'core'", layer->file),
                   "name the core that the file defines"};
    }
    auto chain = BuiltInChain(layer->inherits);
    if (!chain) {
      return Error{ErrorCode::kBadInput, fmt::format("{}: {}", layer->file, chain.error().message),
                   chain.error().remedy};
    }
    layers = *std::move(chain);
  }
  const bool own_core = !layer->inherits.empty();
  layers.push_back(std::move(layer));
  auto merged = MergeLayers(std::move(layers));
  if (merged && !own_core) merged->core = catalogue.core;
  return merged;
}

Result<Layer> ReadUserFile(const std::filesystem::path& file) {
  auto text = ReadSmallFile(file);
  if (!text) return text.error();
  return ReadLayer(*text, file.string());
}

}  // namespace

std::vector<BuiltInCore> BuiltInCores() {
  std::vector<BuiltInCore> cores;
  for (const BuiltInFile& file : BuiltInFiles()) {
    auto layer = ReadLayer(file.text, std::string(file.name));
    if (!layer || (*layer)->declares_only) continue;
    BuiltInCore core{(*layer)->core, (*layer)->title, ""};
    if (!(*layer)->match.empty()) core.arch = ArchOfMatch((*layer)->match.front());
    cores.push_back(std::move(core));
  }
  return cores;
}

Result<Catalogue> LoadCatalogue(std::string_view core) {
  auto layers = BuiltInChain(std::string(core));
  if (!layers) return layers.error();
  if (layers->empty() || layers->back()->declares_only) {
    return Error{ErrorCode::kNotFound, fmt::format("'{}' is not a core", core), ""};
  }
  return MergeLayers(*std::move(layers));
}

std::string CoreFor(const CpuIdentity& cpu) {
  std::string best = "software";
  int best_score = 0;
  for (const BuiltInFile& file : BuiltInFiles()) {
    const auto layer = ReadLayer(file.text, std::string(file.name));
    if (!layer) continue;
    for (const std::string& pattern : (*layer)->match) {
      const auto score = MatchCore(pattern, cpu);
      if (score && *score > best_score) {
        best_score = *score;
        best = (*layer)->core;
      }
    }
  }
  return best;
}

Result<Catalogue> MergeUserCatalogue(const Catalogue& catalogue,
                                     const std::filesystem::path& file) {
  auto layer = ReadUserFile(file);
  if (!layer) return layer.error();
  if (!IsFor(catalogue, **layer)) {
    return Error{ErrorCode::kBadInput,
                 fmt::format("{} is for core '{}', not for '{}'", file.string(), (*layer)->core,
                             catalogue.core),
                 fmt::format("add \"inherits\" to define a core, or use --cpu {}", (*layer)->core)};
  }
  return MergeLayer(catalogue, *std::move(layer));
}

Result<Catalogue> MergeUserFolder(const Catalogue& catalogue, const std::filesystem::path& folder) {
  std::error_code status;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator it(folder, status), end; !status && it != end;
       it.increment(status)) {
    if (it->path().extension() == ".json") files.push_back(it->path());
  }
  if (status && status != std::errc::no_such_file_or_directory) {
    return Error{ErrorCode::kBadInput, fmt::format("{}: {}", folder.string(), status.message()),
                 ""};
  }
  std::sort(files.begin(), files.end());
  Catalogue merged = catalogue;
  for (const auto& file : files) {
    auto layer = ReadUserFile(file);
    if (!layer) return layer.error();
    // A file that defines a core of its own is for --catalogue: it must not replace this machine's.
    if (!(*layer)->inherits.empty() || !IsFor(merged, **layer)) continue;
    auto next = MergeLayer(merged, *std::move(layer));
    if (!next) return next;
    merged = *std::move(next);
  }
  return merged;
}

std::filesystem::path UserCatalogueFolder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in the library sets the environment.
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != '\0') {
    return std::filesystem::path(config) / "pmubench";
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return std::filesystem::path(home) / ".config" / "pmubench";
  }
  return {};
}

}  // namespace pmubench
