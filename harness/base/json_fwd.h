// Names the JSON type without its definition, for headers.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace ctestbed {

using Json = nlohmann::json;

}  // namespace ctestbed
