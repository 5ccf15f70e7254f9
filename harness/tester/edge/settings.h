// What holds for all steps of an edge suite.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/edge/client.h"
#include "tester/edge/message.h"
#include "tester/requests/http_step.h"
#include "tester/requests/step_reader.h"
#include "tester/steps/step_suite.h"

namespace ctestbed {

// Offered for permessage-deflate (RFC 7692 section 7.1).
inline constexpr Inside kServerBits{.least = 8, .most = 15};
inline constexpr Inside kClientBits{.least = 9, .most = 15};
inline constexpr std::array<Field, 4> kDeflateFields{{
    {"server_no_context_takeover", Shape::kBoolean, "the server is to forget after each message"},
    {"client_no_context_takeover", Shape::kBoolean, "we forget after each message"},
    {"server_max_window_bits", Shape::kInteger, "8 to 15", false, &kServerBits},
    {"client_max_window_bits", Shape::kInteger, "9 to 15", false, &kClientBits},
}};
inline constexpr Inside kDeflateMap{.fields = kDeflateFields};
inline constexpr std::array<Field, 2> kDeflateForms{{
    {"any", Shape::kBoolean, "true: whatever the server likes"},
    {"offer", Shape::kMap, "what is offered", false, &kDeflateMap},
}};
inline constexpr Inside kDeflate{.either = kDeflateForms};

inline constexpr std::array<std::string_view, 2> kReadWords{"on", "paused"};
inline constexpr Inside kReadMode{.words = kReadWords};

// How a client connects; what stands at a step goes over its client, that over the suite.
inline constexpr std::array<Field, 7> kConnectFields{{
    {"url", Shape::kText, "ws:// or wss://: ${services.gw.ws}/path"},
    {"query", Shape::kTextMap, "parameters of the URL"},
    {"headers", Shape::kTextMap, "headers of the handshake"},
    {"subprotocols", Shape::kTextOrList, "offered, best first"},
    {"deflate", Shape::kAny, "true, or a map of what is offered (RFC 7692)", false, &kDeflate},
    {"read", Shape::kText, "paused: nothing is read until a step waits for something", false,
     &kReadMode},
    {"pongs", Shape::kBoolean, "false: pings are not answered"},
}};

inline constexpr std::array<Field, 5> kEdgeTlsFields{{
    {"ca", Shape::kText, "file of certificates to trust, from the suite's directory"},
    {"cert", Shape::kText, "file of our own certificate"},
    {"key", Shape::kText, "file of its key"},
    {"host", Shape::kText, "whom the server's certificate must name; default: the URL's host"},
    {"verify", Shape::kBoolean, "false: any certificate will do"},
}};
inline constexpr Inside kEdgeTls{.fields = kEdgeTlsFields};

inline constexpr std::array<Field, 2> kCorrelateFields{{
    {"request", Shape::kText, "JSONPath of the id in a call: $.id", true},
    {"reply", Shape::kText, "JSONPath of the same id in its reply: $.re", true},
}};
inline constexpr Inside kCorrelate{.fields = kCorrelateFields};

// In the order of Codec.
inline constexpr std::array<std::string_view, 4> kCodecWords{"text", "binary", "json", "msgpack"};
inline constexpr Inside kCodec{.words = kCodecWords};
inline constexpr std::array<std::string_view, 2> kLeftoverWords{"fail", "ignore"};
inline constexpr Inside kLeftover{.words = kLeftoverWords};
inline constexpr Inside kEdgeHttp{.fields = kHttpSettingsFields};

inline constexpr Inside kClientInside{.fields = kConnectFields, .nothing = true};
inline constexpr Field kClient{"client", Shape::kMap, "what is particular to it", false,
                               &kClientInside};
inline constexpr Inside kClients{.each = &kClient, .at_least = 1};

inline constexpr std::array<Field, 7> kEdgeSettingsFields{{
    {"tls", Shape::kMap, "certificates for wss://", false, &kEdgeTls},
    {"codec", Shape::kText, "text, binary, json or msgpack; default: text", false, &kCodec},
    {"correlate", Shape::kMap, "where a call has its id, and where its reply has it", false,
     &kCorrelate},
    {"leftover", Shape::kText, "fail: messages that no step took are an error; default: ignore",
     false, &kLeftover},
    {"within", Shape::kDuration, "how long steps wait; default 2s"},
    {"http", Shape::kMap, "base and headers of requests between the steps", false, &kEdgeHttp},
    {"clients", Shape::kMap, "names of clients, and what is particular to each", false, &kClients},
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
