#include "tester/http/http_tester.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tester/http/http_world_test.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(HttpTester, RunsTheShortForm) {
  World world([](const HttpRequest& request) {
    return Answer(request.url.ends_with("/health") ? 200 : 404);
  });
  EXPECT_THAT(world.Run("{base: '${services.api.url}', tests: [{GET /health: 200}, "
                        "{GET /nope: [204, 404]}, {GET /other: 2xx}, {HEAD /bare: null}]}"),
              ElementsAre("passed GET /health", "passed GET /nope",
                          "failed GET /other: GET /other: status is 404, wanted 2xx",
                          "failed HEAD /bare: HEAD /bare: status is 404, wanted one below 400"));
  EXPECT_EQ(world.http.requests[0].url, "http://127.0.0.1:4000/health");
  EXPECT_TRUE(world.status.has_value());
}

TEST(HttpTester, ReportsEveryAssertAndRendersTheFailure) {
  World world = Always(
      Answer(201, R"({"lines": [{"sku": "A"}, {"sku": "A"}], "id": 4})", {{"Location", "/x"}}));
  const std::vector<std::string> lines = world.Run(R"({base: 'http://h:1', variables: {sku: A-17},
 tests: [{
  name: an order is created,
  POST /orders: {json: {sku: '${sku}', qty: 2}, headers: {X-Who: "it's me"}},
  expect: {
   status: 200,
   headers: {Location: {starts: /orders/}, X-Gone: <any>},
   json: {
    $.id: 4,
    $.lines: {count: 1},
    $.item.name: x},
   time: {lt: 300ms}}}]})");
  EXPECT_THAT(lines, ElementsAre("failed an order is created: POST /orders: status is 201, wanted "
                                 "200 (+5 more)"));
  EXPECT_EQ(world.results[0].detail, R"(suites/test.yaml:6:12
   6 |    status: 200,
     |            ^^^ is 201, wanted 200
   7 |    headers: {Location: {starts: /orders/}, X-Gone: <any>},
     |                         ^^^^^^^^^^^^^^^^ is "/x", wanted it to start with "/orders/"
   7 |    headers: {Location: {starts: /orders/}, X-Gone: <any>},
     |                                                    ^^^^^ no header 'X-Gone'; headers are Location
  10 |     $.lines: {count: 1},
     |               ^^^^^^^^ count is 2, wanted 1: [{"sku":"A"},{"sku":"A"}]
  11 |     $.item.name: x},
     |                  ^ no "item" in $; keys are id, lines
  12 |    time: {lt: 300ms}}}]}
     |           ^^^^^^^^^ is 412 ms, wanted less than 300ms: dns 0, connect 1, tls 0, first byte 397, body 14 ms
status 201, 48 B, HTTP/1.1, 412 ms (6 of 7 asserts failed)
  {"lines": [{"sku": "A"}, {"sku": "A"}], "id": 4}
values: sku="A-17"
again: curl -X POST http://h:1/orders -H 'X-Who: it'\''s me' -H 'Content-Type: application/json' --data-raw '{"qty":2,"sku":"A-17"}'
)");
  EXPECT_EQ(world.results[0].mark.line, 3);
}

TEST(HttpTester, CarriesCapturesFromStepToStep) {
  World world([](const HttpRequest& request) {
    if (request.method == "POST") {
      return Answer(201, R"({"id": 7, "l": [{"n": 1}, {"n": 2}]})", {{"Location", "/o/7"}});
    }
    return Answer(200, R"({"id": 7})");
  });
  EXPECT_THAT(
      world.Run(
          "{base: 'http://h', tests: [{name: t, steps: [{POST /o: 201, save: "
          "{id: $.id, where: {header: location}, code: {status: true}, "
          "n: '$.l[?@.n > 1].n', raw: {regex: 'id\": (\\d)'}}}, "
          "{'GET ${where}?n=${n}&c=${code}&r=${raw}': 200, expect: {json: {$.id: '${id}'}}}]}]}"),
      ElementsAre("passed t"));
  EXPECT_EQ(world.http.requests[1].url, "http://h/o/7?n=2&c=201&r=7");
}

TEST(HttpTester, FailsWhereACaptureFindsNothing) {
  World world = Always(Answer(200, R"({"a": 1})"));
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /: 200, save: {x: $.b}}]}"),
              ElementsAre("failed GET /: GET /: save x: no \"b\" in $; keys are a"));
}

