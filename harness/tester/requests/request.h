// From a step to the request that is sent, and to the command that repeats it.
#pragma once

#include <string>
#include <vector>

#include "io/file_system.h"
#include "io/http_client.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/variables.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

// Whether headers of the suite that name variables not captured yet are an error or left out (in
// the steps around the tests: a login cannot bear the token that it fetches).
enum class UndefinedHeaders { kRefuse, kLeaveOut };

struct BuiltRequest {
  HttpRequest request;
  std::vector<std::string> curl_body;  // options of curl that send its body
};

// All references replaced, files read; a header of the step replaces that of the suite. Nothing
// that a variable holds can break out of its place: URLs are percent-encoded where they must be,
// line breaks in headers are refused. Cookies are for whoever sends it.
OrFailure<BuiltRequest> BuildRequest(const HttpSettings& settings, const HttpStep& step,
                                     const Variables& variables, const FileSystem& files,
                                     UndefinedHeaders undefined);

// A curl command that repeats `built`, to be pasted into a shell. It follows `redirects`.
std::string CurlCommand(const BuiltRequest& built, int redirects);

}  // namespace ctestbed
