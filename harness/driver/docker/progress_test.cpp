#include "driver/docker/progress.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

ImageProgress After(std::string_view bytes, size_t piece) {
  ImageProgress progress;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    progress.Add(bytes.substr(0, piece));
  }
  progress.End();
  return progress;
}

TEST(ImageProgress, TellsTheErrorAndTheOutputHoweverTheyCome) {
  constexpr std::string_view kText =
      R"({"stream":"Step 1/2 : FROM a"})"
      "\r\n"
      R"({"stream":"\n ---\u003e b9\nno "})"
      "\n"
      R"({"stream":"end"})"
      "\n"
      "garbage\n"
      R"({"errorDetail":{"code":1,"message":"it returned 1"},"error":"it"})";
  for (const size_t piece : {1U, 7U, 1000U}) {
    const ImageProgress progress = After(kText, piece);
    EXPECT_EQ(progress.error(), "it returned 1");
    EXPECT_EQ(progress.Tail(), "Step 1/2 : FROM a\n ---> b9\nno end\n");
  }
}

TEST(ImageProgress, KeepsTheLastLines) {
  std::string text;
  for (int i = 1; i <= 100; ++i) text += R"({"stream":"line )" + std::to_string(i) + "\\n\"}\n";
  const ImageProgress progress = After(text, 100);
  EXPECT_EQ(progress.error(), "");
  EXPECT_EQ(progress.Tail().substr(0, 8), "line 76\n");
}

TEST(ImageProgress, ForgetsLinesWithoutEnd) {
  ImageProgress progress;
  for (int i = 0; i < 40; ++i) progress.Add(std::string(100'000, 'x'));
  progress.Add("\n{\"error\":\"late\"}\n");
  EXPECT_EQ(progress.error(), "late");
}

}  // namespace
}  // namespace ctestbed
