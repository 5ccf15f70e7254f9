#include "tester/edge/edge_tester.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/json.h"
#include "io/websocket/handshake.h"
#include "io/websocket/receiver.h"
#include "testing/canned_server.h"
#include "testing/document_from_json.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kFile = "suites/test.yaml";
// How long steps wait: for what comes on however slow a machine, and for what never comes.
constexpr std::string_view kPatiently = "within: 20s";
constexpr std::string_view kBriefly = "within: 200ms";

class NoLauncher final : public Launcher {
 public:
  Result<std::unique_ptr<Process>> Start(const ProcessSpec&) override {
    return Fail(ErrorKind::kUnsupported, "no programs here");
  }
};

std::string Text(std::string payload) {
  return EncodeFrame({true, 0, WsOp::kText, false, std::move(payload)}, {});
}
std::string CloseFrame(int code, std::string_view reason = "") {
  return EncodeFrame({true, 0, WsOp::kClose, false, ClosePayload(code, reason)}, {});
}

// A server of WebSockets that says what a test wants it to.
class Peer {
 public:
  explicit Peer(CannedConnection& connection) : connection_(connection) {
    const std::string request = connection.ReadRequest();
    constexpr std::string_view kName = "Sec-WebSocket-Key: ";
    const size_t at = request.find(kName) + kName.size();
    connection.Send(
        fmt::format("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                    "Sec-WebSocket-Accept: {}\r\n\r\n",
                    AcceptFor(request.substr(at, request.find('\r', at) - at))));
    path = request.substr(4, request.find(' ', 4) - 4);
  }

  void Send(std::string_view bytes) { connection_.Send(bytes); }
  // The next arrival; nothing at the end.
  std::optional<WsArrival> Next() {
    for (;;) {
      if (auto arrival = receiver_.Next()) return arrival;
      const std::string bytes = connection_.Read();
      if (bytes.empty()) return std::nullopt;
      receiver_.Feed(bytes);
    }
  }
  // Reads until the peer is gone, and answers its close frame.
  void Wait() {
    while (const auto arrival = Next()) {
      if (arrival->op == WsOp::kClose) Send(CloseFrame(arrival->close_code));
    }
  }

  std::string path;

 private:
  CannedConnection& connection_;
  WsReceiver receiver_{WsSide::kClient, std::nullopt};
};

// What `greeting` sends after the handshake; then every message comes back.
CannedServer::Serve Echo(std::string greeting = "") {
  return [greeting](CannedConnection& connection) {
    Peer peer(connection);
    peer.Send(greeting);
    while (const auto arrival = peer.Next()) {
      if (arrival->op == WsOp::kClose) peer.Send(CloseFrame(arrival->close_code));
      if (arrival->op == WsOp::kPing) {
        peer.Send(EncodeFrame({true, 0, WsOp::kPong, false, arrival->payload}, {}));
      }
      if (arrival->op == WsOp::kText || arrival->op == WsOp::kBinary) {
        peer.Send(EncodeFrame({true, 0, arrival->op, false, arrival->payload}, {}));
      }
    }
  };
}

struct World {
  explicit World(CannedServer::Serve serve) : server(std::move(serve)) {}

  Suite SuiteOf(std::string_view text) {
    files.files[std::string(kFile)] = text;
    Suite suite;
    suite.file = kFile;
    suite.body = DocumentFromJson(text, suite.file);
    return suite;
  }

  // The results, one line each: "verdict name: message".
  std::vector<std::string> RunSuite(std::string_view text) {
    const Suite suite = SuiteOf(text);
    TestContext context;
    context.run = {"test", "one", {}};
    context.work_directory = "work";
    context.values = {{"server.ws", fmt::format("ws://127.0.0.1:{}/", server.Port())}};
    context.deadline = Soon();
    const CaseSink sink = [&](const CaseResult& result) { results.push_back(result); };
    status = MakeEdgeTester(io)->Run(suite, context, sink, stop.get_token());
    std::vector<std::string> lines;
    for (const CaseResult& result : results) {
      lines.push_back(std::string(VerdictName(result.verdict)) + " " + result.name +
                      (result.message.empty() ? "" : ": " + result.message));
    }
    return lines;
  }

