#include "runner/catalogue_here.h"

#include <sched.h>

#include <algorithm>

#include "catalogue/load.h"
#include "platform/cpu.h"

namespace pmubench {

Result<Catalogue> LoadCatalogueFor(const std::string& core, const std::string& file,
                                   const std::filesystem::path& root) {
  std::string name = core;
  if (name.empty()) {
    auto identity = ReadCpuIdentity(root, std::max(sched_getcpu(), 0));
    name = identity ? CoreFor(*identity) : "software";
  }
  auto catalogue = LoadCatalogue(name);
  if (!catalogue) return catalogue;
  auto merged = MergeUserFolder(*catalogue, UserCatalogueFolder());
  if (!merged || file.empty()) return merged;
  return MergeUserCatalogue(*merged, file);
}

}  // namespace pmubench
