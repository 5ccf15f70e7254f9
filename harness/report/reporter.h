// Reports are functions of the event stream. One file and one line of the table in registry.cpp
// make a new one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"

namespace ctestbed {

// A report that is written when all is over, as one file of the results directory.
struct ReportEntry {
  std::string_view name;       // "junit"
  std::string_view file_name;  // "junit.xml"
  std::string_view help;
  std::string (*render)(const std::vector<Event>& events);
};

// Every report there is, sorted by name.
std::span<const ReportEntry> Reports();

}  // namespace ctestbed
