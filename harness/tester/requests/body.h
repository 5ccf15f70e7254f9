// Bodies of requests: reading them from a suite, and making their bytes.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "io/file_system.h"
#include "tester/expectation/failure.h"
#include "tester/expectation/variables.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

extern const Inside kHttpMultipart;
extern const Inside kHttpRawBody;

inline constexpr std::array<Field, 4> kHttpBodyFields{{
    {"json", Shape::kAny, "the body, as JSON"},
    {"form", Shape::kTextMap, "the body, as a form"},
    {"multipart", Shape::kMap, "the body in parts: name to text, or to {text|json|path, type}",
     false, &kHttpMultipart},
    {"body", Shape::kAny, "the body: text as it is, {file: PATH} or {hex: 00 ff}", false,
     &kHttpRawBody},
}};

// Of the keys above; `mark` is where a mistake between them is reported.
HttpBody ReadHttpBody(const Fields& fields, const SourceMark& mark, Diagnostics& problems);

// A body to be sent.
struct BodyBytes {
  std::string content;
  std::string type;               // for Content-Type; empty: none
  std::vector<std::string> curl;  // the options of curl that send it
};

// All references replaced, all files read. The border between parts is derived from their content.
OrFailure<BodyBytes> MakeBody(const HttpBody& body, const Variables& variables,
                              const FileSystem& files);

}  // namespace ctestbed
