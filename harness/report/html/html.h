// One self-contained page for people: verdict and first cause, failures with the logs of each node,
// suites against cells, lanes over time, every case, the environments drawn. It asks for nothing
// from the network, can be read without JavaScript, and stays bounded: long texts lose their
// middle, long lists their end, and each says so. Whatever bytes come in are shown, never obeyed.
#pragma once

#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

std::string RenderHtml(const std::vector<Event>& events);

}  // namespace ctestbed
