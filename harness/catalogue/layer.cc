#include "catalogue/layer.h"

#include <fmt/format.h>

#include "catalogue/field_reader.h"

namespace pmubench {

Result<std::shared_ptr<const CatalogueLayer>> ReadLayer(std::string_view text,
                                                        const std::string& file) {
  auto tree = ReadJsonTree(text, file);
  if (!tree) return tree.error();
  auto layer = std::make_shared<CatalogueLayer>();
  layer->file = file;
  layer->tree = *std::move(tree);

  FieldReader fields(layer->tree, layer->file, "a catalogue");
  std::string schema;
  fields.Text("$schema", schema);
  fields.Text("core", layer->core);
  fields.Text("title", layer->title);
  fields.Text("inherits", layer->inherits);
  fields.Flag("declares_only", layer->declares_only);
  fields.TextList("match", layer->match);
  fields.SmallWhole("general_counters", layer->general_counters, 1, 64);
  for (const char* name : {"max_code", "constants", "events", "metrics"}) fields.Object(name);
  std::vector<std::string> implements;
  fields.TextList("implements", implements);
  if (auto done = fields.Finish(); !done) return done.error();
  return std::shared_ptr<const CatalogueLayer>(std::move(layer));
}

}  // namespace pmubench
