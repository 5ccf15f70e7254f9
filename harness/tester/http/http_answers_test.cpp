// How answers come, and what is in them: cookies, redirects, TLS, bodies, files, parallel requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "tester/http/http_world_test.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

TEST(HttpCookies, AreKeptForTheCaseAndAsserted) {
  World world([](const HttpRequest& request) {
    const bool is_login = request.url.ends_with("/login");
    return is_login ? Answer(200, "",
                             {{"Set-Cookie", "sid=s1; Path=/; HttpOnly; SameSite=Lax"},
                              {"Set-Cookie", "theme=dark"}})
                    : Answer(200);
  });
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{name: in, steps: [{POST /login: 200, expect: "
                "{cookies: {theme: dark, sid: {value: {starts: s}, http_only: true, secure: "
                "false, same_site: Lax}}}, save: {sid: {cookie: sid}}}, {GET /me: 200, "
                "expect: {cookies: {sid: <absent>}}}]}, {GET /other: 200}]}"),
      ElementsAre("passed in", "passed GET /other"));
  EXPECT_THAT(world.http.requests[1].headers,
              ElementsAre(std::pair("Cookie", "sid=s1; theme=dark")));
  EXPECT_TRUE(world.http.requests[2].headers.empty());
}

TEST(HttpCookies, OfSetupGoWithEveryCase) {
  World world = Always(Answer(200, "", {{"Set-Cookie", "sid=s1"}}));
  world.Run("{base: 'http://h', setup: [{POST /login: 200}], tests: [{GET /a: 200}]}");
  EXPECT_THAT(world.http.requests[1].headers, ElementsAre(std::pair("Cookie", "sid=s1")));
}

TEST(HttpCookies, SayWhatIsWrong) {
  World world = Always(Answer(200, "", {{"Set-Cookie", "sid=s1; Secure"}}));
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{GET /: 200, expect: {cookies: {tok: x}}}, "
                "{GET /2: 200, expect: {cookies: {sid: {secure: false}}}}, "
                "{GET /3: 200, expect: {cookies: {sid: {path: /}}}}]}"),
      ElementsAre("failed GET /: GET /: cookie tok: no cookie 'tok' is set; cookies are sid",
                  "failed GET /2: GET /2: cookie sid: secure is true, wanted false",
                  "failed GET /3: GET /3: cookie sid: path is not there"));
}

World Redirecting() {
  return World([](const HttpRequest& request) {
    if (request.url.ends_with("/old")) return Answer(301, "", {{"Location", "/mid"}});
    if (request.url.ends_with("/mid")) return Answer(302, "", {{"location", "http://h/new?a=1"}});
    if (request.url.ends_with("/away")) return Answer(307, "", {{"Location", "http://other/x"}});
    if (request.url.ends_with("/loop")) return Answer(303, "", {{"Location", "/loop"}});
    return Answer(200);
  });
}

TEST(HttpRedirects, AreAnswersUnlessFollowed) {
  World world = Redirecting();
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{GET /old: 301}, {GET /old: {redirects: follow}, "
                "name: followed, expect: {status: 200, hops: [{status: 301, to: /mid}, "
                "{status: 3xx, to: '/new?a=1'}]}}]}"),
      ElementsAre("passed GET /old", "passed followed"));
  EXPECT_THAT(world.Sent(), ElementsAre("GET http://h/old", "GET http://h/old", "GET http://h/mid",
                                        "GET http://h/new?a=1"));
}

TEST(HttpRedirects, AreLimited) {
  World world = Redirecting();
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{POST /loop: {redirects: 2, body: x}}]}"),
              ElementsAre("failed POST /loop: POST /loop: more than 2 redirects, the next one to "
                          "'/loop'"));
  EXPECT_THAT(world.Sent(),
              ElementsAre("POST http://h/loop", "GET http://h/loop", "GET http://h/loop"));
  EXPECT_EQ(world.http.requests[1].body, "");
}

TEST(HttpRedirects, SayWhichHopIsWrong) {
  World world = Redirecting();
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{GET /old: {redirects: follow}, expect: {hops: "
                "[{to: /mid}, {status: 301, to: /n}]}}, {GET /mid: {redirects: follow}, expect: "
                "{hops: []}}]}"),
      ElementsAre("failed GET /old: GET /old: hop 2 status is 302, wanted 301 (+1 more)",
                  "failed GET /mid: GET /mid: hops: are 1, wanted 0; hops were 302 to /new?a=1"));
  EXPECT_THAT(world.results[0].detail, HasSubstr("  301 to http://h/mid\n"));
  EXPECT_THAT(world.results[0].detail, HasSubstr("again: curl -L --max-redirs 20 http://h/old"));
}

