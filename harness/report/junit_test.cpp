#include "report/junit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "base/text.h"
#include "report/test_stream.h"

namespace ctestbed {
namespace {

using Attributes = std::map<std::string, std::string>;

// Walks what the writer writes: elements, double-quoted attributes, text. Anything that is not well
// formed is a test failure.
class XmlWalk {
 public:
  struct Element {
    std::string name;
    Attributes attributes;
    std::string parent;
  };

  explicit XmlWalk(std::string_view xml) : rest_(xml) {
    EXPECT_EQ(FindInvalidUtf8(xml), std::string_view::npos);
    EXPECT_TRUE(std::none_of(xml.begin(), xml.end(),
                             [](unsigned char c) { return c < 0x20 && c != '\n' && c != '\t'; }));
    Skip("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    while (!rest_.empty() && !testing::Test::HasFailure()) Step();
    EXPECT_TRUE(open_.empty());
  }

  std::vector<Element> elements;

 private:
  void Step() {
    if (!rest_.starts_with('<')) {
      ExpectPlain(rest_.substr(0, rest_.find('<')));
      rest_.remove_prefix(std::min(rest_.find('<'), rest_.size()));
    } else if (rest_.starts_with("</")) {
      ASSERT_FALSE(open_.empty());
      Skip("</" + open_.back() + ">");
      open_.pop_back();
    } else {
      Open();
    }
  }

  void Open() {
    rest_.remove_prefix(1);
    Element element{Take(" />"), {}, open_.empty() ? "" : open_.back()};
    while (rest_.starts_with(' ')) {
      rest_.remove_prefix(1);
      const std::string name = Take("=");
      Skip("=\"");
      const std::string value = Take("\"");
      ExpectPlain(value);
      EXPECT_TRUE(element.attributes.emplace(name, value).second) << name;
      Skip("\"");
    }
    if (rest_.starts_with('/')) {
      rest_.remove_prefix(1);
    } else {
      open_.push_back(element.name);
    }
    Skip(">");
    elements.push_back(std::move(element));
  }

  std::string Take(std::string_view until) {
    const std::string taken(rest_.substr(0, rest_.find_first_of(until)));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  void Skip(std::string_view expected) {
    ASSERT_TRUE(rest_.starts_with(expected)) << rest_.substr(0, 80);
    rest_.remove_prefix(expected.size());
  }
  static void ExpectPlain(std::string_view text) {
    EXPECT_EQ(text.find_first_of("<>\""), std::string_view::npos) << text;
    for (size_t i = text.find('&'); i != std::string_view::npos; i = text.find('&', i + 1)) {
      const std::string_view entity = text.substr(i, text.find(';', i) - i);
      EXPECT_TRUE(entity == "&amp" || entity == "&lt" || entity == "&gt" || entity == "&quot" ||
                  entity == "&#10" || entity == "&#9")
          << entity;
    }
  }

  std::string_view rest_;
  std::vector<std::string> open_;
};

// The four counts of every <testsuite> and of the root, as written and as counted.
void ExpectTrueCounts(const XmlWalk& walk) {
  const std::map<std::string, std::string> counts{
      {"testcase", "tests"}, {"failure", "failures"}, {"error", "errors"}, {"skipped", "skipped"}};
  std::map<std::string, int> of_suite;
  std::map<std::string, int> total;
  Attributes suite;
  const auto check = [&](const Attributes& written, std::map<std::string, int>& counted) {
    for (const auto& [element, attribute] : counts) {
      EXPECT_EQ(written.at(attribute), std::to_string(counted[element])) << attribute;
    }
    counted.clear();
  };
  for (const XmlWalk::Element& element : walk.elements) {
    if (element.name == "testsuite") {
      if (!suite.empty()) check(suite, of_suite);
      suite = element.attributes;
    }
    ++of_suite[element.name];
    ++total[element.name];
  }
  if (!suite.empty()) check(suite, of_suite);
  check(walk.elements.at(0).attributes, total);
}

void ExpectUniqueCases(const XmlWalk& walk) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const XmlWalk::Element& element : walk.elements) {
    if (element.name != "testcase") continue;
    const Attributes& attributes = element.attributes;
    EXPECT_TRUE(seen.emplace(attributes.at("classname"), attributes.at("name")).second)
        << attributes.at("name");
  }
}

Stream Started() {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts).Ready(kAccounts).Started(kAccounts);
  return stream;
}

std::string RandomBytes(std::mt19937& random) {
  // Bytes that have a meaning to XML or UTF-8 more often than others.
  constexpr std::string_view kNasty = "<>&\"']]>\xEF\xBF\xBE\xED\xA0\x80\xC2\x9B\x1b\r\n\t";
  std::string bytes;
  for (size_t length = random() % 24; length > 0; --length) {
    bytes += random() % 2 == 0 ? kNasty[random() % kNasty.size()] : static_cast<char>(random());
  }
  return bytes;
}

TEST(Junit, IsWellFormedAndCountsRightWhateverComesIn) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 200; ++round) {
    Stream stream = Started();
    for (int attempt = 1; attempt <= 2; ++attempt) {
      if (attempt == 2) stream.Started(kAccounts, 2);
      for (size_t cases = random() % 6; cases > 0; --cases) {
        stream.Case(kAccounts, RandomBytes(random), static_cast<Verdict>(random() % 5),
                    RandomBytes(random), RandomBytes(random), attempt);
      }
      stream.Finished(kAccounts, static_cast<Verdict>(random() % 5), RandomBytes(random), attempt);
    }
    stream.DeployFailed(kAccounts, "redis", RandomBytes(random), RandomBytes(random));
    stream.Removed(RandomBytes(random)).End(RandomBytes(random));
    const std::string xml = RenderJunit(stream.events);
    const XmlWalk walk(xml);
    ExpectTrueCounts(walk);
    ExpectUniqueCases(walk);
    ASSERT_FALSE(HasFailure()) << xml;
  }
}

