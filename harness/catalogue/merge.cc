#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "catalogue/expand.h"
#include "catalogue/field_reader.h"
#include "catalogue/layer.h"
#include "catalogue/nearest.h"

namespace pmubench {
namespace {

constexpr int kMaxCounters = 64;

/// Lays one file after the other over what is there.
class Merger {
 public:
  Result<void> Add(const CatalogueLayer& layer) {
    layer_ = &layer;
    if (auto done = AddCodeLimits(); !done) return done;
    if (auto done = AddConstants(); !done) return done;
    if (auto done = AddEvents(); !done) return done;
    if (auto done = Implement(); !done) return done;
    return AddMetrics();
  }

  Result<void> Finish(Catalogue& catalogue) {
    std::set<std::string> missing;
    for (DeclaredEvent& declared : events_) {
      if (declared.implemented) {
        catalogue.events.push_back(std::move(declared.event));
      } else {
        missing.insert(declared.event.name);
      }
    }
    catalogue.constants = std::move(constants_);
    return ExpandMetrics(metrics_, missing, catalogue);
  }

 private:
  struct DeclaredEvent {
    CatalogueEvent event;
    bool implemented = false;
  };

  const JsonNode* Section(const char* name) const { return layer_->tree.Find(name); }

  Error At(const JsonNode::Member& member, const std::string& message,
           std::string remedy = "") const {
    return ErrorAt(layer_->file, member.line, member.column, message, std::move(remedy));
  }

  Result<void> AddCodeLimits() {
    const JsonNode* section = Section("max_code");
    if (section == nullptr) return {};
    FieldReader fields(*section, layer_->file, "max_code");
    for (const JsonNode::Member& member : section->members) {
      fields.Whole(member.name, max_code_[member.name == "core" ? "" : member.name], UINT64_MAX);
    }
    return fields.Finish();
  }

  Result<void> AddConstants() {
    const JsonNode* section = Section("constants");
    if (section == nullptr) return {};
    for (const JsonNode::Member& member : section->members) {
      if (!IsFormulaName(member.name) || IsRunQuantity(member.name)) {
        return At(member, fmt::format("'{}' cannot be a constant's name", member.name));
      }
      auto it = std::find_if(constants_.begin(), constants_.end(),
                             [&](const auto& known) { return known.name == member.name; });
      if (it == constants_.end()) {
        it = constants_.insert(constants_.end(), CatalogueConstant{member.name, "", 0});
      }
      FieldReader fields(member.value, layer_->file, fmt::format("constant '{}'", member.name));
      fields.Real("value", it->value);
      fields.Text("unit", it->unit);
      fields.Text("source", it->source);
      if (auto done = fields.Finish(); !done) return done;
    }
    return {};
  }

  Result<void> AddEvents() {
    const JsonNode* section = Section("events");
    if (section == nullptr) return {};
    for (const JsonNode::Member& member : section->members) {
      if (auto done = AddEvent(member); !done) return done;
    }
    return {};
  }

  Result<void> AddEvent(const JsonNode::Member& member) {
    DeclaredEvent* declared = FindEvent(member.name);
    if (member.value.kind == JsonNode::Kind::kNull) {
      if (declared == nullptr) {
        return At(member, fmt::format("there is no event '{}' to remove", member.name),
                  SuggestEvent(member.name));
      }
      declared->implemented = false;
      return {};
    }
    if (declared == nullptr) {
      if (!IsFormulaName(member.name) || IsRunQuantity(member.name)) {
        return At(member, fmt::format("'{}' cannot be an event's name", member.name),
                  "letters, digits, '_', '.' and ':', the first a letter");
      }
      declared = &events_.emplace_back();
      declared->event.name = member.name;
    }
    if (!layer_->declares_only) declared->implemented = true;
    return ReadEvent(member, declared->event);
  }

  Result<void> ReadEvent(const JsonNode::Member& member, CatalogueEvent& event) {
    FieldReader fields(member.value, layer_->file, fmt::format("event '{}'", member.name));
    fields.Text("description", event.description);
    fields.Text("unit", event.unit);
    fields.Text("pmu", event.pmu);
    fields.Text("pfm", event.pfm);
    fields.TextList("aliases", event.aliases);
    fields.Text("dedicated", event.dedicated);
    fields.Flag("leads", event.leads);
    fields.Text("leader", event.leader);
    fields.Text("truth", event.truth);
    if (fields.Any("code") != nullptr) {
      const auto limit = max_code_.find(event.pmu);
      std::uint64_t code = 0;
      fields.Whole("code", code, limit == max_code_.end() ? UINT64_MAX : limit->second);
      event.code = code;
    }
    fields.Whole("config1", event.config1, UINT64_MAX);
    fields.Whole("config2", event.config2, UINT64_MAX);
    fields.SmallWholeList("counters", event.constraint.counters, kMaxCounters - 1);
    fields.SmallWhole("slots", event.constraint.slots, 1, 2);
    fields.Flag("alone", event.constraint.alone);
    fields.Text("filter_register", event.constraint.filter_register);
    fields.Text("filter_value", event.constraint.filter_value);
    if (auto done = fields.Finish(); !done) return done;
    if (!event.code && event.pfm.empty()) {
      return At(member, fmt::format("event '{}' has neither 'code' nor 'pfm'", member.name));
    }
    // The kernel's generic events are counted by the core PMU: they take its counters.
    const bool core = event.pmu == "hardware" || event.pmu == "hw_cache";
    event.constraint.pmu = core ? "" : event.pmu;
    return {};
  }

