#include "report/annotations.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "report/test_stream.h"

namespace ctestbed {
namespace {

TEST(Annotations, TellWhereAndWhatFailed) {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts).DeployFailed(kAccounts, "redis", "exited");
  stream.Started(kAccounts).Case(kAccounts, "fine");
  stream.Case(kAccounts, "100%: a, b", Verdict::kFailed, "status is 500,\n::set-env x::\x1b[2J");
  EXPECT_EQ(RenderAnnotations(stream.Finished(kAccounts, Verdict::kFailed).End().events),
            "::error title=deploy monolith%2Cstore=redis::redis: exited\n"
            "::error file=suites/accounts.yaml,line=12,title=accounts@monolith%2Cstore=redis%3A "
            "100%25%3A a%2C b::status is 500,%0A::set-env x::\\x1b[2J\n");
}

TEST(Annotations, AreAtMostTenAndNoneForASuccess) {
  Stream stream;
  stream.Begin({kAccounts}).Started(kAccounts).Case(kAccounts, "a").Finished(kAccounts);
  EXPECT_EQ(RenderAnnotations(stream.events), "");
  stream.Started(kAccounts, 2);
  for (int i = 0; i < 20; ++i) stream.Case(kAccounts, "b", Verdict::kError, "c", {}, 2);
  const std::string text =
      RenderAnnotations(stream.Finished(kAccounts, Verdict::kError, {}, 2).End().events);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
}

}  // namespace
}  // namespace ctestbed
