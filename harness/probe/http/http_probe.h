// Ready when a GET of a path answers with an expected status.
//
//   http: /health                                  any status 200-299
//   http: {path: /health, status: [200, 401]}      also `status: 204`, `status: 2xx`
//   http: {path: /health, headers: {Host: a.test}}
#pragma once

#include <memory>

#include "base/fields.h"
#include "probe/probe.h"

namespace ctestbed {

extern const Inside kHttpArguments;

std::unique_ptr<Probe> MakeHttpProbe(const Document& arguments, Diagnostics& problems);

}  // namespace ctestbed
