// A summary for people, as GitHub-flavoured Markdown: the verdict in the first line, what went
// wrong next, tables last; at most 60 KiB, so that a CI step summary takes it whole.
#pragma once

#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

std::string RenderMarkdown(const std::vector<Event>& events);

}  // namespace ctestbed
