#include "tester/edge/client.h"

#include <fmt/format.h>

#include <chrono>

namespace ctestbed {
namespace {

constexpr std::chrono::hours kForEver{24};
constexpr Duration kGoodByeTime{300};
constexpr size_t kMostBytes = 512U << 20U;  // of what is kept of a client's traffic
constexpr Duration kAnswerTime{5000};       // for pongs and close frames that are sent unasked

Result<std::unique_ptr<ByteStream>> Connect(const Connecting& how, TimePoint deadline,
                                            const std::stop_token& stop) {
  const WsUrl& url = how.request.url;
  TRY(auto stream, ConnectTcp(url.host, url.port, deadline, stop));
  if (!url.tls) return stream;
  return StartTls(std::move(stream), how.tls.value_or(TlsOptions{{}, {}, {}, url.host, true}),
                  deadline, stop);
}

}  // namespace

struct Client::Connection {
  Connection(std::unique_ptr<ByteStream> connected, const Connecting& how, const WsAnswer& answer)
      : stream(std::move(connected)), receiver(WsSide::kServer, answer.deflate), pongs(how.pongs) {
    if (answer.deflate) deflater = std::make_unique<WsDeflater>(*answer.deflate);
    receiver.Feed(answer.rest);
  }

  const std::unique_ptr<ByteStream> stream;
  std::mutex write_mutex;
  std::unique_ptr<WsDeflater> deflater;  // null: no compression was agreed on
  WsReceiver receiver;                   // of the reader
  bool pongs;
  bool close_sent = false;
  bool ended = false;
  bool stalled = false;
  std::jthread reader;  // ends before the rest
};

Client::Client(std::string name, const Clock& clock) : name_(std::move(name)), clock_(clock) {}

Client::~Client() {
  GoodBye();
}

Result<WsAnswer> Client::Open(const Connecting& how, TimePoint deadline,
                              const std::stop_token& stop) {
  GoodBye();
  const WsUrl& url = how.request.url;
  place_ = fmt::format("{}://{}{}", url.tls ? "wss" : "ws", url.Authority(), url.target);
  answer_.reset();
  const TimePoint start = clock_.Now();
  const auto record = [&](const std::string& outcome) {
    Traffic traffic;
    traffic.at = start;
    traffic.payload = fmt::format("->  GET {}", url.target);
    traffic.remark = outcome;
    const std::lock_guard lock(mutex_);
    Record(std::move(traffic));
  };
  auto stream = Connect(how, deadline, stop);
  auto answer = stream ? ShakeHands(**stream, how.request, deadline, stop)
                       : Result<WsAnswer>(tl::unexpected(stream.error()));
  const auto took = clock_.Now() - start;
  shake_time_ = std::chrono::duration_cast<Duration>(took);
  if (!answer) {
    record(answer.error().message);
    return answer;
  }
  answer_ = *answer;
  record(fmt::format("{} in {:.1f} ms", answer->status,
                     std::chrono::duration<double, std::milli>(took).count()));
  if (!answer->upgraded()) return answer;
  auto connection = std::make_unique<Connection>(std::move(*stream), how, *answer);
  const std::lock_guard lock(mutex_);
  inbox_.ending.reset();
  paused_ = how.paused;
  connection_ = std::move(connection);
  connection_->reader =
      std::jthread([this, &connection = *connection_](const std::stop_token& end) {
        ReadLoop(connection, end);
      });
  return answer;
}

std::optional<Ending> Client::Gone() const {
  const std::lock_guard lock(mutex_);
  if (connection_ && !connection_->ended) return std::nullopt;
  return inbox_.ending.value_or(Ending{kWsAbnormal, "", false, "not connected"});
}

void Client::ReadLoop(Connection& connection, const std::stop_token& stop) {
  // What came with the answer to the handshake.
  bool goes_on = TakeAll(connection, clock_.Now());
  while (goes_on) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !paused_; })) return;
    }
    const Result<std::string> bytes =
        connection.stream->Read(std::chrono::steady_clock::now() + kForEver, stop);
    const TimePoint at = clock_.Now();
    if (!bytes && bytes.error().kind == ErrorKind::kCancelled) return;
    if (!bytes || bytes->empty()) {
      const std::string how =
          bytes ? "the server ended the connection without a close frame" : bytes.error().message;
      return End(connection, {kWsAbnormal, "", false, how});
    }
    connection.receiver.Feed(*bytes);
    goes_on = TakeAll(connection, at);
  }
}

