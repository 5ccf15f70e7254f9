// What a person sees while a session runs. A terminal gets one progress line, rewritten in place,
// and permanent lines for what went wrong; anything else gets one line per finished run.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "report/results.h"
#include "report/stage_fold.h"

namespace ctestbed {

// Not thread-safe. Foreign text comes out with its control characters visible.
class Console {
 public:
  using Write = std::function<void(std::string_view)>;

  // `columns` is the width of the terminal; 0 when it is not known. Not used elsewhere.
  Console(Write write, bool tty, int columns);

  // Events in the order of the stream.
  void OnEvent(const Event& event);
  // At the end: runs that did not finish, the totals, the directory of the results.
  void Finish();

 private:
  void Note(const Event& event);
  void TellStage(const EnvironmentStage& stage);
  void TellRun(const RunResult& run);
  void TellCases(const RunResult& run);
  void TellDetail(std::string_view detail);
  void Line(std::string_view text);
  void Flush();

  Write write_;
  bool tty_;
  size_t columns_;
  std::vector<Event> events_;
  StageFold stages_;
  std::set<std::string> told_;  // runs
  size_t planned_ = 0;
  std::string doing_;
  std::string progress_;  // as it stands on the terminal
  std::string lines_;     // not written yet
};

}  // namespace ctestbed
