#include "probe/http/http_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/fields.h"
#include "base/text.h"
#include "probe/arguments.h"

namespace ctestbed {
namespace {

constexpr std::array<Field, 5> kFields{{
    {"path", Shape::kText, "what to GET, beginning with '/'", true},
    {"status", Shape::kTextOrList, "accepted statuses: 200, [200, 204] or 2xx (default 2xx)"},
    {"headers", Shape::kTextMap, "headers of the request"},
    {"answer", Shape::kTextMap, "headers that the answer must have, with these values"},
    {"retry", Shape::kTextOrList,
     "statuses that are worth waiting on; any other ends the wait at once (default: all are)"},
}};

constexpr Inside kRequest{.fields = kFields};
constexpr std::array kForms{
    Field{"path", Shape::kText, "what to GET, beginning with '/'"},
    Field{"request", Shape::kMap, "what to GET, and what counts as ready", false, &kRequest},
};

struct StatusRange {
  int first = 200;
  int last = 299;
};

std::optional<StatusRange> ParseStatus(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 3 || text[0] < '1' || text[0] > '5') return std::nullopt;
  const int hundreds = (text[0] - '0') * 100;
  if (text.substr(1) == "xx") return StatusRange{hundreds, hundreds + 99};
  if (!digit(1) || !digit(2)) return std::nullopt;
  const int status = hundreds + (text[1] - '0') * 10 + (text[2] - '0');
  return StatusRange{status, status};
}

struct Request {
  std::string path;
  std::vector<StatusRange> accepted;
  HttpHeaders headers;
  HttpHeaders answer;                // demanded
  std::vector<StatusRange> retried;  // empty: all
};

bool IsIn(const std::vector<StatusRange>& ranges, int status) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const StatusRange& range) {
    return status >= range.first && status <= range.last;
  });
}

void ReadPath(const Located<std::string>& path, Request& request, Diagnostics& problems) {
  request.path = path.value;
  if (!path.value.starts_with('/')) {
    problems.Error(path.mark, fmt::format("the path of an http probe must begin with '/', not {}",
                                          Quote(path.value)));
  }
}

void ReadStatuses(const std::vector<Located<std::string>>& statuses,
                  std::vector<StatusRange>& ranges, Diagnostics& problems) {
  for (const Located<std::string>& text : statuses) {
    if (const auto range = ParseStatus(text.value)) {
      ranges.push_back(*range);
    } else {
      problems.Error(text.mark,
                     fmt::format("{} is not a status such as 200 or 2xx", Quote(text.value)));
    }
  }
}

Request ReadRequest(const Document& arguments, Diagnostics& problems) {
  Request request;
  if (arguments.IsScalar()) {
    ReadPath({arguments.text, arguments.mark}, request, problems);
  } else {
    const Fields fields(arguments, "http probe", kFields, problems);
    if (const auto path = fields.Text("path")) ReadPath(*path, request, problems);
    if (const auto texts = fields.Texts("status")) ReadStatuses(*texts, request.accepted, problems);
    if (const auto texts = fields.Texts("retry")) ReadStatuses(*texts, request.retried, problems);
    for (const auto& [name, value] : fields.TextMap("headers")) {
      request.headers.emplace_back(name.value, value.value);
    }
    for (const auto& [name, value] : fields.TextMap("answer")) {
      request.answer.emplace_back(name.value, value.value);
    }
  }
  if (request.accepted.empty()) request.accepted.emplace_back();
  return request;
}

class HttpProbe final : public Probe {
 public:
  explicit HttpProbe(Request request) : request_(std::move(request)) {}

  Status Check(const ProbeTarget& target, TimePoint deadline, std::stop_token stop) override {
    const std::string where = target.address.Text() + request_.path;
    HttpRequest request;
    request.url = "http://" + where;
    request.headers = request_.headers;
    const auto response = target.http->Send(request, deadline, stop);
    if (!response) {
      return Fail(response.error().kind,
                  fmt::format("http {}: {}", where, response.error().message));
    }
    const int status = response->status;
    if (IsIn(request_.accepted, status)) return CheckHeaders(*response, where);
    if (request_.retried.empty() || IsIn(request_.retried, status)) {
      return Fail(ErrorKind::kUnavailable, fmt::format("http {} answered {}", where, status));
    }
    return Fail(
        ErrorKind::kEnvironment,
        fmt::format("answered {} to http {}, which its probe does not retry", status, where));
  }

 private:
  Status CheckHeaders(const HttpResponse& response, const std::string& where) const {
    for (const auto& [name, value] : request_.answer) {
      const std::string* header = response.Header(name);
      if (header != nullptr && *header == value) continue;
      return Fail(ErrorKind::kUnavailable,
                  fmt::format("http {} answered with {} for header '{}', not '{}'", where,
                              header == nullptr ? "nothing" : Quote(*header), name, value));
    }
    return {};
  }

  Request request_;
};

}  // namespace

constexpr Inside kHttpArguments{.either = kForms};

std::unique_ptr<Probe> MakeHttpProbe(const Document& arguments, Diagnostics& problems) {
  Diagnostics own;
  Request request = ReadRequest(arguments, own);
  return HandOn(own, problems) ? std::make_unique<HttpProbe>(std::move(request)) : nullptr;
}

}  // namespace ctestbed