TEST(HttpTester, StopsATestAtItsFirstWrongStepButAlwaysCleansUp) {
  World world(
      [](const HttpRequest& request) { return Answer(request.method == "DELETE" ? 500 : 404); });
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{name: t, steps: [{GET /1: 200}, {GET /2: 200, "
                        "save: {x: $.x}}], "
                        "finally: [{'DELETE /${x}': 204}, {DELETE /3: 204}, {DELETE /4: 204}]}]}"),
              ElementsAre("failed t: GET /1: status is 404, wanted 200"));
  EXPECT_THAT(world.Sent(),
              ElementsAre("GET http://h/1", "DELETE http://h/3", "DELETE http://h/4"));
  EXPECT_THAT(world.results[0].detail, HasSubstr("finally: DELETE /4: status is 500, wanted 204"));
}

TEST(HttpTester, CountsFailuresOfCleaningUp) {
  World world(
      [](const HttpRequest& request) { return Answer(request.method == "DELETE" ? 500 : 200); });
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{name: t, GET /1: 200, finally: [{DELETE /1: "
                        "204}]}], finally: [{DELETE /all: 204}]}"),
              ElementsAre("failed t: finally: DELETE /1: status is 500, wanted 204",
                          "failed finally: finally: DELETE /all: status is 500, wanted 204"));
}

TEST(HttpTester, SetsUpOnceAndSharesWhatItSaves) {
  World world([](const HttpRequest& request) {
    return request.url.ends_with("/login") ? Answer(200, R"({"access_token": "tok"})")
                                           : Answer(200);
  });
  EXPECT_THAT(world.Run("{base: 'http://h', headers: {Authorization: 'Bearer ${token}'}, setup: "
                        "[{POST /login: 200, save: {token: $.access_token}}], tests: [{GET /1: "
                        "200}, {GET /2: 200}]}"),
              ElementsAre("passed GET /1", "passed GET /2"));
  EXPECT_EQ(world.http.requests.size(), 3U);
  EXPECT_TRUE(world.http.requests[0].headers.empty());
  EXPECT_EQ(world.http.requests[2].headers, (HttpHeaders{{"Authorization", "Bearer tok"}}));
}

TEST(HttpTester, MakesErrorsOfTheCasesWhenTheSetupFails) {
  World world = Always(Answer(503));
  EXPECT_THAT(world.Run("{base: 'http://h', setup: [{POST /login: 200, save: {id: $.id}}], tests: "
                        "[{GET /1: 200}, {GET /2: 200, skip: not ready}], finally: [{'DELETE "
                        "/${id}': 204}]}"),
              ElementsAre("failed setup: POST /login: status is 503, wanted 200",
                          "error GET /1: setup failed: POST /login: status is 503, wanted 200",
                          "skipped GET /2: not ready"));
}

TEST(HttpTester, RunsATestOncePerRow) {
  World world = Always(Answer(422, R"({"field": "qty"})"));
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{name: 'refuses ${field}', rows: [{field: sku, "
                        "qty: 1}, {field: qty, qty: 0}], POST /o: {json: {qty: '${qty}'}}, expect: "
                        "{status: 422, json: {$.field: '${field}'}}}]}"),
              ElementsAre("failed refuses sku: POST /o: $.field is \"qty\", wanted \"sku\"",
                          "passed refuses qty"));
  EXPECT_EQ(world.http.requests[0].body, R"({"qty":1})");
}

TEST(HttpTester, NamesRowsByNumberWhereTheNameDoesNotTellThem) {
  EXPECT_THAT(CaseNames("{base: 'http://h', tests: [{name: t, rows: [{a: 1}, {a: 2}], GET /: 200}, "
                        "{rows: [{p: x}], 'GET /${p}': 200}, {'GET /plain': 200}]}"),
              ElementsAre("t #1", "t #2", "GET /x", "GET /plain"));
}

TEST(HttpTester, RepeatsUntilAllHolds) {
  int calls = 0;
  World world([&](const HttpRequest&) -> Result<HttpResponse> {
    ++calls;
    if (calls == 1) return Fail(ErrorKind::kUnavailable, "connection refused");
    return Answer(200, calls < 4 ? R"({"state": "NEW"})" : R"({"state": "READY"})");
  });
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /o: {}, until: {within: 10s, every: "
                        "200ms}, expect: {json: {$.state: READY}}}]}"),
              ElementsAre("passed GET /o"));
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(world.results[0].duration, Duration(600));
}

TEST(HttpTester, GivesUpWhenTheTimeOfUntilIsOver) {
  World world = Always(Answer(200, R"({"state": "NEW"})"));
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /o: {}, until: {within: 1s, every: "
                        "200ms}, expect: {json: {$.state: READY}}}]}"),
              ElementsAre("failed GET /o: GET /o: $.state is \"NEW\", wanted \"READY\""));
  EXPECT_EQ(world.http.requests.size(), 5U);
  EXPECT_THAT(world.results[0].detail, HasSubstr("\nstill so after 1 s and 5 requests\n"));
}

TEST(HttpTester, StopsUntilAtAStatusThatItWasTold) {
  World world = Always(Answer(404, "{}"));
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /o: {}, until: {within: 10s, stop_on: "
                        "[4xx]}, expect: {json: {$.a: 1}}}]}"),
              ElementsAre("failed GET /o: GET /o: status is 404, wanted one below 400 (+1 more)"));
  EXPECT_EQ(world.http.requests.size(), 1U);
  EXPECT_THAT(world.results[0].detail, HasSubstr("stopped at once by status 404\n"));
}