TEST(HttpRedirects, KeepCredentialsFromOtherHosts) {
  World world = Redirecting();
  world.Run(
      "{base: 'http://h', headers: {Authorization: t, X-A: b}, tests: [{POST /away: "
      "{redirects: follow, body: x}}]}");
  EXPECT_THAT(world.http.requests[1].headers, ElementsAre(std::pair("X-A", "b")));
  EXPECT_EQ(world.http.requests[1].method + world.http.requests[1].body, "POSTx");
}

TEST(HttpTls, IsAssertedAndItsFilesLieBesideTheSuite) {
  HttpResponse secured = Answer(200);
  secured.version = "2";
  secured.peer = TlsPeer{"TLSv1.3", "CN=localhost", "CN=ca", {"localhost", "127.0.0.1"}, 9};
  World world = Always(secured);
  EXPECT_THAT(
      world.Run("{base: 'https://h', http: 2, tls: {ca: ../c/ca.pem, cert: me.pem, key: /k}, "
                "tests: [{GET /: 200, expect: {tls: {version: TLSv1.3, subject: CN=localhost, "
                "issuer: {contains: ca}, names: {contains: localhost}, days_left: {ge: 9}}}}, "
                "{GET /2: 200, expect: {tls: {days_left: {ge: 14}}}}]}"),
      ElementsAre("passed GET /", "failed GET /2: GET /2: tls days_left is 9, wanted at least 14"));
  const HttpRequest& request = world.http.requests[0];
  EXPECT_EQ(request.tls, (TlsFiles{"suites/../c/ca.pem", "suites/me.pem", "/k"}));
  EXPECT_EQ(request.version, "2");
  EXPECT_TRUE(request.reuse);
  EXPECT_THAT(world.results[1].detail,
              HasSubstr("curl --http2 --cacert suites/../c/ca.pem --cert suites/me.pem --key /k"));
}

TEST(HttpTls, FailsWhereItOrTheVersionIsMissing) {
  World world = Always(Answer(200));
  EXPECT_THAT(world.Run("{base: 'http://h', http: 2, tests: [{GET /: 200, expect: {tls: {version: "
                        "TLSv1.3}}}]}"),
              ElementsAre("failed GET /: GET /: HTTP version is 1.1, wanted 2 (+1 more)"));
  EXPECT_THAT(world.results[0].detail, HasSubstr("the connection is not secured"));
}

TEST(HttpBodies, AreSentInParts) {
  World world = Always(Answer(201));
  world.files.files["suites/data/logo.png"] = "\x89PNG";
  world.Run(
      "{base: 'http://h', variables: {k: logo}, tests: [{POST /files: {multipart: {meta: "
      "{json: {kind: '${k}'}}, 'a\"b': text, file: {path: data/logo.png, type: image/png}}}, "
      "expect: {status: 200}}]}");
  const HttpRequest& request = world.http.requests[0];
  const std::string& type = request.headers[0].second;
  const std::string border = "--" + type.substr(type.find('=') + 1);
  EXPECT_EQ(request.body,
            border +
                "\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: "
                "application/json\r\n\r\n{\"kind\":\"logo\"}\r\n" +
                border + "\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\ntext\r\n" +
                border +
                "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"logo.png\"\r\n"
                "Content-Type: image/png\r\n\r\n\x89PNG\r\n" +
                border + "--\r\n");
  EXPECT_THAT(world.results[0].detail,
              HasSubstr("-F 'meta={\"kind\":\"logo\"};type=application/json' -F 'a\"b=text' -F "
                        "'file=@suites/data/logo.png;type=image/png'"));
}

TEST(HttpBodies, AreSentFromFilesAndHex) {
  World world = Always(Answer(200));
  world.files.files["suites/body.bin"] = "from a file";
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{POST /1: {body: {file: body.bin}}}, {POST /2: "
                "{body: {hex: 00 fF}}}, {POST /3: {body: {file: gone}}}]}"),
      ElementsAre("passed POST /1", "passed POST /2",
                  "failed POST /3: POST /3: cannot read 'suites/gone': no such file or directory"));
  EXPECT_EQ(world.http.requests[0].body, "from a file");
  EXPECT_EQ(world.http.requests[1].body, std::string("\0\xff", 2));
}

