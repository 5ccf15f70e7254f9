#include "tester/requests/request.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/percent.h"
#include "base/text.h"
#include "tester/requests/body.h"

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
  Builder(const HttpSettings& settings, const HttpStep& step, const Variables& variables,
          const FileSystem& files)
      : settings_(settings), step_(step), variables_(variables), files_(files) {}

  OrFailure<BuiltRequest> Build(UndefinedHeaders undefined) {
    request_.method = step_.method;
    BuildUrl();
    for (const Document::Entry& header : step_.headers) AddHeader(header);
    for (const Document::Entry& header : settings_.headers) {
      const bool leave_out =
          undefined == UndefinedHeaders::kLeaveOut && HasUndefined(header.value, variables_);
      if (!HasHeader(request_.headers, header.key.value) && !leave_out) AddHeader(header);
    }
    BuildBody();
    BuildConnection();
    return first_.Or(BuiltRequest{std::move(request_), std::move(curl_body_)});
  }

 private:
  std::string Text(const Located<std::string>& text) {
    return first_.Take(ExpandText(text, variables_));
  }
  std::string Text(const Document& scalar) {
    return TextOf(JsonOf(first_.Take(ExpandDocument(scalar, variables_))));
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
      const Document expanded = first_.Take(ExpandDocument(value, variables_));
      if (!expanded.IsList()) AddParameter(name.value, expanded);
      for (const Document& item : expanded.items) AddParameter(name.value, item);
    }
    if (request_.url.find("://") == std::string::npos) {
      first_.Add({step_.target.mark,
                  fmt::format("{} is no URL", variables_.Show(Json(request_.url))),
                  {}});
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
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != name.npos) {
      first_.Add({header.key.mark, fmt::format("header {} holds a line break", Quote(name)), {}});
    }
    request_.headers.emplace_back(name, value);
  }

  void BuildBody() {
    BodyBytes body = first_.Take(MakeBody(step_.body, variables_, files_));
    request_.body = std::move(body.content);
    curl_body_ = std::move(body.curl);
    if (!body.type.empty() && !HasHeader(request_.headers, "Content-Type")) {
      request_.headers.emplace_back("Content-Type", body.type);
    }
  }

  void BuildConnection() {
    const auto path = [&](const std::optional<Located<std::string>>& file) {
      return file ? PathBeside(Text(*file), file->mark) : "";
    };
    request_.tls = {path(settings_.ca), path(settings_.cert), path(settings_.key)};
    if (settings_.version) request_.version = settings_.version->value;
    request_.reuse = true;
  }

  const HttpSettings& settings_;
  const HttpStep& step_;
  const Variables& variables_;
  const FileSystem& files_;
  HttpRequest request_;
  std::vector<std::string> curl_body_;
  FirstFailure first_;
};

}  // namespace

OrFailure<BuiltRequest> BuildRequest(const HttpSettings& settings, const HttpStep& step,
                                     const Variables& variables, const FileSystem& files,
                                     UndefinedHeaders undefined) {
  return Builder(settings, step, variables, files).Build(undefined);
}

std::string CurlCommand(const BuiltRequest& built, int redirects) {
  const HttpRequest& request = built.request;
  std::vector<std::string> argv{"curl"};
  const auto add = [&](std::string_view option, const std::string& value) {
    if (!value.empty()) argv.insert(argv.end(), {std::string(option), value});
  };
  if (request.method == "HEAD") {
    argv.emplace_back("-I");
  } else if (request.method != "GET" || !request.body.empty()) {
    add("-X", request.method);
  }
  if (redirects > 0) argv.insert(argv.end(), {"-L", "--max-redirs", std::to_string(redirects)});
  if (!request.version.empty()) argv.push_back("--http" + request.version);
  add("--cacert", request.tls.ca);
  add("--cert", request.tls.cert);
  add("--key", request.tls.key);
  argv.push_back(request.url);
  const bool in_parts = !built.curl_body.empty() && built.curl_body.front() == "-F";
  for (const auto& [name, value] : request.headers) {
    // curl chooses a border of its own between parts.
    if (in_parts && EqualNames(name, "Content-Type")) continue;
    argv.insert(argv.end(), {"-H", fmt::format("{}: {}", name, value)});
  }
  argv.insert(argv.end(), built.curl_body.begin(), built.curl_body.end());
  return ShellCommand(argv);
}

}  // namespace ctestbed