TEST(HttpTester, NamesTheCauseWhenNoAnswerComes) {
  World world([](const HttpRequest& request) -> Result<HttpResponse> {
    if (request.url.ends_with("/slow")) return Fail(ErrorKind::kTimeout, "timeout");
    return Fail(ErrorKind::kUnavailable, "cannot connect to 127.0.0.1:1: connection refused");
  });
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{GET /a: 200}, {GET /slow: {timeout: 2s}}]}"),
      ElementsAre("failed GET /a: GET /a: cannot connect to 127.0.0.1:1: connection refused",
                  "failed GET /slow: GET /slow: no answer within 2 s"));
}

TEST(HttpTester, DoesNotRunCasesAfterItsTimeIsOver) {
  World world = Always(Answer(200));
  world.timeout = Duration(0);
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /a: 200}]}"),
              ElementsAre("error GET /a: not run: the time of the suite is over"));
}

TEST(HttpTester, EndsAtOnceWhenStopped) {
  World world = Always(Answer(200));
  world.http = FakeHttpClient([&](const HttpRequest&) {
    world.stop.request_stop();
    return Answer(200);
  });
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /a: 200}, {GET /b: 200}]}"),
              ElementsAre());
  EXPECT_EQ(world.http.requests.size(), 1U);
  ASSERT_FALSE(world.status.has_value());
  EXPECT_EQ(world.status.error().kind, ErrorKind::kCancelled);
}

TEST(HttpTester, BuildsQueriesFormsAndBodies) {
  World world = Always(Answer(200));
  world.Run(
      "{base: 'http://h/', headers: {Accept: a, X: '1'}, tests: ["
      "{'GET /p?z=1': {query: {q: 'a b&c', l: [1, x]}, headers: {accept: b}}}, "
      "{POST /f: {form: {k: 'v w', e: ''}}}, {PUT /b: {body: '<x>'}}, "
      "{'GET http://other/ü x': 200}]}");
  ASSERT_EQ(world.http.requests.size(), 4U);
  EXPECT_EQ(world.http.requests[0].url, "http://h/p?z=1&q=a%20b%26c&l=1&l=x");
  EXPECT_EQ(world.http.requests[0].headers, (HttpHeaders{{"accept", "b"}, {"X", "1"}}));
  EXPECT_EQ(world.http.requests[1].body, "k=v%20w&e=");
  EXPECT_EQ(world.http.requests[1].headers.back().second, "application/x-www-form-urlencoded");
  EXPECT_EQ(world.http.requests[2].body, "<x>");
  EXPECT_EQ(world.http.requests[3].url, "http://other/%C3%BC%20x");
}

TEST(HttpTester, RefusesLineBreaksThatCapturesPutIntoHeaders) {
  World world = Always(Answer(200));
  EXPECT_THAT(
      world.Run(
          R"({base: 'http://h', variables: {v: "a\r\nX-Evil: 1"}, tests: [{GET /: {headers: {X-A: '${v}'}}}]})"),
      ElementsAre("failed GET /: GET /: header 'X-A' holds a line break"));
  EXPECT_TRUE(world.http.requests.empty());
}

TEST(HttpTester, NeverShowsSecrets) {
  World world = Always(Answer(500, R"({"token": "t0ps3cret", "echo": "hunter2"})"));
  world.Run(
      "{base: 'http://h', secrets: [password, token], variables: {password: hunter2}, tests: ["
      "{name: t, steps: [{POST /login: {json: {p: '${password}'}}, expect: {status: 500}, "
      "save: {token: $.token}}, {GET /: {headers: {A: 'Bearer ${token}'}}, expect: {json: "
      "{$.token: x, $.echo: {ne: '${password}'}}}}]}]}");
  ASSERT_EQ(world.results.size(), 1U);
  const std::string shown = world.results[0].message + world.results[0].detail;
  EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
  EXPECT_THAT(shown, Not(HasSubstr("t0ps3cret")));
  EXPECT_THAT(shown, HasSubstr("-H 'A: Bearer ***'"));
  EXPECT_THAT(shown, HasSubstr("$.token: x"));
}

