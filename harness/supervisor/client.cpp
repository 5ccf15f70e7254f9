#include "supervisor/client.h"

#include "base/json.h"
#include "model/wire.h"

namespace ctestbed {
namespace {

constexpr Duration kConnectTakes{5'000};
constexpr Duration kSendTakes{10'000};

TimePoint In(Duration duration) {
  return std::chrono::steady_clock::now() + duration;
}

tl::unexpected<Error> Gone(const Error& cause) {
  if (cause.kind == ErrorKind::kCancelled) return tl::unexpected<Error>(cause);
  return Fail(ErrorKind::kUnavailable, "the supervisor of this session is gone", cause.message);
}

}  // namespace

Result<SessionClient> SessionClient::Connect(const std::string& socket_path) {
  auto stream = ConnectUnix(socket_path, In(kConnectTakes));
  if (!stream) return Gone(stream.error());
  return SessionClient(std::move(*stream));
}

Result<Json> SessionClient::ReadAnswer(std::stop_token stop) {
  auto line = reader_->Next(TimePoint::max(), std::move(stop));
  if (!line) return Gone(line.error());
  TRY(Json answer, ParseJson(*line));
  if (const Json& error = JsonMember(answer, "error"); error.is_object()) {
    return tl::unexpected<Error>(ErrorFromJson(error));
  }
  return answer;
}

Result<Json> SessionClient::Ask(const Json& request, std::stop_token stop) {
  const Status sent = stream_->Write(DumpJson(request) + "\n", In(kSendTakes));
  if (!sent) return Gone(sent.error());
  return ReadAnswer(std::move(stop));
}

Result<SessionClient::Hello> SessionClient::Ping() {
  TRY(const Json answer, Ask({{"verb", "ping"}}));
  if (JsonNumber(answer, "version") != kProtocolVersion) {
    return Fail(ErrorKind::kConflict, "the supervisor of this session is of another version");
  }
  return Hello{JsonText(answer, "session"), static_cast<int>(JsonNumber(answer, "pid")),
               JsonText(answer, "out")};
}

Status SessionClient::Emit(const Event& event) {
  TRY_DO(Ask({{"verb", "emit"}, {"event", ToJson(event)}}));
  return {};
}

Result<EnvironmentView> SessionClient::Keep() {
  TRY(const Json answer, Ask({{"verb", "keep"}}));
  return EnvironmentViewFromJson(JsonMember(answer, "environment"));
}

Status SessionClient::Follow(const std::function<void(const Event&)>& sink, std::stop_token stop) {
  TRY(Json line, Ask({{"verb", "events"}, {"from", 0}}, stop));
  while (!JsonBoolean(line, "end")) {
    TRY(const Event event, EventFromJson(JsonMember(line, "event")));
    sink(event);
    TRY(line, ReadAnswer(stop));
  }
  return {};
}

Result<EnvironmentView> SessionClient::Acquire(const Demand& demand, bool retry, bool hold,
                                               std::stop_token stop) {
  TRY(const Json answer,
      Ask({{"verb", "acquire"}, {"demand", ToJson(demand)}, {"retry", retry}, {"hold", hold}},
          std::move(stop)));
  return EnvironmentViewFromJson(JsonMember(answer, "environment"));
}

Status SessionClient::Release(bool used, const std::vector<std::string>& dirty) {
  TRY_DO(Ask({{"verb", "release"}, {"used", used}, {"dirty", dirty}}));
  return {};
}

Result<std::optional<Breakage>> SessionClient::Check(const std::string& environment, bool doubted) {
  TRY(const Json answer,
      Ask({{"verb", "check"}, {"environment", environment}, {"doubted", doubted}}));
  return BreakageFromJson(JsonMember(answer, "broken"));
}

Result<std::map<std::string, std::string>> SessionClient::Secrets(const std::string& environment) {
  TRY(const Json answer, Ask({{"verb", "secrets"}, {"environment", environment}}));
  return TextMapFromJson(JsonMember(answer, "values"));
}

Status SessionClient::Unhold(const Demand& demand) {
  TRY_DO(Ask({{"verb", "unhold"}, {"lane", demand.lane}, {"key", demand.key}}));
  return {};
}

std::optional<Breakage> SessionClient::Watch(const std::string& environment, std::stop_token stop) {
  const auto answer = Ask({{"verb", "watch"}, {"environment", environment}}, std::move(stop));
  return answer ? BreakageFromJson(JsonMember(*answer, "broken")) : std::nullopt;
}

Result<std::vector<EnvironmentView>> SessionClient::Environments() {
  TRY(const Json answer, Ask({{"verb", "status"}}));
  std::vector<EnvironmentView> views;
  for (const Json& view : JsonMember(answer, "environments")) {
    views.push_back(EnvironmentViewFromJson(view));
  }
  return views;
}

Result<SessionClient::Ending> SessionClient::Finish(const std::string& reason) {
  TRY(const Json answer, Ask({{"verb", "finish"}, {"reason", reason}}));
  return Ending{JsonText(answer, "leftovers"), JsonText(answer, "out")};
}

}  // namespace ctestbed
