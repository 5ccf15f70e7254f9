// What holds for all steps of an edge suite.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/edge/client.h"
#include "tester/edge/message.h"
#include "tester/requests/http_step.h"
#include "tester/steps/step_suite.h"

namespace ctestbed {

// How a client connects; what stands at a step goes over its client, that over the suite.
inline constexpr std::array<Field, 7> kConnectFields{{
    {"url", Shape::kText, "ws:// or wss://: ${services.gw.ws}/path"},
    {"query", Shape::kTextMap, "parameters of the URL"},
    {"headers", Shape::kTextMap, "headers of the handshake"},
    {"subprotocols", Shape::kTextOrList, "offered, best first"},
    {"deflate", Shape::kAny, "true, or a map of what permessage-deflate offers (RFC 7692)"},
    {"read", Shape::kText, "paused: nothing is read until a step waits for something"},
    {"pongs", Shape::kBoolean, "false: pings are not answered"},
}};

inline constexpr std::array<Field, 7> kEdgeSettingsFields{{
    {"tls", Shape::kMap, "certificates for wss://"},
    {"codec", Shape::kText, "text, binary, json or msgpack; default: text"},
    {"correlate", Shape::kMap, "where a call has its id, and where its reply has it"},
    {"leftover", Shape::kText, "fail: messages that no step took are an error; default: ignore"},
    {"within", Shape::kDuration, "how long steps wait; default 2s"},
    {"http", Shape::kMap, "base and headers of requests between the steps"},
    {"clients", Shape::kMap, "names of clients, and what is particular to each"},
}};

struct ConnectOptions {
  std::optional<Located<std::string>> url;
  std::vector<Document::Entry> query;
  std::vector<Document::Entry> headers;
  std::optional<std::vector<Located<std::string>>> subprotocols;
  std::optional<WsDeflate> deflate;
  bool no_deflate = false;
  std::optional<bool> paused;
  std::optional<bool> pongs;
};

struct NamedClient {
  Located<std::string> name;
  ConnectOptions options;
};

struct EdgeSettings {
  ConnectOptions options;
  std::vector<NamedClient> clients;
  Codec codec = Codec::kText;
  // JSONPaths of names alone, split; empty: calls cannot be made.
  std::vector<std::string> request_id;
  std::optional<Located<std::string>> reply_id;
  bool leftover_fails = false;
  Duration within{2000};
  std::optional<Document> tls;
  std::string directory;  // of the suite's file: files are named from there
  std::shared_ptr<const HttpSettings> http;
};

// The client of suites that name none.
inline constexpr std::string_view kOnlyClient = "client";
// The base of requests where the suite gives none: the server that the clients talk to.
inline constexpr std::string_view kHttpOfUrl = "edge.http";

EdgeSettings ReadEdgeSettings(const Fields& fields, const std::string& file, Diagnostics& problems);
ConnectOptions ReadConnectOptions(const Fields& fields, Diagnostics& problems);
// Reads a map of names and options.
std::vector<NamedClient> ReadClients(const Document& map, Diagnostics& problems);

// How to connect with the options of suite, client and step, in this order.
OrFailure<Connecting> BuildConnecting(const EdgeSettings& settings, const ConnectOptions* client,
                                      const ConnectOptions* step, const Variables& variables);

}  // namespace ctestbed