// Whether there may be more.
bool Client::TakeAll(Connection& connection, TimePoint at) {
  while (auto arrival = connection.receiver.Next()) {
    const bool is_close = arrival->op == WsOp::kClose;
    Take(connection, std::move(*arrival), at);
    if (is_close) return false;
    if (bytes_ > kMostBytes) {
      End(connection, {kWsAbnormal, "", false, "more came than is kept of a client: 512 MiB"});
      return false;
    }
  }
  const auto& violation = connection.receiver.violation();
  if (!violation) return true;
  WriteClose(connection, violation->code, violation->message, clock_.Now() + kAnswerTime);
  End(connection, {kWsAbnormal, "", false,
                   fmt::format("the server broke the protocol: {}", violation->message)});
  return false;
}

void Client::Take(Connection& connection, WsArrival arrival, TimePoint at) {
  Traffic traffic;
  traffic.way = Traffic::Way::kReceived;
  traffic.at = at;
  traffic.op = arrival.op;
  traffic.payload = arrival.payload;
  traffic.close_code = arrival.close_code;
  traffic.fragments = arrival.fragments;
  traffic.compressed = arrival.compressed;
  traffic.unread = true;
  bool answers = false;
  {
    const std::lock_guard lock(mutex_);
    if (!IsControl(arrival.op)) traffic.number = ++messages_;
    bytes_ += arrival.payload.size();
    Record(std::move(traffic));
    answers = !connection.stalled && connection.pongs;
  }
  const TimePoint deadline = clock_.Now() + kAnswerTime;
  if (arrival.op == WsOp::kPing && answers) {
    RecordSent(WsOp::kPong, arrival.payload, "");
    Write(connection, EncodeFrame({true, 0, WsOp::kPong, true, arrival.payload}, RandomMask()),
          deadline);
  } else if (arrival.op == WsOp::kClose) {
    const bool answered = WriteClose(connection, arrival.close_code, "", deadline).has_value();
    End(connection, {arrival.close_code, arrival.payload, answered,
                     fmt::format("closed with {}", arrival.close_code)});
  }
}

void Client::End(Connection& connection, Ending ending) {
  const std::lock_guard lock(mutex_);
  connection.ended = true;
  if (ending.code == kWsAbnormal) {
    Traffic note;
    note.at = clock_.Now();
    note.payload = ending.how;
    Record(std::move(note));
  }
  if (!inbox_.ending) inbox_.ending = std::move(ending);
  changed_.notify_all();
}

// With the mutex held.
void Client::Record(Traffic traffic) {
  inbox_.traffic.push_back(std::move(traffic));
  changed_.notify_all();
}

Status Client::Write(Connection& connection, std::string_view bytes, TimePoint deadline) {
  const std::lock_guard order(connection.write_mutex);
  return connection.stream->Write(bytes, deadline);
}

Result<int> Client::SendMessage(WsOp op, std::string payload, TimePoint deadline) {
  if (const auto gone = Gone()) return Fail(ErrorKind::kUnavailable, gone->how);
  WsFrame frame{true, 0, op, true, payload};
  if (connection_->deflater) {
    frame.rsv = 4;
    frame.payload = connection_->deflater->Compress(payload);
  }
  int number = 0;
  {
    Traffic traffic;
    traffic.way = Traffic::Way::kSent;
    traffic.at = clock_.Now();
    traffic.op = op;
    traffic.payload = std::move(payload);
    const std::lock_guard lock(mutex_);
    number = traffic.number = ++messages_;
    Record(std::move(traffic));
  }
  TRY_DO(Write(*connection_, EncodeFrame(frame, RandomMask()), deadline));
  return number;
}

void Client::RecordSent(WsOp op, std::string payload, std::string remark) {
  Traffic traffic;
  traffic.way = Traffic::Way::kSent;
  traffic.at = clock_.Now();
  traffic.op = op;
  traffic.payload = std::move(payload);
  traffic.remark = std::move(remark);
  const std::lock_guard lock(mutex_);
  Record(std::move(traffic));
}