  // One test `t` of these steps; "passed t" or how it failed.
  std::string Run(std::string_view steps, std::string_view settings = kPatiently) {
    const auto lines = RunSuite(fmt::format(
        "{{url: '${{server.ws}}', {}, tests: [{{name: t, steps: [{}]}}]}}", settings, steps));
    EXPECT_TRUE(status) << status.error().message << status.error().detail;
    return lines.empty() ? "nothing" : lines.back();
  }

  CannedServer server;
  FakeHttpClient http{[](const HttpRequest&) {
    HttpResponse answer;
    answer.status = 204;
    return answer;
  }};
  NoLauncher launcher;
  FakeFileSystem files;
  std::unique_ptr<Clock> clock = MakeRealClock();
  TesterIo io{http, launcher, files, *clock};
  std::stop_source stop;
  std::vector<CaseResult> results;
  Status status;
};

std::string RunWith(CannedServer::Serve serve, std::string_view steps,
                    std::string_view settings = kPatiently) {
  World world(std::move(serve));
  return world.Run(steps, settings);
}

TEST(EdgeTester, SendsAndExpectsTextAndBinary) {
  EXPECT_EQ(RunWith(Echo(),
                    "{send: hello}, {expect: hello}, {send: {hex: '00 ff'}}, {expect: {hex: "
                    "'00 ff', size: 2}}, {send: {base64: 'AP8='}}, {next: {base64: 'AP8='}}, "
                    "{send: {json: {a: 1}}}, {expect: {$.a: 1}}"),
            "passed t");
}

TEST(EdgeTester, TakesTheFirstThatFitsAndLeavesTheOthersUnread) {
  const std::string greeting = Text("a") + Text("b") + Text("c");
  EXPECT_EQ(RunWith(Echo(greeting), "{expect: b}, {next: a}, {next: c}"), "passed t");
  EXPECT_EQ(RunWith(Echo(greeting), "{expect: b}, {next: c}"),
            "failed t: client: next: next message #1: is \"a\", wanted \"c\"");
  EXPECT_EQ(RunWith(Echo(greeting), "{expect: b}, {expect: b}", kBriefly),
            "failed t: client: expect: nearest message #3: is \"c\", wanted \"b\"");
}

TEST(EdgeTester, KnowsOrderFromAnyOrder) {
  const std::string greeting = Text("1") + Text("2") + Text("3");
  EXPECT_EQ(RunWith(Echo(greeting), "{expect_seq: ['1', '3']}, {next: '2'}"), "passed t");
  EXPECT_THAT(RunWith(Echo(greeting), "{expect_seq: ['2', '1']}", kBriefly),
              StartsWith("failed t: client: expect_seq: nearest message #3"));
  EXPECT_EQ(RunWith(Echo(greeting), "{expect_all: ['3', '1', '2']}"), "passed t");
  // What fits much leaves to the others what only they fit.
  EXPECT_EQ(RunWith(Echo(greeting),
                    "{expect_all: [{text: {matches: '.'}}, {text: {in: ['1', '2']}}, '1']}"),
            "passed t");
  EXPECT_THAT(RunWith(Echo(greeting), "{expect_all: ['1', '1']}", kBriefly),
              StartsWith("failed t: client: expect_all: nearest message #3"));
}

TEST(EdgeTester, CountsAndMeasuresGaps) {
  const std::string greeting = Text("1") + Text("2") + Text("3");
  EXPECT_EQ(RunWith(Echo(greeting),
                    "{expect_count: 2, gap: {max: {lt: 10s}, p50: {lt: 10s}}}, "
                    "{next: '3'}"),
            "passed t");
  EXPECT_EQ(RunWith(Echo(greeting), "{expect_count: 4}", kBriefly),
            "failed t: client: expect_count: 3 messages came, wanted 4");
  EXPECT_THAT(RunWith(Echo(greeting), "{expect_count: 3, gap: {p99: {gt: 10s}}}"),
              StartsWith("failed t: client: expect_count: gap p99 is "));
}

TEST(EdgeTester, IsQuietOnlyWhenNothingCanBeHeard) {
  EXPECT_EQ(RunWith(Echo(), "{quiet: 20ms}"), "passed t");
  EXPECT_EQ(RunWith(Echo(Text("x")), "{quiet: 10s}"), "failed t: client: quiet: message #1 came");
  EXPECT_EQ(RunWith(Echo(Text("x")), "{expect: x}, {mark: m}, {quiet: 20ms, since: m}"),
            "passed t");
  EXPECT_EQ(RunWith(Echo(CloseFrame(1001)), "{quiet: 10s}"),
            "failed t: client: quiet: silence shows nothing; the connection is at its end: closed "
            "with 1001");
}