TEST(HttpTester, ShowsHostileBodiesSafely) {
  const std::string suite = "{base: 'http://h', tests: [{GET /: 404, expect: {json: {$.a: 1}}}]}";
  World escapes = Always(Answer(200, "\x1b]0;owned\x07 <html>\n\n" + std::string(100'000, 'x')));
  escapes.Run(suite);
  EXPECT_EQ(escapes.results[0].detail.find('\x1b'), std::string::npos);
  EXPECT_LT(escapes.results[0].detail.size(), 3000U);
  EXPECT_THAT(escapes.results[0].detail, HasSubstr("\\x1b]0;owned\\x07 <html>"));
  World binary = Always(Answer(200, std::string("\x89PNG\0\r\n", 7)));
  binary.Run(suite);
  EXPECT_THAT(binary.results[0].detail, HasSubstr("  binary, starts with 89 50 4e 47 00 0d 0a\n"));
}

TEST(HttpTester, SaysThatABodyIsNoJsonOnce) {
  World world = Always(Answer(200, "<html>"));
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{GET /: 200, expect: {json: {$.a: 1, $.b: 2}}}]}"),
      ElementsAre("failed GET /: GET /: body is \"<html>\" (not JSON at byte 1)"));
}

TEST(HttpTester, LocatesEveryMistakeOfASuite) {
  EXPECT_EQ(ProblemsOf(R"({base: 'http://h', tests: [
 {GTE /a: 200},
 {GET /b: 999},
 {GET /c: {hedaers: {}}},
 {GET /d: 200, expect: {json: {$.x: {cuont: 1}}}},
 {GET /e: '${nope}'},
 {GET /f: 200, GET /g: 200},
 {name: h, steps: [{GET /h: 200}], expect: {status: 2xx}},
 {name: i},
 {GET /b: 200},
 {GET /j: {}, until: {every: 1s}},
 {GET /k: {json: 1, body: x}},
 {GET: 200},
 {name: '${x}', rows: [{y: 1}], GET /l: 200},
 {GET /m: 200, save: {a.b: $.x, c: {header: x, regex: y}, d: $.}},
 {GET n: 200},
 {name: setup, GET /o: 200}],
 secrets: [pasword]})"),
            R"(2:3: unknown method 'GTE'
3:11: '999' is no status: expected 100 to 599 or a class like 2xx
4:12: unknown key 'hedaers' in request
5:38: unknown operator 'cuont'
6:12: undefined variable 'nope'
7:16: a step has one request
8:36: 'expect' cannot stand beside 'steps'
9:2: expected one request such as 'GET /path'
10:3: two tests are called 'GET /b'
11:22: until lacks 'within'
12:11: a request has one body: json, form, multipart or body
13:3: 'GET' has no path
14:9: undefined reference '${x}' in the name of a test
14:10: undefined variable 'x'
15:23: 'a.b' cannot name a variable: expected letters, digits, '_' and '-'
15:36: save needs one of bytes, cookie, header, json, regex, status, xpath
15:64: '$.' is no JSONPath: expected a name, '*' or '['
16:7: 'n' is no path: it must begin with '/' or be a URL
17:9: two tests are called 'setup'
18:12: secret 'pasword' is no variable of this suite
)");
}

TEST(HttpTester, WantsABaseForPaths) {
  EXPECT_EQ(ProblemsOf("{tests: [{GET /a: 200}]}"),
            "1:15: '/a' is a path, but the suite has no 'base'\n");
  EXPECT_EQ(ProblemsOf("{tests: [{'GET http://h/a': 200}, {'GET ${services.api.url}/x': 200}]}"),
            "");
  EXPECT_EQ(ProblemsOf("{base: x}"), "1:1: suite lacks 'tests'\n");
}

TEST(HttpTester, AcceptsWhatTheEnvironmentWillGive) {
  EXPECT_EQ(
      ProblemsOf("{base: '${services.api.url}', variables: {a: '${cell.store}', b: '${preset} "
                 "${run.id} ${main.port.http}'}, tests: [{'GET /${a}${b}': 200}]}"),
      "");
}

TEST(HttpTester, RefusesToRunASuiteWithMistakes) {
  World world = Always(Answer(200));
  EXPECT_TRUE(world.Run("{base: 'http://h', tests: [{GTE /a: 200}]}").empty());
  ASSERT_FALSE(world.status.has_value());
  EXPECT_EQ(world.status.error().message, "unknown method 'GTE'");
  EXPECT_THAT(world.status.error().detail, StartsWith("suites/test.yaml:1:29: error: "));
}

}  // namespace
}  // namespace ctestbed
