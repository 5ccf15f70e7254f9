#include "supervisor/supervisor.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/json.h"
#include "io/hide_in_files.h"
#include "io/private_directory.h"
#include "model/wire.h"
#include "supervisor/event_log.h"
#include "supervisor/lanes.h"
#include "supervisor/protocol.h"
#include "supervisor/server.h"

namespace ctestbed {
namespace {

// An environment that nobody uses or asks for may be taken away after this.
constexpr Duration kLinger{1'000};
// When nobody waits for the result any more, services get this much to end by themselves.
constexpr Duration kAbortGrace{500};
constexpr Duration kSweepTakes{15'000};
constexpr Duration kSweepPause{200};

class Session {
 public:
  Session(const SupervisorOptions& options, const StateDirectory& state,
          const SupervisorServices& services, std::unique_ptr<AppendFile> events,
          std::unique_ptr<AppendFile> journal)
      : options_(options),
        services_(services),
        secrets_(services.files, services.variables),
        log_(services.clock, std::move(events),
             [this](std::string_view text) { return secrets_.Hidden(text); }),
        journal_(std::move(journal)),
        owner_(OwnerName(Identify(OwnPid()).value_or(ProcessIdentity{}))),
        preparation_(services.launcher, services.files, services.clock, options.results + "/logs"),
        lanes_({services.driver, services.http, services.files, services.clock, journal_, secrets_,
                [this](Event event) { log_.Append(std::move(event)); }, &preparation_},
               {UniqueToken().substr(0, 8), owner_, options.session, options.results + "/logs",
                state.Session(options.session) + "/work", "logs"},
               kLinger) {}

  Status Begin() {
    TRY_DO(journal_.Append({"session", owner_, options_.backend, options_.results}));
    log_.Append({.kind = EventKind::kSessionStarted,
                 .session = options_.session,
                 .out = options_.results,
                 .backend = options_.backend,
                 .version = options_.version,
                 .host = ThisHost(),
                 .command = options_.owner ? CommandLineOf(options_.owner->pid)
                                           : std::vector<std::string>()});
    return {};
  }

  // Ends the session once; everybody who asks gets the same answer. `reason` is empty for a
  // session that ran to its end.
  std::string Finish(const std::string& reason) {
    std::call_once(finish_once_, [&] { leftovers_ = DoFinish(reason); });
    const std::lock_guard lock(finished_mutex_);
    is_finished_ = true;
    finished_.notify_all();
    return leftovers_;
  }

  void WaitUntilFinished() {
    std::unique_lock lock(finished_mutex_);
    finished_.wait(lock, [this] { return is_finished_; });
  }

  EnvironmentView View(const LiveLane& lane) const {
    const Broker::Current current = lane.broker.current();
    return {lane.environment.identity().id,
            current.preset,
            current.cell,
            options_.backend,
            current.state,
            current.version,
            current.since,
            owner().value_or(ProcessIdentity{.pid = OwnPid()}).pid,
            lane.environment.Nodes()};
  }

  // From now on the session outlives its owner.
  void Keep() { kept_ = true; }
  // Whose end ends the session, if it has such an owner.
  std::optional<ProcessIdentity> owner() const { return kept_ ? std::nullopt : options_.owner; }

  const SupervisorOptions& options() const { return options_; }
  EventLog& log() { return log_; }
  LiveLanes& lanes() { return lanes_; }
  const Secrets& secrets() const { return secrets_; }

 private:
  // A backend that is being restarted is waited for.
  Status Sweep() {
    const TimePoint deadline = services_.clock.Now() + kSweepTakes;
    for (;;) {
      const auto swept = services_.driver.Sweep(owner_, "", deadline);
      if (swept) return {};
      if (services_.clock.Now() >= deadline) return tl::unexpected<Error>(swept.error());
      services_.clock.SleepUntil(services_.clock.Now() + kSweepPause, {});
    }
  }

  std::string DoFinish(const std::string& reason) {
    lanes_.Close();
    Status status = lanes_.Teardown(reason.empty() ? Duration::max() : kAbortGrace);
    const Status swept = Sweep();
    // What could not be removed while its backend was out of reach may be gone now.
    const bool was_out_of_reach = !status && status.error().kind == ErrorKind::kUnavailable;
    if (!swept || was_out_of_reach) status = swept;
    // Whoever was to take secrets out of what its tests kept may have been killed.
    if (!reason.empty()) {
      HideInFilesBelow(services_.files, options_.results + "/runs", secrets_.mask());
    }
    log_.Append({.kind = EventKind::kSessionFinished, .message = reason});
    log_.Close();
    const Status reported = services_.report(log_.All(), options_.results);
    if (!status) return status.error().message;
    if (!reported) return reported.error().message;
    return "";
  }

  const SupervisorOptions options_;
  const SupervisorServices services_;
  Secrets secrets_;
  EventLog log_;
  Journal journal_;
  const std::string owner_;
  Preparation preparation_;
  LiveLanes lanes_;
  std::once_flag finish_once_;
  std::string leftovers_;
  std::mutex finished_mutex_;
  std::condition_variable finished_;
  bool is_finished_ = false;
  std::atomic<bool> kept_ = false;
};

class SessionConversation final : public Conversation {
 public:
  explicit SessionConversation(Session& session) : session_(session) {}
  ~SessionConversation() override {
    if (lane_ != nullptr) lane_->broker.Release(true);
  }

  Result<Json> Answer(const Json& request, const std::function<bool(const Json&)>& send,
                      std::stop_token stop) override {
    Result<Json> answer = AnswerOpenly(request, send, std::move(stop));
    const auto hide = [&](std::string& text) { text = session_.secrets().Hidden(text); };
    if (!answer) {
      hide(answer.error().message);
      hide(answer.error().detail);
    }
    return answer;
  }

 private:
  Result<Json> AnswerOpenly(const Json& request, const std::function<bool(const Json&)>& send,
                            std::stop_token stop) {
    struct Verb {
      std::string_view name;
      Result<Json> (SessionConversation::*answer)(const Json&);
    };
    static constexpr std::array<Verb, 9> kVerbs{{
        {"check", &SessionConversation::Check},
        {"ping", &SessionConversation::Ping},
        {"emit", &SessionConversation::Emit},
        {"keep", &SessionConversation::Keep},
        {"release", &SessionConversation::Release},
        {"secrets", &SessionConversation::TellSecrets},
        {"unhold", &SessionConversation::Unhold},
        {"status", &SessionConversation::ShowStatus},
        {"finish", &SessionConversation::Finish},
    }};
    const std::string name = JsonText(request, "verb");
    if (name == "acquire") return Acquire(request, stop);
    if (name == "events") return Events(request, send, stop);
    if (name == "watch") return Watch(request, stop);
    for (const Verb& verb : kVerbs) {
      if (verb.name == name) return (this->*verb.answer)(request);
    }
    return Fail(ErrorKind::kInvalid, fmt::format("unknown verb '{}'", name));
  }

  Result<Json> Ping(const Json&) {
    return Json{{"session", session_.options().session},
                {"pid", OwnPid()},
                {"version", kProtocolVersion},
                {"out", session_.options().results}};
  }

  Result<Json> Emit(const Json& request) {
    TRY(Event event, EventFromJson(JsonMember(request, "event")));
    session_.log().Append(std::move(event));
    return Json::object();
  }

  // On which this connection has a lease.
  Result<LiveLane*> Leased() const {
    if (lane_ == nullptr) return Fail(ErrorKind::kConflict, "this connection has no lease");
    return lane_;
  }

  Result<Json> Keep(const Json&) {
    TRY(const LiveLane* lane, Leased());
    session_.Keep();
    return Json{{"environment", ToJson(session_.View(*lane))}};
  }

  Result<Json> Events(const Json& request, const std::function<bool(const Json&)>& send,
                      std::stop_token stop) {
    auto count = static_cast<size_t>(JsonNumber(request, "from"));
    for (;;) {
      const std::vector<Event> events = session_.log().WaitFor(count, stop);
      if (events.empty()) return Json{{"end", true}};
      count += events.size();
      for (const Event& event : events) {
        if (!send({{"event", ToJson(event)}})) return Json{{"end", true}};
      }
    }
  }

  Result<Json> Acquire(const Json& request, std::stop_token stop) {
    if (lane_ != nullptr) return Fail(ErrorKind::kConflict, "this connection has a lease already");
    TRY(const Demand demand, DemandFromJson(JsonMember(request, "demand")));
    TRY_DO(CheckBackend(demand.topology, demand.preset, session_.options().backend));
    TRY(LiveLane * lane, session_.lanes().At(demand.lane));
    TRY_DO(lane->broker.Acquire(demand, JsonBoolean(request, "retry"), stop));
    lane_ = lane;
    if (JsonBoolean(request, "hold")) lane->broker.Hold(demand.key);
    return Json{{"environment", ToJson(session_.View(*lane))}};
  }

  Result<Json> Release(const Json& request) {
    TRY(LiveLane * lane, Leased());
    lane->broker.Release(JsonBoolean(request, "used"), TextsFromJson(JsonMember(request, "dirty")));
    lane_ = nullptr;
    return Json::object();
  }

  Result<LiveLane*> Named(const Json& request) const {
    return session_.lanes().Find(JsonText(request, "environment"));
  }

  Result<Json> TellSecrets(const Json& request) {
    TRY(const LiveLane* lane, Named(request));
    return Json{{"values", session_.secrets().Values(lane->environment.identity().id)}};
  }

  Result<Json> Unhold(const Json& request) {
    TRY(LiveLane * lane, session_.lanes().At(static_cast<int>(JsonNumber(request, "lane"))));
    lane->broker.Unhold(JsonText(request, "key"));
    return Json::object();
  }

  Result<Json> Check(const Json& request) {
    TRY(const LiveLane* lane, Named(request));
    const bool doubted = JsonBoolean(request, "doubted");
    const auto broken = doubted ? lane->environment.BrokenNow() : lane->environment.Broken();
    return Json{{"broken", broken ? Shown(*broken) : Json()}};
  }

  Result<Json> Watch(const Json& request, std::stop_token stop) {
    TRY(const LiveLane* lane, Named(request));
    const auto broken = lane->environment.WaitUntilBroken(stop);
    return Json{{"broken", broken ? Shown(*broken) : Json()}};
  }

  Json Shown(Breakage breakage) const {
    breakage.message = session_.secrets().Hidden(breakage.message);
    breakage.detail = session_.secrets().Hidden(breakage.detail);
    return ToJson(breakage);
  }

  Result<Json> ShowStatus(const Json&) {
    Json environments = Json::array();
    for (const LiveLane* lane : session_.lanes().All()) {
      const EnvironmentView view = session_.View(*lane);
      if (!view.state.empty()) environments.push_back(ToJson(view));
    }
    return Json{{"environments", environments}};
  }

  Result<Json> Finish(const Json& request) {
    return Json{{"leftovers", session_.Finish(JsonText(request, "reason"))},
                {"out", session_.options().results}};
  }

  Session& session_;
  LiveLane* lane_ = nullptr;  // on which it has a lease
};

// Ends the session when its owner ends.
void WatchOwner(Session& session, std::stop_token stop) {
  const auto owner = session.owner();
  if (!owner || !WaitForEnd(*owner, stop) || !session.owner()) return;
  session.Finish(fmt::format("its owner, process {}, ended before it was finished", owner->pid));
}

void WatchTime(Session& session, Clock& clock, std::stop_token stop) {
  const Duration ttl = session.options().ttl;
  if (ttl == Duration::zero()) return;
  clock.SleepUntil(clock.Now() + ttl, stop);
  if (!stop.stop_requested()) {
    session.Finish(fmt::format("its time to live of {} is over", FormatDuration(ttl)));
  }
}

}  // namespace

Result<std::string> Supervise(const SupervisorOptions& options, const StateDirectory& state,
                              const SupervisorServices& services, const SignalWatcher& signals,
                              DetachedProgram& detached) {
  TRY_DO(MakePrivateDirectory(options.results));
  TRY(auto events, OpenAppendFile(options.results + "/events.ndjson"));
  TRY(auto journal, OpenAppendFile(state.Session(options.session) + "/journal"));
  TRY(auto listener, ListenUnix(state.Socket(options.session)));
  Session session(options, state, services, std::move(events), std::move(journal));
  TRY_DO(session.Begin());
  static_cast<void>(LinkLatest(services.files, options.results, options.session));
  Server server(std::move(listener),
                [&] { return std::make_unique<SessionConversation>(session); });
  detached.Ready();
  const std::jthread owner([&](std::stop_token stop) { WatchOwner(session, stop); });
  const std::jthread time([&](std::stop_token stop) { WatchTime(session, services.clock, stop); });
  const std::jthread signal([&](std::stop_token stop) {
    if (const int number = signals.Wait(stop); number != 0) {
      session.Finish(fmt::format("the supervisor was told to end by signal {}", number));
    }
  });
  session.WaitUntilFinished();
  return session.Finish("");
}

}  // namespace ctestbed
