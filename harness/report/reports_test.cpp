// Every report of every story below, held against testdata/STORY.*; of its page one story shows the
// whole, the others the sections that they change.
#include <gtest/gtest.h>

#include <filesystem>

#include "report/console.h"
#include "report/html/assets.h"
#include "report/reporter.h"
#include "report/test_stream.h"
#include "testing/golden.h"

namespace ctestbed {
namespace {

struct Story {
  std::string name;
  Stream stream;
  std::vector<std::string> sections;  // of the page; none: all of it
};

Stream Deployed(std::vector<Run> runs = {kAccounts}) {
  Stream stream;
  stream.Begin(std::move(runs)).Deploying(kAccounts);
  stream.NodeReady("redis", "redis", "127.0.0.1:6379").NodeReady("main", "http", "127.0.0.1:8080");
  stream.Ready(kAccounts);
  return stream;
}

Stream Passed() {
  return Deployed({kAccounts, kOrders})
      .Started(kAccounts)
      .Case(kAccounts, "create")
      .Case(kAccounts, "delete")
      .Finished(kAccounts)
      .Started(kOrders)
      .Case(kOrders, "create")
      .Finished(kOrders)
      .Removed()
      .End();
}

Stream Failed() {
  return Deployed()
      .Started(kAccounts)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500, expected 201",
            "  12 |     status: 201\n     |             ^^^\nbody: {\"error\": \"no store\"}\n")
      .Logged("redis", "disk full\n")
      .Case(kAccounts, "delete", Verdict::kSkipped, "needs create")
      .Finished(kAccounts, Verdict::kFailed)
      .Removed()
      .End();
}

Stream Crashed() {
  return Deployed()
      .Started(kAccounts)
      .Case(kAccounts, "create")
      .Finished(kAccounts, Verdict::kError, "'accounts_test' was killed by SIGSEGV")
      .Removed()
      .End();
}

Stream Blocked() {
  return Stream()
      .Begin({kAccounts, kOrders})
      .Deploying(kAccounts)
      .DeployFailed(kAccounts, "redis", "exited with code 3 before it was ready",
                    "stderr.log: cannot bind 127.0.0.1:6379")
      .Removed()
      .Finished(kAccounts, Verdict::kBlocked)
      .End();
}

Stream Broken() {
  return Deployed()
      .Started(kAccounts)
      .NodeFailed("redis", "was killed by SIGKILL")
      .Case(kAccounts, "create", Verdict::kError, "connection refused")
      .Finished(kAccounts, Verdict::kError, "environment broke: redis was killed by SIGKILL")
      .Removed()
      .End();
}

Stream Flaky() {
  return Deployed()
      .Started(kAccounts, 1)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500", "body: oops", 1)
      .Finished(kAccounts, Verdict::kFailed, {}, 1)
      .Started(kAccounts, 2)
      .Case(kAccounts, "create", Verdict::kPassed, {}, {}, 2)
      .Finished(kAccounts, Verdict::kPassed, {}, 2)
      .Removed()
      .End();
}

Stream Aborted() {
  return Deployed({kAccounts, kOrders})
      .Started(kAccounts)
      .Case(kAccounts, "create")
      .Removed()
      .End("ctest was killed");
}

Stream Leftovers() {
  return Deployed()
      .Started(kAccounts)
      .Case(kAccounts, "create")
      .Finished(kAccounts)
      .Removed("left behind: process 4711")
      .End();
}

Stream Hostile() {
  const std::string escape = "\x1b[2J<b>&\"]]>` \xff``` | *x* \x07";
  return Deployed()
      .Started(kAccounts)
      .Case(kAccounts, escape, Verdict::kFailed, escape, escape + "\n````\n" + escape)
      .Case(kAccounts, "twice")
      .Case(kAccounts, "twice")
      .Finished(kAccounts, Verdict::kFailed)
      .Removed()
      .End();
}

std::vector<Story> Stories() {
  return {{"passed", Passed(), {"verdict", "matrix", "timeline"}},
          {"failed", Failed(), {}},
          {"crashed", Crashed(), {"verdict", "failures"}},
          {"blocked", Blocked(), {"verdict", "failures", "timeline", "environments"}},
          {"broken", Broken(), {"verdict", "failures", "environments"}},
          {"flaky", Flaky(), {"verdict", "flaky", "matrix", "cases"}},
          {"aborted", Aborted(), {"verdict", "failures", "matrix", "timeline"}},
          {"leftovers", Leftovers(), {"verdict", "failures", "matrix"}},
          {"hostile", Hostile(), {"verdict", "failures", "timeline", "cases"}},
          {"nothing_ran",
           Stream().Begin({}).End(),
           {"verdict", "matrix", "timeline", "cases", "environments"}}};
}

std::string Golden(const std::string& story, std::string_view file_name) {
  const auto directory = std::filesystem::path(CTESTBED_SOURCE_DIR) / "harness/report/testdata";
  return (directory / (story + "." + std::string(file_name))).string();
}

// The page's own style and script are not what a story changes.
std::string WithoutAssets(std::string text) {
  for (const std::string_view asset : {kPageStyle, kPageScript}) {
    if (const size_t at = text.find(asset); at != std::string::npos) text.erase(at, asset.size());
  }
  return text;
}

std::string SectionOf(const std::string& page, const std::string& name) {
  const bool is_verdict = name == "verdict";
  const std::string begin =
      is_verdict ? "<header class=\"verdict " : "<section id=\"" + name + "\"";
  const std::string end = is_verdict ? "</header>\n" : "</section>\n";
  const size_t from = page.find(begin);
  const size_t to = page.find(end, from);
  if (to == std::string::npos) {
    ADD_FAILURE() << "the page has no section " << name;
    return "";
  }
  return page.substr(from, to + end.size() - from);
}

std::string Shown(const Story& story, const ReportEntry& report) {
  const std::string text = report.render(story.stream.events);
  if (report.file_name != "report.html") return text;
  if (story.sections.empty()) return WithoutAssets(text);
  std::string shown;
  for (const std::string& section : story.sections) shown += SectionOf(text, section);
  return shown;
}

std::string OnConsole(const Stream& stream) {
  std::string written;
  Console console([&](std::string_view bytes) { written += bytes; }, false, 0);
  for (const Event& event : stream.events) console.OnEvent(event);
  console.Finish();
  return written;
}

TEST(Reports, TellEveryStory) {
  for (const Story& story : Stories()) {
    for (const ReportEntry& report : Reports()) {
      ExpectGolden(Shown(story, report), Golden(story.name, report.file_name));
    }
    ExpectGolden(OnConsole(story.stream), Golden(story.name, "console.txt"));
  }
}

}  // namespace
}  // namespace ctestbed
