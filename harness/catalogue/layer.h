// One catalogue file, and how files laid over each other become a catalogue.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/json_tree.h"

namespace pmubench {

/// A file whose header is checked. Events and metrics are checked when layers are merged: a file
/// may say only what differs from the one it inherits from.
struct CatalogueLayer {
  std::string file;  ///< for messages
  JsonNode tree;

  std::string core;  ///< empty in a user's file for any core
  std::string title;
  std::string inherits;            ///< name of a built-in core; empty: nothing
  bool declares_only = false;      ///< its events and metrics are there once a file implements them
  std::vector<std::string> match;  ///< "midr:0x41d0c", "cpuid:GenuineIntel-6-106", "arch:arm64"
  int general_counters = 0;
};

/// Reads one file's text. kBadInput with file, line and column.
[[nodiscard]] Result<std::shared_ptr<const CatalogueLayer>> ReadLayer(std::string_view text,
                                                                      const std::string& file);

/// Lays files over each other, the first at the bottom; expands and checks all formulas.
[[nodiscard]] Result<Catalogue> MergeLayers(
    std::vector<std::shared_ptr<const CatalogueLayer>> layers);

}  // namespace pmubench
