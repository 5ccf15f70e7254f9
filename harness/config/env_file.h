// Files of variables, one NAME=VALUE a line, as `env_files` names them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/overlay_parser.h"
#include "config/reading.h"

namespace ctestbed {

// Strict: blank lines, lines that begin with '#', and NAME=VALUE. A value in single quotes is taken
// as it is; one in double quotes knows \n, \t, \" and \\; any other ends with its line, less the
// blanks around it. There is no expansion: `${...}` stands for itself. kInvalid names the line.
Result<std::map<std::string, std::string>> ParseEnvFile(std::string_view text);

// The keys `env_files` and `environment` of `fields`; later files win over earlier ones, and
// `environment` over all of them.
Variables ReadVariables(const Fields& fields, const Reader& reader);

}  // namespace ctestbed
