// The sections of the page that have much to say; each adds its values to those of the page.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/html/values.h"
#include "report/results.h"
#include "report/timeline.h"

namespace ctestbed {

// Element ids of failures by index of case, as EmbeddedData wants them.
using FailureIds = std::map<size_t, std::string>;

// groups, with the texts of as many failures as the page has room for. The ids of those.
FailureIds AddFailures(const Results& results, Values& page);
// flaky: what attempts before the last said.
void AddFlaky(const Results& results, Values& page);
// columns, rows: the suites against the environments.
void AddMatrix(const Results& results, Values& page);
// lanes, ticks.
void AddTimeline(const Timeline& timeline, Values& page);
// runs: for readers without JavaScript.
void AddRuns(const Results& results, const FailureIds& ids, Values& page);
// configurations.
void AddEnvironments(const std::vector<Event>& events, Values& page);

}  // namespace ctestbed
