// `pmubench list sources`: ways to measure memory bandwidth, here or not, and the one to use.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bandwidth/sources.h"
#include "cli/bandwidth.h"
#include "cli/message.h"
#include "platform/state_folder.h"

namespace pmubench {
namespace {

using Json = nlohmann::ordered_json;

const char* NameOf(Presence presence) {
  switch (presence) {
    case Presence::kReady:
      return "ready";
    case Presence::kCould:
      return "could";
    case Presence::kNotHere:
      break;
  }
  return "not here";
}

const char* NameOf(Gives gives) {
  switch (gives) {
    case Gives::kReadsAndWrites:
      return "reads and writes";
    case Gives::kTotal:
      return "total";
    case Gives::kReads:
      break;
  }
  return "reads, estimate";
}

Json ToJson(const SourceList& list) {
  Json json = {{"chosen", nullptr}, {"why", list.why_chosen}, {"sources", Json::array()}};
  if (list.chosen) json["chosen"] = list.sources[*list.chosen].source.info.name;
  for (const ListedSource& listed : list.sources) {
    const SourceInfo& info = listed.source.info;
    const SourceFinding& finding = listed.finding;
    json["sources"].push_back({{"name", info.name},
                               {"title", info.title},
                               {"method", info.method},
                               {"gives", NameOf(info.gives)},
                               {"state", NameOf(finding.presence)},
                               {"why", finding.why},
                               {"remedy", finding.remedy},
                               {"counters", finding.counters.size() + finding.files.size()},
                               {"warnings", finding.warnings}});
  }
  return json;
}

void PrintText(const SourceList& list) {
  for (std::size_t i = 0; i < list.sources.size(); ++i) {
    const SourceInfo& info = list.sources[i].source.info;
    const SourceFinding& finding = list.sources[i].finding;
    fmt::print("{} {:<17} {:<9} {} ({})\n", list.chosen == i ? '*' : ' ', info.name,
               NameOf(finding.presence), info.title, NameOf(info.gives));
    fmt::print("  {:<27} {}\n", "", finding.why);
    if (!finding.remedy.empty()) fmt::print("  {:<27} to get it: {}\n", "", finding.remedy);
    for (const std::string& warning : finding.warnings) {
      fmt::print("  {:<27} warning: {}\n", "", warning);
    }
  }
  if (list.chosen) {
    fmt::print("\n* chosen: {}, {}\n", list.sources[*list.chosen].source.info.name,
               list.why_chosen);
  } else {
    fmt::print("\nchosen: {}\n", list.why_chosen);
  }
}

}  // namespace

int ListSources(const std::string& root, const std::string& format) {
  const SourceList list = FindSources(ReadBandwidthMachine(root, StateFolder()));
  if (format == "json") {
    fmt::print("{}\n", ToJson(list).dump(2));
  } else {
    PrintText(list);
  }
  return 0;
}

}  // namespace pmubench
