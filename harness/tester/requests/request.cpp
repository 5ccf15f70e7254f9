#include "tester/requests/request.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ctestbed {
namespace {

bool EqualNames(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool HasHeader(const HttpHeaders& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return EqualNames(header.first, name); });
}

bool HasUndefined(const Document& document, const Variables& variables) {
  bool undefined = false;
  VisitReferences(document, [&](const Result<std::string>& name, const SourceMark&) {
    undefined = undefined || !name || variables.Find(*name) == nullptr;
  });
  return undefined;
}

class Builder {
 public:
  Builder(const HttpSettings& settings, const HttpStep& step, const Variables& variables)
      : settings_(settings), step_(step), variables_(variables) {}

  OrFailure<HttpRequest> Build(UndefinedHeaders undefined) {
    request_.method = step_.method;
    BuildUrl();
    for (const Document::Entry& header : step_.headers) AddHeader(header);
    for (const Document::Entry& header : settings_.headers) {
      const bool leave_out =
          undefined == UndefinedHeaders::kLeaveOut && HasUndefined(header.value, variables_);
      if (!HasHeader(request_.headers, header.key.value) && !leave_out) AddHeader(header);
    }
    BuildBody();
    if (failure_) return tl::unexpected(*failure_);
    return std::move(request_);
  }

 private:
  // The first failure stays.
  template <typename T>
  T Take(OrFailure<T> value) {
    if (value) return std::move(*value);
    if (!failure_) failure_ = value.error();
    return T{};
  }

  std::string Text(const Located<std::string>& text) { return Take(ExpandText(text, variables_)); }
  std::string Text(const Document& scalar) {
    return TextOf(JsonOf(Take(ExpandDocument(scalar, variables_))));
  }

  void BuildUrl() {
    std::string url = Text(step_.target);
    if (settings_.base && url.find("://") == std::string::npos) {
      std::string base = Text(*settings_.base);
      if (base.ends_with('/') && url.starts_with('/')) base.pop_back();
      url = base + url;
    }
    request_.url = Cleaned(url);
    for (const auto& [name, value] : step_.query) {
      const Document expanded = Take(ExpandDocument(value, variables_));
      if (!expanded.IsList()) AddParameter(name.value, expanded);
      for (const Document& item : expanded.items) AddParameter(name.value, item);
    }
    if (!failure_ && request_.url.find("://") == std::string::npos) {
      failure_ = Failure{
          step_.target.mark, fmt::format("{} is no URL", variables_.Show(Json(request_.url))), {}};
    }
  }

  // What may not stand in a URL at all (RFC 3986 section 2) is encoded; the rest is the user's.
  static std::string Cleaned(std::string_view url) {
    std::string cleaned;
    for (const char c : url) {
      const bool legal = c > ' ' && c < '\x7F' &&
                         std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
      cleaned += legal ? std::string(1, c) : PercentEncoded(std::string_view(&c, 1));
    }
    return cleaned;
  }

  void AddParameter(const std::string& name, const Document& value) {
    request_.url += request_.url.find('?') == std::string::npos ? '?' : '&';
    request_.url += PercentEncoded(name) + "=" + PercentEncoded(TextOf(JsonOf(value)));
  }

  void AddHeader(const Document::Entry& header) {
    const std::string name = Text(header.key);
    const std::string value = Text(header.value);
    if (!failure_ && (name + value).find_first_of(std::string_view("\r\n\0", 3)) != name.npos) {
      failure_ =
          Failure{header.key.mark, fmt::format("header {} holds a line break", Quote(name)), {}};
    }
    request_.headers.emplace_back(name, value);
  }

  void BuildBody() {
    if (step_.json) {
      request_.body = DumpJson(JsonOf(Take(ExpandDocument(*step_.json, variables_))));
      AddContentType("application/json");
    } else if (!step_.form.empty()) {
      for (const auto& [name, value] : step_.form) {
        if (!request_.body.empty()) request_.body += '&';
        request_.body += PercentEncoded(Text(name)) + "=" + PercentEncoded(Text(value));
      }
      AddContentType("application/x-www-form-urlencoded");
    } else if (step_.body) {
      request_.body = Text(*step_.body);
    }
  }

  void AddContentType(std::string_view type) {
    if (HasHeader(request_.headers, "Content-Type")) return;
    request_.headers.emplace_back("Content-Type", type);
  }

  const HttpSettings& settings_;
  const HttpStep& step_;
  const Variables& variables_;
  HttpRequest request_;
  std::optional<Failure> failure_;
};

}  // namespace

OrFailure<HttpRequest> BuildRequest(const HttpSettings& settings, const HttpStep& step,
                                    const Variables& variables, UndefinedHeaders undefined) {
  return Builder(settings, step, variables).Build(undefined);
}

std::string CurlCommand(const HttpRequest& request) {
  std::vector<std::string> argv{"curl"};
  if (request.method == "HEAD") {
    argv.emplace_back("-I");
  } else if (request.method != "GET" || !request.body.empty()) {
    argv.insert(argv.end(), {"-X", request.method});
  }
  argv.push_back(request.url);
  for (const auto& [name, value] : request.headers) {
    argv.insert(argv.end(), {"-H", fmt::format("{}: {}", name, value)});
  }
  if (!request.body.empty()) argv.insert(argv.end(), {"--data-raw", request.body});
  return ShellCommand(argv);
}

}  // namespace ctestbed