TEST(Junit, CutsTheMiddleOfLongText) {
  Stream stream = Started();
  stream
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500",
            "head" + std::string(1U << 20U, 'x') + "tail")
      .Finished(kAccounts, Verdict::kFailed)
      .End();
  const std::string xml = RenderJunit(stream.events);
  EXPECT_LT(xml.size(), (256U << 10U) + 4096U);
  EXPECT_NE(xml.find("head"), std::string::npos);
  EXPECT_NE(xml.find("bytes cut"), std::string::npos);
  EXPECT_NE(xml.find("tail</failure>"), std::string::npos);
}

TEST(Junit, StaysReadableWhenEverythingFails) {
  Stream stream = Started();
  const std::string detail(256U << 10U, 'x');
  for (int i = 0; i < 60; ++i) {
    stream.Case(kAccounts, "case", Verdict::kFailed, "status is 500", detail);
  }
  stream.Finished(kAccounts, Verdict::kFailed).End();
  EXPECT_LT(RenderJunit(stream.events).size(), 10'000'000U);
}

TEST(Junit, HasNoDotsInClassNames) {
  const ctestbed::Run run{"api.v2", "monolith", {{"db", "pg16.1"}}};
  Stream stream;
  stream.Begin({run}).Started(run).Case(run, "v1.create").Finished(run).End();
  const std::string xml = RenderJunit(stream.events);
  EXPECT_NE(xml.find(R"(classname="api_v2@monolith,db=pg16_1" name="v1.create")"),
            std::string::npos);
  EXPECT_NE(xml.find(R"(<testsuite name="api.v2@monolith,db=pg16.1")"), std::string::npos);
}

TEST(Junit, TellsAnAttemptThatFailedForGoodFromAFlakyOne) {
  Stream stream = Started();
  stream.Case(kAccounts, "create", Verdict::kFailed, "status is 500", {}, 1)
      .Finished(kAccounts, Verdict::kFailed, {}, 1)
      .Started(kAccounts, 2)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 502", {}, 2)
      .Finished(kAccounts, Verdict::kFailed, {}, 2)
      .End();
  const std::string xml = RenderJunit(stream.events);
  EXPECT_NE(xml.find("<failure message=\"status is 502\""), std::string::npos);
  EXPECT_NE(xml.find("<rerunFailure message=\"status is 500\""), std::string::npos);
  EXPECT_EQ(xml.find("flaky"), std::string::npos);
}

TEST(Junit, ShowsADeployThatWasMadeGoodAsFlaky) {
  Stream stream;
  stream.Begin({kAccounts})
      .Deploying(kAccounts)
      .DeployFailed(kAccounts, "redis", "exited with code 3")
      .Deploying(kAccounts)
      .Ready(kAccounts)
      .End();
  const std::string xml = RenderJunit(stream.events);
  EXPECT_NE(xml.find("<flakyError message=\"redis: exited with code 3\""), std::string::npos);
  EXPECT_NE(xml.find("name=\"deploy monolith,store=redis #2\""), std::string::npos);
}

}  // namespace
}  // namespace ctestbed