TEST(EdgeTester, CountsOnlyWhatCameSinceAMark) {
  EXPECT_EQ(
      RunWith(Echo(Text("x")),
              "{send: y}, {expect: y}, {mark: m}, {send: x}, {expect: x, since: m}, {next: x}"),
      "passed t");
}

TEST(EdgeTester, WakesEveryWaiterWhenTheConnectionEnds) {
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(RunWith(Echo(CloseFrame(4003, "kicked")), "{expect: x, within: 1h}"),
            "failed t: client: expect: no message came that could fit; the connection is at its "
            "end: closed with 4003 (kicked)");
  EXPECT_EQ(RunWith([](CannedConnection& connection) { Peer peer(connection); },
                    "{expect: x, within: 1h}"),
            "failed t: client: expect: no message came that could fit; the connection is at its "
            "end: the server ended the connection without a close frame");
  EXPECT_EQ(RunWith(Echo(EncodeFrame({true, 0, static_cast<WsOp>(3), false, ""}, {})),
                    "{expect: x, within: 1h}"),
            "failed t: client: expect: no message came that could fit; the connection is at its "
            "end: the server broke the protocol: the reserved opcode 3");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

TEST(EdgeTester, TellsHowItEnded) {
  const auto kick = Echo(CloseFrame(4003, "kicked out"));
  EXPECT_EQ(RunWith(kick, "{closed: 4003}"), "passed t");
  EXPECT_EQ(RunWith(kick, "{closed: {code: [1000, 4003], reason: {contains: kick}, clean: true}}"),
            "passed t");
  EXPECT_EQ(RunWith(kick, "{closed: 1000}"), "failed t: client: closed: code is 4003, wanted 1000");
  EXPECT_EQ(RunWith(kick, "{closed: {reason: bye}}"),
            "failed t: client: closed: reason is \"kicked out\", wanted \"bye\"");
  EXPECT_EQ(
      RunWith(Echo(), "{close: {code: 3001, reason: enough}}, {closed: {code: 3001, clean: true}}"),
      "passed t");
  EXPECT_EQ(RunWith(Echo(), "{closed: null}", kBriefly),
            "failed t: client: closed: the connection was not closed");
  EXPECT_EQ(RunWith(
                [](CannedConnection& connection) {
                  Peer peer(connection);
                  connection.Reset();
                },
                "{closed: {code: 1006, clean: false}}"),
            "passed t");
  EXPECT_EQ(
      RunWith(Echo(EncodeFrame({true, 0, static_cast<WsOp>(3), false, ""}, {})), "{closed: 1000}"),
      "failed t: client: closed: code is 1006, wanted 1000; the server broke the protocol: the "
      "reserved opcode 3");
}

TEST(EdgeTester, AnswersPingsAndWaitsForPongs) {
  const auto pinging = [](CannedConnection& connection) {
    Peer peer(connection);
    peer.Send(EncodeFrame({true, 0, WsOp::kPing, false, "p"}, {}));
    const auto pong = peer.Next();
    peer.Send(Text(pong && pong->op == WsOp::kPong ? "pong " + pong->payload : "no pong"));
    peer.Wait();
  };
  EXPECT_EQ(RunWith(pinging, "{expect: pong p}"), "passed t");
  EXPECT_EQ(RunWith(pinging, "{send: x}, {expect: no pong}", "within: 20s, pongs: false"),
            "passed t");
  EXPECT_EQ(RunWith(Echo(), "{ping: {text: still there, pong_within: 20s}}, {ping: a}, {pong: a}"),
            "passed t");
  EXPECT_EQ(RunWith(pinging, "{pings: {count: 1}}"), "passed t");
  EXPECT_EQ(RunWith(pinging, "{pings: {count: {ge: 2}}}", kBriefly),
            "failed t: client: pings: count is 1, wanted at least 2");
  EXPECT_EQ(RunWith(Echo(), "{pong: b}", kBriefly), "failed t: client: pong: no pong \"b\"");
}

TEST(EdgeTester, CallsTakeTheirReplyAlone) {
  const auto serve = [](CannedConnection& connection) {
    Peer peer(connection);
    while (const auto arrival = peer.Next()) {
      if (arrival->op == WsOp::kClose) return peer.Send(CloseFrame(1000));
      const Json call = ParseJson(arrival->payload).value();
      peer.Send(Text(R"({"push": 1})") + Text(R"({"re": "other", "ok": false})") +
                Text(DumpJson(Json{{"re", call.at("id")}, {"ok", true}, {"n", 7}})));
    }
  };
  constexpr std::string_view kJson =
      "within: 20s, codec: json, correlate: {request: $.id, reply: $.re}";
  EXPECT_EQ(RunWith(serve,
                    "{call: {op: a}, reply: {$.ok: true}, save: {n: $.n}, time: {lt: 10s}}, "
                    "{next: {$.push: 1}}, {next: {$.re: other}}, {call: {op: b, id: mine}, "
                    "reply: {$.re: mine, $.n: '${n}'}}",
                    kJson),
            "passed t");
  EXPECT_EQ(RunWith(serve, "{call: {op: a}, reply: {$.n: 8}}", kJson),
            "failed t: client: call: reply #4: $.n is 7, wanted 8");
  EXPECT_EQ(RunWith(Echo(), "{call: {op: a}, within: 200ms}", kJson),
            "failed t: client: call: no reply to #1");
}

TEST(EdgeTester, SpeaksMessagePack) {
  EXPECT_EQ(RunWith(Echo(), "{send: {a: [1, x]}}, {expect: {$.a: [1, x], size: 7}}",
                    "within: 20s, codec: msgpack"),
            "passed t");
}

TEST(EdgeTester, ComesBackAfterADrop) {
  std::atomic<int> count = 0;
  const auto serve = [&](CannedConnection& connection) {
    Peer peer(connection);
    peer.Send(Text(fmt::format("{} {}", ++count, peer.path)));
    peer.Wait();
  };
  for (const std::string how : {"rst", "fin", "half", "stall"}) {
    count = 0;
    EXPECT_EQ(
        RunWith(serve, fmt::format("{{expect: {{text: '1 /'}}}}, {{drop: {}}}, {{open: {{query: "
                                   "{{a: 'b c'}}}}}}, {{expect: {{text: '2 /?a=b%20c'}}}}",
                                   how)),
        "passed t")
        << how;
  }
  EXPECT_EQ(RunWith(Echo(), "{drop: rst}, {send: x}"),
            "failed t: client: send: cannot send: dropped by this test");
}

TEST(EdgeTester, OpensAgainUntilItWorks) {
  std::atomic<int> count = 0;
  const auto serve = [&](CannedConnection& connection) {
    if (++count >= 3) return Echo(Text("in"))(connection);
    connection.ReadRequest();
    connection.Send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
  };
  EXPECT_EQ(RunWith(serve, "{open: {until: {within: 10s, every: 5ms}}}, {expect: in}"), "passed t");
  count = -1000;
  EXPECT_EQ(RunWith(serve, "{open: null}"), "failed t: client: open: refused with 503: busy");
  EXPECT_EQ(RunWith(serve, "{refused: 503}, {refused: {status: 5xx, body: {starts: bus}}}"),
            "passed t");
  EXPECT_EQ(RunWith(serve, "{open: null, refused: 404}"),
            "failed t: client: open: status is 503, wanted 404");
  EXPECT_EQ(RunWith(Echo(), "{refused: 404}"), "failed t: client: refused: was not refused");
}

TEST(EdgeTester, SendsRequestsBetweenToTheServerOfItsUrl) {
  World world(Echo());
  EXPECT_EQ(world.Run("{send: a}, {http: {POST /x: 204}}, {expect: a}"), "passed t");
  ASSERT_EQ(world.http.requests.size(), 1U);
  EXPECT_EQ(world.http.requests[0].url, fmt::format("http://127.0.0.1:{}/x", world.server.Port()));
}

TEST(EdgeTester, FailsForMessagesThatAreLeftOver) {
  EXPECT_EQ(RunWith(Echo(Text("x")), "{send: y}, {expect: y}", "within: 20s, leftover: fail"),
            "failed t: client: 1 message is left over that no step took");
  EXPECT_EQ(RunWith(Echo(Text("x")), "{expect: x}", "within: 20s, leftover: fail"), "passed t");
}

TEST(EdgeTester, FindsUndefinedVariablesAtOnce) {
  EXPECT_EQ(RunWith(Echo(),
                    "{expect: '${never}', within: 1h}, {expect: {json: {$: x}, save: {never: "
                    "$}}}"),
            "failed t: client: expect: undefined variable 'never'");
}

TEST(EdgeTester, ReadsNothingWhilePaused) {
  std::string big(1U << 20U, 'x');
  std::atomic<int> sent = 0;
  const auto serve = [&](CannedConnection& connection) {
    Peer peer(connection);
    for (; sent < 64; ++sent) peer.Send(Text(big));
    peer.Wait();
  };
  World world(serve);
  EXPECT_EQ(world.Run("{open: {read: paused}}, {expect_count: 64}", "within: 20s"), "passed t");
}

TEST(EdgeTester, RendersAFailureWithTheTrafficOfItsClient) {
  World world([](CannedConnection& connection) {
    Peer peer(connection);
    peer.Next();
    peer.Send(Text(R"({"op": "said", "text": "hi hush", "seq": 6})"));
    peer.Wait();
  });
  const auto lines = world.RunSuite(R"({url: '${server.ws}room', codec: json, within: 500ms,
 variables: {seq: 7, password: hush}, secrets: [password], clients: {bob: {}}, tests: [{name: t, steps: [
  {send: {op: join, key: '${password}'}},
  {expect: {$.op: said, $.text: 'hi ${password}', $.seq: '${seq}'}}]}]})");
  EXPECT_THAT(lines,
              ElementsAre("failed t: bob: expect: nearest message #2: $.seq is 6, wanted 7"));
  const std::string& detail = world.results.at(0).detail;
  EXPECT_THAT(detail, StartsWith(R"(suites/test.yaml:4:58   client bob
   4 |   {expect: {$.op: said, $.text: 'hi ${password}', $.seq: '${seq}'}}]}]})"));
  EXPECT_THAT(detail,
              HasSubstr("nearest message #2: $.seq is 6, wanted 7\n  bob   ws://127.0.0.1:"));
  EXPECT_THAT(detail, HasSubstr("2 of 3 fit, unread\n"));
  EXPECT_THAT(detail, HasSubstr(R"({"key":"***","op":"join"})"));
  EXPECT_THAT(detail, HasSubstr("500 ms are over; still open; 1 message unread\n"));
  EXPECT_THAT(detail, HasSubstr("  values  password=\"***\"   seq=7\n"));
  EXPECT_THAT(detail, HasSubstr("  again   ctestbed run --run test@one\n"));
  EXPECT_THAT(detail, HasSubstr("  frames  work/frames.1.jsonl\n"));
  EXPECT_EQ((detail + world.files.files.at("work/frames.1.jsonl")).find("hush"), std::string::npos);
}