TEST(HttpBodies, AreComparedByteForByte) {
  World world = Always(Answer(200, "\x89PNG\r\n"));
  world.files.files["suites/same"] = "\x89PNG\r\n";
  world.files.files["suites/other"] = "\x89PNX";
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{GET /1: 200, expect: {body: {same_as: same, starts: "
                "{hex: 89 50}, ends: {hex: 0d0a}, contains: PNG, size: 6, sha256: "
                "'0b6ca7ce8ea10ee6b3b2e1e5a6a2fe0b4a5e1a1f1e6c4e0a9e0c5d7d6b1f3a22'}}}, "
                "{GET /2: 200, expect: {body: {same_as: other}}}, {GET /3: 200, expect: {body: "
                "{starts: {hex: 00 50}}}}, {GET /4: 200, expect: {body: {contains: {hex: 51}}}}, "
                "{GET /5: 200, expect: {body: {hex: 89 50 4e 47 0d 0a}}}], "
                "finally: [{GET /6: 200, save: {b: {bytes: 1..3}}}]}")[0],
      EndsWith("wanted another"));
  EXPECT_THAT(world.results[0].detail, HasSubstr("(1 of 7 asserts failed)"));
  EXPECT_EQ(world.results[1].message,
            "GET /2: body: differs from byte 3 on: from 0 89 50 4e 47 0d 0a, wanted 89 50 4e 58 (6 "
            "B, wanted 4 B)");
  EXPECT_EQ(world.results[2].message, "GET /3: body: starts with 89 50, wanted 00 50");
  EXPECT_EQ(world.results[3].message, "GET /4: body: does not contain 51");
  EXPECT_EQ(world.results[4].message, "");
}

TEST(HttpBodies, AreReadByXPathAndSchema) {
  World world([](const HttpRequest& request) {
    if (request.url.ends_with("/page")) {
      return Answer(200, "<title>Welcome</title><h1>a</h1><h1>b</h1>",
                    {{"Content-Type", "text/html"}});
    }
    return Answer(200, R"({"id": 1})");
  });
  world.files.files["suites/s.json"] = R"({"properties": {"id": {"type": "string"}}})";
  EXPECT_THAT(
      world.Run("{base: 'http://h', tests: [{name: page, steps: [{GET /page: 200, expect: {xpath: "
                "{string(//title): Welcome, //h1: {count: 2}}}, save: {h: {xpath: //h1}}}, {'GET "
                "/${h}': 200}]}, {GET /page: 200, expect: {xpath: {//h2: {count: 1}}}}, {GET /j: "
                "200, expect: {schema: s.json}}]}"),
      ElementsAre("passed page",
                  "failed GET /page: GET /page: //h2: count is 0, wanted 1: []; no node is found",
                  "failed GET /j: GET /j: schema: $.id is 1, wanted a value of type string"));
  EXPECT_EQ(world.Sent()[1], "GET http://h/a");
}

constexpr std::string_view kSnapshot =
    "{base: 'http://h', variables: {token: t0ken}, secrets: [token], tests: [{GET /: 200, expect: "
    "{headers: "
    "{snapshot: golden/h.txt, ignore: [Date]}}}]}";

TEST(HttpSnapshots, AreComparedAndUpdatedWhenAsked) {
  World world = Always(Answer(200, "", {{"Date", "now"}, {"X-T", "t0ken"}, {"a", "1"}}));
  EXPECT_THAT(
      world.Run(kSnapshot)[0],
      HasSubstr("h.txt': no such file or directory; CTESTBED_UPDATE_SNAPSHOTS=1 writes it"));
  world.environment["CTESTBED_UPDATE_SNAPSHOTS"] = "1";
  world.results.clear();
  EXPECT_THAT(world.Run(kSnapshot), ElementsAre("passed GET /"));
  EXPECT_EQ(world.files.files["suites/golden/h.txt"], "a: 1\nx-t: ***\n");
  world.environment.clear();
  world.results.clear();
  EXPECT_THAT(world.Run(kSnapshot), ElementsAre("passed GET /"));
  world.files.files["suites/golden/h.txt"] = "a: 2\nx-t: ***\n";
  world.results.clear();
  EXPECT_THAT(world.Run(kSnapshot),
              ElementsAre("failed GET /: GET /: headers: differs from the snapshot in line 1: is "
                          "'a: 1', was 'a: 2'"));
}

TEST(HttpTimes, AreAssertedByPhase) {
  World world = Always(Answer(200));
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /: 200, expect: {time: {lt: 1s, "
                        "first_byte: {lt: 300ms}, connect: {le: 1ms}}}}]}"),
              ElementsAre("failed GET /: GET /: time of first_byte is 397 ms, wanted less than "
                          "300ms: dns 0, connect 1, tls 0, first byte 397, body 14 ms"));
}

TEST(HttpParallel, ComparesAnswers) {
  std::atomic<int> count = 0;
  World world([&](const HttpRequest& request) {
    const int version = request.url.ends_with("/flaky") && ++count == 3 ? 2 : 1;
    return Answer(200, "{\"version\": " + std::to_string(version) + "}");
  });
  EXPECT_THAT(
      world.Run(
          "{base: 'http://h', tests: [{GET /: 200, parallel: 20, expect: {across: {$.version: "
          "same, status: same, time: {p95: {lt: 500ms}}}}}, {GET /flaky: 200, parallel: 20, "
          "expect: {across: {$.version: same, time: {max: {lt: 100ms}}}}}]}"),
      ElementsAre(
          "passed GET /",
          testing::StartsWith("failed GET /flaky: GET /flaky: $.version is not the same in 20 "
                              "answers:")));
  EXPECT_EQ(world.http.requests.size(), 40U);
}

TEST(HttpParallel, FailsWhereOneFails) {
  std::atomic<int> count = 0;
  World world([&](const HttpRequest&) { return Answer(++count == 3 ? 503 : 200); });
  EXPECT_THAT(world.Run("{base: 'http://h', tests: [{GET /: 200, parallel: 8}]}"),
              ElementsAre("failed GET /: GET /: status is 503, wanted 200"));
  EXPECT_THAT(world.results[0].detail, HasSubstr("so in 1 of 8 requests at the same time\n"));
}

TEST(HttpParallel, RunsCasesOfASuiteSideBySideAndReportsThemInOrder) {
  std::latch all(3);
  World world([&](const HttpRequest& request) {
    const bool is_last = request.url.ends_with("/4");
    if (!is_last) all.arrive_and_wait();  // never ends unless three run at the same time
    return Answer(request.url.ends_with("/2") ? 500 : 200);
  });
  EXPECT_THAT(
      world.Run("{base: 'http://h', parallel: 3, tests: [{GET /1: 200}, {GET /2: 200}, {GET "
                "/3: 200}, {name: s, GET /s: 200, skip: why}, {GET /4: 200}]}"),
      ElementsAre("passed GET /1", "failed GET /2: GET /2: status is 500, wanted 200",
                  "passed GET /3", "skipped s: why", "passed GET /4"));
  EXPECT_EQ(ProblemsOf("{parallel: 0, tests: [{GET http://h/: 200}]}"),
            "1:12: 'parallel' must be a number from 1 to 64, not '0'\n");
}

TEST(HttpMistakes, OfNewKeysAreLocated) {
  EXPECT_EQ(ProblemsOf(R"({base: 'http://h', http: 3, tls: {cert: a}, tests: [
 {GET /a: {redirects: 21}},
 {GET /b: {body: {hex: 0}}},
 {GET /c: {multipart: {x: {text: a, path: b}}}},
 {GET /d: 200, parallel: 0},
 {GET /e: 200, expect: {across: {$.x: same}}},
 {GET /f: 200, parallel: 2, save: {x: $.y}, expect: {across: {$.x: equal, time: {p96: {lt: 1s}}}}},
 {GET /g: 200, expect: {hops: [{state: 301}]}},
 {GET /h: 200, expect: {xpath: {'//[': x}, body: {starts: {hex: xy}}, time: {dsn: {lt: 1s}}}},
 {GET /i: 200, expect: {cookies: {s: {htp_only: true}}, tls: {verson: 1}, headers: {ignore: [a]}}},
 {GET /j: 200, save: {a: {bytes: 4}}}]})"),
            R"(1:26: 'http' must be 1.1 or 2, not '3'
1:34: 'cert' and 'key' of 'tls' need each other
2:23: '21' redirects: expected none, follow or 0 to 20
3:24: '0' are no hex digits
4:27: a part is one of text, json and path
5:26: 'parallel' must be a number from 1 to 256, not '0'
6:33: 'across' compares parallel requests, but there is one
7:35: 'save' cannot stand beside 'parallel'
7:68: expected 'same', not 'equal'
7:82: unknown time 'p96'
8:31: 'hops' are of redirects, but none is followed
8:33: unknown key 'state' in hop
9:33: '//[' is no XPath: invalid expression
9:65: 'xy' are no hex digits
9:78: unknown operator 'dsn'
10:39: unknown key 'htp_only' in cookie
10:63: unknown key 'verson' in tls
10:93: 'ignore' needs a 'snapshot'
11:34: '4' is no range, expected FROM..TO
)");
}

}  // namespace
}  // namespace ctestbed
