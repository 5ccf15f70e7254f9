// Model values as JSON and back, for the control protocol, the journal, events.ndjson and --json.
// Pure. Reading refuses what it does not understand (kInvalid).
#pragma once

#include "base/json_fwd.h"
#include "base/result.h"
#include "model/event.h"
#include "model/plan.h"
#include "model/topology.h"

namespace ctestbed {

Json ToJson(const Document& document);
Json ToJson(const Topology& topology);
Json ToJson(const Change& change);
Json ToJson(const Event& event);
Json ToJson(const Cell& cell);

Result<Topology> TopologyFromJson(const Json& json);
Result<Event> EventFromJson(const Json& json);
Cell CellFromJson(const Json& json);
// The seconds at `key`; zero where there are none.
Duration DurationFromJson(const Json& json, std::string_view key);
// The texts in a list or map; what is no text is left out.
std::vector<std::string> TextsFromJson(const Json& json);
std::map<std::string, std::string> TextMapFromJson(const Json& json);

}  // namespace ctestbed
