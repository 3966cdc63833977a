// The catalogue of this machine's core, or of one that is named, with the user's own files.
#pragma once

#include <filesystem>
#include <string>

#include "catalogue/catalogue.h"
#include "pmubench/result.h"

namespace pmubench {

/// The catalogue of `core` ("": of the CPU that runs, under `root`), with the files of the user's
/// folder and then `file` ("": none) merged in. Errors: kNotFound, kBadInput.
[[nodiscard]] Result<Catalogue> LoadCatalogueFor(const std::string& core, const std::string& file,
                                                 const std::filesystem::path& root);

}  // namespace pmubench
