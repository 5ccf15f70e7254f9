// One engine that speaks the Docker Engine API: its version, its calls, its errors.
// Source: https://docs.docker.com/reference/api/engine/ (versioning, errors).
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/duration.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "driver/docker/endpoint.h"
#include "driver/docker/wire.h"
#include "io/clock.h"
#include "io/http_client.h"

namespace ctestbed {

// A version of the API: "1.41".
struct ApiVersion {
  int major = 0;
  int minor = 0;

  std::string Text() const;
  auto operator<=>(const ApiVersion&) const = default;
};
// 0.0 for what is no version.
ApiVersion ParseApiVersion(std::string_view text);

// The version to speak with an engine that speaks `least` to `most`: the newest that both know, and
// where there is none its oldest. kUnsupported for an engine before Docker 20.10.
Result<ApiVersion> ChooseApiVersion(ApiVersion least, ApiVersion most);

// Thread-safe. Every call is bounded by its deadline and by what its kind may take at most. Errors
// of the engine have its own words as message and the call as detail: kNotFound, kConflict (also
// for what is in use or in a state that forbids it, and for a port that is taken), kInvalid,
// kInternal. Errors of the connection are those of HttpClient, but
// kUnavailable also when there was no answer in time (not of streams). After an error the call may
// have been carried out nevertheless: look.
class Engine {
 public:
  // Asks what it speaks. kUnavailable when nobody answers, kInvalid when it is no engine.
  static Result<Engine> Connect(HttpClient& http, const Clock& clock,
                                const EngineEndpoint& endpoint, TimePoint deadline);

  const EngineTraits& traits() const { return traits_; }
  const EngineEndpoint& endpoint() const { return endpoint_; }
  const std::string& version() const { return version_; }  // of the engine: "20.10.24"
  // "Docker 20.10.24 at unix:///run/docker.sock (DOCKER_HOST), API 1.41"
  std::string Describe() const;

  // `path` begins with "/", lacks the version, and may hold a query; a null body is none.
  Result<Json> Get(const std::string& path, TimePoint deadline) const;
  Result<Json> Post(const std::string& path, const Json& body, TimePoint deadline) const;
  // Calls whose answer says nothing more than that they were carried out.
  Status Do(const std::string& path, const Json& body, TimePoint deadline) const;  // POST
  Status Delete(const std::string& path, TimePoint deadline) const;
  // Bodies without end: no limit but `deadline`, `stop` and the sink. kInternal when the engine
  // broke off.
  Status Stream(const std::string& method, const std::string& path, const Json& body,
                const HttpSink& sink, TimePoint deadline, std::stop_token stop) const;
  // Posts a tar archive; the answer goes to `sink` likewise.
  Status Upload(const std::string& path, std::string archive, const HttpSink& sink,
                TimePoint deadline) const;

 private:
  Engine(HttpClient& http, const Clock& clock, EngineEndpoint endpoint)
      : http_(&http), clock_(&clock), endpoint_(std::move(endpoint)) {}

  HttpRequest RequestOf(const std::string& method, const std::string& path, const Json& body) const;
  Status Stream(HttpRequest request, const HttpSink& sink, TimePoint deadline,
                std::stop_token stop) const;
  Result<HttpResponse> Call(const HttpRequest& request, TimePoint deadline) const;
  Result<Json> Ask(const HttpRequest& request, TimePoint deadline) const;
  Error Locate(Error error) const;

  HttpClient* http_;
  const Clock* clock_;
  EngineEndpoint endpoint_;
  EngineTraits traits_;
  ApiVersion api_;
  std::string version_;
};

}  // namespace ctestbed
