#include "report/html/html.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "report/html/assets.h"
#include "report/html/values.h"
#include "report/test_stream.h"

namespace ctestbed {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Between(std::string_view text, std::string_view begin, std::string_view end) {
  const size_t from = text.find(begin);
  if (from == std::string_view::npos) return "";
  const size_t start = from + begin.size();
  return std::string(text.substr(start, text.find(end, start) - start));
}

Json DataOf(const std::string& page) {
  const auto data =
      ParseJson(Between(page, "<script type=\"application/json\" id=\"data\">", "</script>"));
  EXPECT_TRUE(data.has_value()) << data.error().message;
  return data.value_or(Json());
}

// A run of `count` cases, `bad` of which fail.
void AddCases(Stream& stream, const Run& run, int count, int bad, const std::string& detail = "") {
  stream.Started(run);
  for (int i = 0; i < count; ++i) {
    const bool fails = i < bad;
    stream.Case(run, fmt::format("case {}", i), fails ? Verdict::kFailed : Verdict::kPassed,
                fails ? fmt::format("{} is wrong", static_cast<char>('A' + i % 26)) : "",
                fails ? detail : "");
    if (fails) stream.Logged("main", detail);
  }
  stream.Finished(run, bad > 0 ? Verdict::kFailed : Verdict::kPassed);
}

TEST(Html, IsWholeForEveryStreamThatIsCutOff) {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts).NodeReady("main", "http", "127.0.0.1:1");
  stream.Ready(kAccounts);
  AddCases(stream, kAccounts, 3, 1, "why");
  stream.Removed().End();
  for (size_t count = 0; count <= stream.events.size(); ++count) {
    const std::string page = RenderHtml(
        {stream.events.begin(), stream.events.begin() + static_cast<std::ptrdiff_t>(count)});
    EXPECT_TRUE(page.ends_with("</html>\n"));
    EXPECT_EQ(DataOf(page)["outcome"], count == stream.events.size() ? "failed" : "aborted");
  }
}

TEST(Html, ShowsTheImageOfANodeAndWhatItOptsOutOf) {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts);
  stream.last().nodes.at(1).opt_outs = {"privileged", "writable root"};
  stream.NodeReady("redis", "redis", "127.0.0.1:1");
  stream.events.at(stream.events.size() - 2).image = "sha256:0123456789abcdef0123";
  stream.Ready(kAccounts).Removed().End();
  const std::string page = RenderHtml(stream.events);
  EXPECT_THAT(page, HasSubstr("<code>redis:7 (sha256:0123456789ab)</code><br>"
                              "<small>less hardened: privileged, writable root</small>"));
}

TEST(Html, ShowsHostileTextAndObeysNone) {
  const std::string hostile =
      "</script><script>alert(1)</script>\" onmouseover='x' {{style}} \u2028 \x1b[31mred\x1b[0m "
      "\x1b[2J \xff <!-- &amp;";
  const ctestbed::Run run{hostile, hostile, {{hostile, hostile}}};
  Stream stream;
  stream.Begin({run}).Deploying(run);
  stream.last().nodes = {
      {hostile, hostile, {hostile}, 2, hostile, {hostile}, {hostile}, {hostile}}};
  stream.last().changes = {{hostile, ChangeAction::kStart, hostile}};
  stream.NodeReady(hostile, hostile, hostile).Ready(run).Started(run);
  stream.Case(run, hostile, Verdict::kFailed, hostile, hostile).Logged(hostile, hostile);
  stream.last().logs[0].file = "../../etc/passwd?" + hostile;
  stream.Case(run, hostile, Verdict::kSkipped, hostile).Finished(run, Verdict::kFailed, hostile);
  stream.NodeFailed(hostile, hostile).Removed(hostile).End(hostile);
  std::string page = RenderHtml(stream.events);
  page.erase(page.find(kPageScript), kPageScript.size());
  page.erase(page.find(kPageStyle), kPageStyle.size());

  const std::string data = Between(page, "id=\"data\">", "</script>");
  EXPECT_THAT(data, Not(HasSubstr("<")));
  EXPECT_THAT(data, Not(HasSubstr("\u2028")));
  EXPECT_THAT(std::string(DataOf(page)["cases"][0][1]), HasSubstr("</script><script>alert(1)"));
  page.erase(page.find(data), data.size());

  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("\" onmouseover")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  EXPECT_THAT(page, HasSubstr("{{style}}"));
  EXPECT_THAT(page, HasSubstr("red \\x1b[2J"));
  EXPECT_THAT(page, HasSubstr("href=\"./etc/passwd%3F%3C/script%3E"));
}

TEST(Html, AsksForNothingFromElsewhere) {
  const std::string page = RenderHtml(Stream().Begin({kAccounts}).End().events);
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* reference :
       {"src=\"http", "href=\"http", "url(", "@import", "fetch(", "import("}) {
    const std::string markers = Between(page, "<html", "</html>");
    size_t at = 0;
    while ((at = markers.find(reference, at)) != std::string::npos) {
      EXPECT_EQ(markers.substr(at, 11), "url(#arrow)");
      ++at;
    }
  }
}

TEST(Html, CountsAllCasesWhereItShowsSome) {
  Stream stream;
  stream.Begin({kAccounts});
  AddCases(stream, kAccounts, 3000, 500, std::string(50'000, 'x') + "\n");
  stream.End();
  const std::string page = RenderHtml(stream.events);
  EXPECT_EQ(DataOf(page)["counts"]["cases"]["failed"], 500);
  EXPECT_EQ(DataOf(page)["cases"].size(), 3000U);
  EXPECT_THAT(page, HasSubstr("bytes cut"));
  EXPECT_THAT(page, HasSubstr("2800 more are in junit.xml."));
  EXPECT_LT(page.size(), 8U << 20U);
}

TEST(Html, StaysSmallForAHugeSession) {
  std::vector<ctestbed::Run> runs;
  for (int suite = 0; suite < 40; ++suite) {
    for (int cell = 0; cell < 50; ++cell) {
      runs.push_back({fmt::format("suite{}", suite),
                      fmt::format("preset{}", cell % 5),
                      {{"store", fmt::format("kind{}", cell)}}});
    }
  }
  Stream stream;
  stream.Begin(runs);
  for (const auto& run : runs) {
    stream.Deploying(run).NodeReady("main", "http", "127.0.0.1:1").Ready(run);
    AddCases(stream, run, 25, 1, std::string(2000, 'y'));
  }
  stream.End();
  const std::string page = RenderHtml(stream.events);
  EXPECT_EQ(DataOf(page)["counts"]["cases"]["all"], 50'000);
  EXPECT_LT(page.size(), 16U << 20U);
}

TEST(LinkTo, NeverLeavesTheDirectory) {
  EXPECT_EQ(LinkTo("logs/main.1/stderr.log"), "./logs/main.1/stderr.log");
  EXPECT_EQ(LinkTo("/etc/../x"), "./etc/x");
  EXPECT_EQ(LinkTo("javascript:alert(1)"), "./javascript%3Aalert%281%29");
  EXPECT_EQ(LinkTo("a b/\"'<>&#?"), "./a%20b/%22%27%3C%3E%26%23%3F");
}

}  // namespace
}  // namespace ctestbed
