#include "driver/docker/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr ApiVersion kNewest{1, 44};  // spoken by every engine from 25.0 on
constexpr ApiVersion kOldest{1, 41};  // Docker 20.10, Podman 3
constexpr Duration kMostControl{60'000};

// What engines say under many a status (Podman: 500 for all) when a thing is in use or in a state
// that forbids the call.
constexpr std::array<std::string_view, 10> kConflicts{{
    "already in use",
    "already in progress",
    "already exists",
    "already allocated",
    "is being used",
    "state improper",
    "active endpoints",
    "address already in use",
    "is not running",
    "is paused",
}};

ErrorKind KindOf(int status, std::string_view text) {
  if (status == 404) return ErrorKind::kNotFound;
  if (status == 409) return ErrorKind::kConflict;
  const bool conflicts = std::any_of(
      kConflicts.begin(), kConflicts.end(),
      [&](std::string_view conflict) { return text.find(conflict) != std::string_view::npos; });
  if (conflicts) return ErrorKind::kConflict;
  if (status == 401 || status == 403) return ErrorKind::kUnavailable;
  return status == 400 ? ErrorKind::kInvalid : ErrorKind::kInternal;
}

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return std::string(Trim(text));
}

Error ErrorOf(const HttpRequest& request, const HttpResponse& response) {
  const Result<Json> body = ParseJson(response.body);
  std::string message = body ? JsonText(*body, "message") : "";
  const std::string cause = body ? JsonText(*body, "cause") : "";
  if (message.empty()) message = OneLine(response.body.substr(0, 200));
  if (message.empty()) message = fmt::format("the engine answered {}", response.status);
  return {KindOf(response.status, message + " " + cause),
          OneLine(Visible(message)),
          fmt::format("{} {} answered {}\n", request.method, request.url, response.status),
          {}};
}

bool IsGood(const HttpResponse& response) {
  return response.status / 100 == 2 || response.status == 304;  // 304: it is so already
}

}  // namespace

std::string ApiVersion::Text() const {
  return fmt::format("{}.{}", major, minor);
}

ApiVersion ParseApiVersion(std::string_view text) {
  ApiVersion version;
  const char* end = text.data() + text.size();
  const auto [dot, bad_major] = std::from_chars(text.data(), end, version.major);
  if (bad_major != std::errc() || dot == end || *dot != '.') return {};
  const auto [last, bad_minor] = std::from_chars(dot + 1, end, version.minor);
  if (bad_minor != std::errc() || last != end) return {};
  return version;
}

Result<ApiVersion> ChooseApiVersion(ApiVersion least, ApiVersion most) {
  if (most < kOldest) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("it speaks API {}, and ctestbed needs {} (Docker 20.10) or later",
                            most.Text(), kOldest.Text()));
  }
  return std::max(least, std::min(most, kNewest));
}

Result<Engine> Engine::Connect(HttpClient& http, const Clock& clock, const EngineEndpoint& endpoint,
                               TimePoint deadline) {
  Engine engine(http, clock, endpoint);
  HttpRequest request = engine.RequestOf("GET", "/version", nullptr);
  request.url = endpoint.url + "/version";
  const Result<HttpResponse> response = http.Send(request, deadline, {});
  if (!response) return tl::unexpected<Error>(engine.Locate(response.error()));
  const Result<Json> body = ParseJson(response->body);
  const ApiVersion most = body ? ParseApiVersion(JsonText(*body, "ApiVersion")) : ApiVersion();
  if (response->status != 200 || most == ApiVersion()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("what answers at {} ({}) is no container engine", endpoint.text,
                            endpoint.origin),
                ErrorOf(request, *response).detail);
  }
  auto api = ChooseApiVersion(ParseApiVersion(JsonText(*body, "MinAPIVersion")), most);
  if (!api) return tl::unexpected<Error>(engine.Locate(api.error()));
  const std::string* server = response->Header("Server");
  engine.api_ = *api;
  engine.version_ = JsonText(*body, "Version");
  engine.traits_ = TraitsOf(server == nullptr ? "" : *server);
  return engine;
}

std::string Engine::Describe() const {
  return fmt::format("{} {} at {} ({}), API {}", traits_.product, version_, endpoint_.text,
                     endpoint_.origin, api_.Text());
}

Error Engine::Locate(Error error) const {
  error.message =
      fmt::format("engine at {} ({}): {}", endpoint_.text, endpoint_.origin, error.message);
  return error;
}

HttpRequest Engine::RequestOf(const std::string& method, const std::string& path,
                              const Json& body) const {
  HttpRequest request{.method = method,
                      .url = fmt::format("{}/v{}{}", endpoint_.url, api_.Text(), path),
                      .unix_socket = endpoint_.unix_socket};
  request.tls = endpoint_.tls;
  request.version = "1.1";
  request.reuse = true;
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = DumpJson(body);
  }
  return request;
}

Result<HttpResponse> Engine::Call(const HttpRequest& request, TimePoint deadline) const {
  const TimePoint until = std::min(deadline, clock_->Now() + kMostControl);
  Result<HttpResponse> response = http_->Send(request, until, {});
  if (!response) {
    Error error = Locate(response.error());
    if (error.kind == ErrorKind::kTimeout) error.kind = ErrorKind::kUnavailable;
    return tl::unexpected<Error>(std::move(error));
  }
  if (!IsGood(*response)) return tl::unexpected<Error>(ErrorOf(request, *response));
  return response;
}

Result<Json> Engine::Ask(const HttpRequest& request, TimePoint deadline) const {
  TRY(const HttpResponse response, Call(request, deadline));
  Result<Json> body = ParseJson(response.body);
  if (body) return body;
  return tl::unexpected<Error>(Locate(
      {ErrorKind::kInternal,
       fmt::format("its answer to {} {} is {}", request.method, request.url, body.error().message),
       {},
       {}}));
}

Result<Json> Engine::Get(const std::string& path, TimePoint deadline) const {
  return Ask(RequestOf("GET", path, nullptr), deadline);
}

Result<Json> Engine::Post(const std::string& path, const Json& body, TimePoint deadline) const {
  return Ask(RequestOf("POST", path, body), deadline);
}

Status Engine::Do(const std::string& path, const Json& body, TimePoint deadline) const {
  return Call(RequestOf("POST", path, body), deadline).map([](const HttpResponse&) {});
}

Status Engine::Delete(const std::string& path, TimePoint deadline) const {
  return Call(RequestOf("DELETE", path, nullptr), deadline).map([](const HttpResponse&) {});
}

Status Engine::Stream(const std::string& method, const std::string& path, const Json& body,
                      const HttpSink& sink, TimePoint deadline, std::stop_token stop) const {
  return Stream(RequestOf(method, path, body), sink, deadline, std::move(stop));
}

Status Engine::Upload(const std::string& path, std::string archive, const HttpSink& sink,
                      TimePoint deadline) const {
  HttpRequest request = RequestOf("POST", path, nullptr);
  request.headers.emplace_back("Content-Type", "application/x-tar");
  request.body = std::move(archive);
  return Stream(std::move(request), sink, deadline, {});
}

Status Engine::Stream(HttpRequest request, const HttpSink& sink, TimePoint deadline,
                      std::stop_token stop) const {
  request.reuse = false;  // its end is often that of the connection
  const Result<HttpResponse> response = http_->Stream(request, sink, deadline, std::move(stop));
  if (!response) return tl::unexpected<Error>(Locate(response.error()));
  if (!IsGood(*response)) return tl::unexpected<Error>(ErrorOf(request, *response));
  return {};
}

}  // namespace ctestbed
