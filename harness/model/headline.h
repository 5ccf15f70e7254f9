// How a failed case is told in one line.
#pragma once

#include <string>
#include <string_view>

namespace ctestbed {

// "CASE: MESSAGE", or the message alone where it begins with the case's name already.
std::string CaseHeadline(std::string_view name, std::string_view message);

}  // namespace ctestbed
