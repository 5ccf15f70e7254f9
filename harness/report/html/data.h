// The results as JSON for the page's script, and for whoever wants to read a report by program.
#pragma once

#include <map>
#include <string>

#include "report/results.h"

namespace ctestbed {

// {"schema": 1, session, outcome, counts: {runs, cases}, verdicts, runs, cases}; a case is a list
// [index of run, name, index of verdict, seconds, "file:line", first line of the message, element
// id of its failure or ""]. `failure_ids` are by index of case. At most `most` cases; the counts
// are of all. Safe inside <script>: it has no '<', '>' and '&' and no line separators of Unicode.
std::string EmbeddedData(const Results& results, const std::map<size_t, std::string>& failure_ids,
                         size_t most);

}  // namespace ctestbed