TEST(EdgeTester, StopsWhenItIsTold) {
  World world(Echo());
  std::jthread stopper([&] {
    world.clock->SleepUntil(world.clock->Now() + Duration(50), {});
    world.stop.request_stop();
  });
  world.RunSuite("{url: '${server.ws}', tests: [{name: t, expect: x, within: 1h}]}");
  EXPECT_EQ(world.status.error().kind, ErrorKind::kCancelled);
}

// Every message that 50 clients send comes back once, and in order.
TEST(EdgeTester, LosesAndDoublesNothingOverFiftyClients) {
  constexpr int kClients = 50;
  constexpr int kMessages = 200;
  std::string clients;
  std::string names;
  for (int i = 0; i < kClients; ++i) {
    clients += fmt::format("{}c{}: {{}}", i == 0 ? "" : ", ", i);
    names += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  }
  std::string steps = fmt::format("{{open: [{}]}}", names);
  std::string all;
  for (int i = 0; i < kMessages; ++i) {
    steps += fmt::format(", {{each: [{}], send: m{}}}", names, i);
    all += fmt::format("{}m{}", i == 0 ? "" : ", ", i);
  }
  steps += fmt::format(", {{each: [{}], expect_seq: [{}]}}, {{each: [{}], quiet: 1ms}}", names, all,
                       names);
  EXPECT_EQ(
      RunWith(Echo(), steps, fmt::format("within: 20s, leftover: fail, clients: {{{}}}", clients)),
      "passed t");
}

}  // namespace
}  // namespace ctestbed