Status Client::SendFrame(const WsFrame& frame, bool masked, TimePoint deadline) {
  if (const auto gone = Gone()) return Fail(ErrorKind::kUnavailable, gone->how);
  const std::string_view remark = frame.fin ? "" : "more to come";
  RecordSent(frame.op, frame.payload, std::string(masked ? remark : "unmasked"));
  return Write(*connection_,
               EncodeFrame(frame, masked ? std::optional(RandomMask()) : std::nullopt), deadline);
}

Status Client::SendBytes(const std::string& bytes, TimePoint deadline) {
  if (const auto gone = Gone()) return Fail(ErrorKind::kUnavailable, gone->how);
  Note(fmt::format("->  {} raw bytes", bytes.size()));
  return Write(*connection_, bytes, deadline);
}

Status Client::SendClose(int code, const std::string& reason, TimePoint deadline) {
  if (const auto gone = Gone()) return Fail(ErrorKind::kUnavailable, gone->how);
  return WriteClose(*connection_, code, reason, deadline);
}

// Once; after that there is nothing to say.
Status Client::WriteClose(Connection& connection, int code, const std::string& reason,
                          TimePoint deadline) {
  constexpr size_t kMostReason = 123;
  {
    const std::lock_guard lock(mutex_);
    if (connection.stalled) return Fail(ErrorKind::kUnavailable, "stalled");
    if (std::exchange(connection.close_sent, true)) return {};
    Traffic traffic;
    traffic.way = Traffic::Way::kSent;
    traffic.at = clock_.Now();
    traffic.op = WsOp::kClose;
    traffic.close_code = code;
    traffic.payload = reason;
    Record(std::move(traffic));
  }
  const WsFrame frame{true, 0, WsOp::kClose, true,
                      ClosePayload(code, reason.substr(0, kMostReason))};
  return Write(connection, EncodeFrame(frame, RandomMask()), deadline);
}

void Client::Break(Drop how) {
  if (Gone()) return;
  constexpr std::string_view kNames[] = {"rst", "fin", "half", "stall"};
  Note(fmt::format("->  drop: {}", kNames[static_cast<size_t>(how)]));
  if (how == Drop::kReset) connection_->stream->ResetOnClose();
  if (how == Drop::kFinish || how == Drop::kHalf) connection_->stream->FinishWriting();
  if (how == Drop::kHalf) return;
  if (how == Drop::kStall) {
    const std::lock_guard lock(mutex_);
    connection_->stalled = paused_ = true;
    return;
  }
  Disconnect();
  const std::lock_guard lock(mutex_);
  inbox_.ending = Ending{kWsAbnormal, "", false, "dropped by this test"};
}

void Client::Pause() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
}

void Client::Resume() {
  const std::lock_guard lock(mutex_);
  paused_ = connection_ && connection_->stalled;
  changed_.notify_all();
}

Waited Client::WaitUntil(TimePoint deadline, const std::stop_token& stop,
                         const std::function<bool(Inbox&)>& done) {
  Resume();
  Waited waited = Waited::kTimeout;
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, stop, deadline, [&] {
    if (done(inbox_)) {
      waited = Waited::kDone;
    } else if (inbox_.ending || !connection_) {
      waited = Waited::kEnded;
    }
    return waited != Waited::kTimeout;
  });
  if (waited == Waited::kTimeout && stop.stop_requested()) return Waited::kCancelled;
  return waited;
}

void Client::Look(const std::function<void(Inbox&)>& look) {
  const std::lock_guard lock(mutex_);
  look(inbox_);
}

void Client::Note(std::string text) {
  Traffic note;
  note.at = clock_.Now();
  note.payload = std::move(text);
  const std::lock_guard lock(mutex_);
  Record(std::move(note));
}

void Client::SayGoodBye() {
  if (!connection_) return;
  patience_ = clock_.Now() + kGoodByeTime;
  SendClose(kWsNormal, "", patience_);
}

void Client::GoodBye() {
  if (!connection_) return;
  if (patience_ == TimePoint{}) SayGoodBye();
  {
    std::unique_lock lock(mutex_);
    const bool may_answer = connection_->close_sent && !paused_;
    if (may_answer) changed_.wait_until(lock, patience_, [&] { return connection_->ended; });
  }
  patience_ = {};
  connection_->stream->FinishWriting();
  Disconnect();
}

// The reader uses its connection to its last breath.
void Client::Disconnect() {
  connection_->reader = {};
  connection_.reset();
}

}  // namespace ctestbed