  Result<void> Implement() {
    const JsonNode* list = Section("implements");
    if (list == nullptr) return {};
    for (const JsonNode& item : list->items) {
      DeclaredEvent* declared = FindEvent(item.string);
      if (declared == nullptr) {
        return ErrorAt(layer_->file, item.line, item.column,
                       fmt::format("no event '{}' is declared", item.string),
                       SuggestEvent(item.string));
      }
      if (!layer_->declares_only) declared->implemented = true;
    }
    return {};
  }

  Result<void> AddMetrics() {
    const JsonNode* section = Section("metrics");
    if (section == nullptr) return {};
    for (const JsonNode::Member& member : section->members) {
      auto it = std::find_if(metrics_.begin(), metrics_.end(), [&](const MetricSource& source) {
        return source.metric.name == member.name;
      });
      if (it == metrics_.end()) {
        if (!IsFormulaName(member.name) || IsRunQuantity(member.name) || member.name == "all") {
          return At(member, fmt::format("'{}' cannot be a metric's name", member.name),
                    "letters, digits, '_', '.' and ':', the first a letter");
        }
        it = metrics_.emplace(metrics_.end());
        it->metric.name = member.name;
        it->metric.title = member.name;
      }
      if (auto done = ReadMetric(member, *it); !done) return done;
    }
    return {};
  }

  Result<void> ReadMetric(const JsonNode::Member& member, MetricSource& source) {
    const JsonNode* formula = &member.value;
    // A note is about the formula it stands with.
    if (member.value.Find("formula") != nullptr || member.value.kind == JsonNode::Kind::kString) {
      source.metric.note.clear();
    }
    if (member.value.kind == JsonNode::Kind::kNull) {
      source.defined = false;
      return {};
    }
    if (member.value.kind != JsonNode::Kind::kString) {
      CatalogueMetric& metric = source.metric;
      FieldReader fields(member.value, layer_->file, fmt::format("metric '{}'", member.name));
      fields.Text("title", metric.title);
      fields.Text("description", metric.description);
      fields.Text("unit", metric.unit);
      fields.Text("group", metric.group);
      fields.TextList("sets", metric.sets);
      fields.Text("note", metric.note);
      std::string text;
      fields.Text("formula", text);
      if (auto done = fields.Finish(); !done) return done;
      formula = member.value.Find("formula");
    }
    if (formula == nullptr) return {};
    auto parsed = Formula::Parse(formula->string);
    if (!parsed) {
      return ErrorAt(layer_->file, formula->line, formula->column,
                     fmt::format("formula of metric '{}': {}", member.name, parsed.error().message),
                     parsed.error().remedy);
    }
    source.metric.definition = *std::move(parsed);
    source.defined = true;
    source.place = {layer_->file, formula->line, formula->column};
    return {};
  }

  DeclaredEvent* FindEvent(std::string_view name) {
    const auto it = std::find_if(events_.begin(), events_.end(), [name](const auto& declared) {
      return declared.event.name == name;
    });
    return it == events_.end() ? nullptr : &*it;
  }

  std::string SuggestEvent(std::string_view name) const {
    std::vector<std::string> names;
    for (const DeclaredEvent& declared : events_) names.push_back(declared.event.name);
    return DidYouMean(name, names);
  }

  const CatalogueLayer* layer_ = nullptr;
  std::map<std::string, std::uint64_t> max_code_;  ///< by PMU, "" the core's
  std::vector<DeclaredEvent> events_;
  std::vector<CatalogueConstant> constants_;
  std::vector<MetricSource> metrics_;
};

}  // namespace

Result<Catalogue> MergeLayers(std::vector<std::shared_ptr<const CatalogueLayer>> layers) {
  Catalogue catalogue;
  Merger merger;
  for (const auto& layer : layers) {
    if (!layer->core.empty()) catalogue.core = layer->core;
    if (!layer->title.empty()) catalogue.title = layer->title;
    if (layer->general_counters != 0) catalogue.general_counters = layer->general_counters;
    if (auto done = merger.Add(*layer); !done) return done.error();
  }
  if (auto done = merger.Finish(catalogue); !done) return done.error();
  catalogue.layers = std::move(layers);
  return catalogue;
}

}  // namespace pmubench
