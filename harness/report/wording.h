// Texts that several reports share.
#pragma once

#include <string>
#include <string_view>

#include "report/results.h"

namespace ctestbed {

// "passed", "failed", "environment failed", "aborted", "leftovers", "nothing ran", "skipped".
std::string_view OutcomeName(Outcome outcome);

// "2 passed, 1 failed of 3 runs; 36 of 37 cases passed; 2 deploys; 4.2 s".
std::string Counts(const Results& results);

// "monolith,store=redis": what an environment is a deployment of.
std::string EnvironmentName(const std::string& preset, const Cell& cell);
// "deploy monolith,store=redis".
std::string StageName(const EnvironmentStage& stage);
// The message, led by the node it is about: "redis: exited with code 3 before it was ready".
std::string Cause(const EnvironmentStage& stage);

// Whether the run broke or failed, rather than never having been started.
bool HasFailed(const RunResult& run);

// A command line that runs `run` again.
std::string RunAgain(const RunResult& run);

// The detail, followed by what nodes logged meanwhile, the ends of long logs only.
std::string DetailOf(const CaseRecord& record);
// `detail`, led by `message` unless it begins with that.
std::string Narrative(std::string_view message, std::string_view detail);
// "main stderr, logs/main.1/stderr.log from byte 120".
std::string LogName(const LogWindow& window);

// The first line of `text`, without its end.
std::string_view FirstLine(std::string_view text);

// `text` with its middle cut out where it is longer than about `most` bytes; cut between characters
// of UTF-8, and it says how much is gone.
std::string CutMiddle(std::string_view text, size_t most);
// The same without the line ends at the end of `detail`.
std::string CutDetail(std::string_view detail, size_t most);

}  // namespace ctestbed
