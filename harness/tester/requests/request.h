// From a step to the request that is sent, and to the command that repeats it.
#pragma once

#include <string>

#include "io/http_client.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/variables.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

// Whether headers of the suite that name variables not captured yet are an error or left out (in
// the steps around the tests: a login cannot bear the token that it fetches).
enum class UndefinedHeaders { kRefuse, kLeaveOut };

// All references replaced; a header of the step replaces that of the suite. Nothing that a
// variable holds can break out of its place: URLs are percent-encoded where they must be, line
// breaks in headers are refused.
OrFailure<HttpRequest> BuildRequest(const HttpSettings& settings, const HttpStep& step,
                                    const Variables& variables, UndefinedHeaders undefined);

// A curl command that repeats `request`, to be pasted into a shell.
std::string CurlCommand(const HttpRequest& request);

}  // namespace ctestbed
