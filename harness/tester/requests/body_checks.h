// Expectations on the content of an answer that need more than a matcher: bytes, files, markup,
// schemas, snapshots.
#pragma once

#include "io/file_system.h"
#include "io/http_client.h"
#include "tester/expectation/variables.h"
#include "tester/requests/findings.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

// What files a check may read, and write where it is told to.
struct CheckFiles {
  FileSystem& files;
  bool update = false;  // snapshots are written, not compared
};

void CheckBody(const HttpExpect& expect, const HttpResponse& response, const Variables& variables,
               const CheckFiles& files, Findings& findings);
void CheckXPaths(const HttpExpect& expect, const HttpResponse& response, const Variables& variables,
                 Findings& findings);
void CheckHeaderSnapshot(const HttpExpect& expect, const HttpResponse& response,
                         const Variables& variables, const CheckFiles& files, Findings& findings);

// "is another from byte 16 on: 00 01 ..., wanted ff 01 ...", a window of 16 bytes; empty when they
// are equal.
std::string BytesDifference(std::string_view actual, std::string_view expected);

}  // namespace ctestbed
