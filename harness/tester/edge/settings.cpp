#include "tester/edge/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/percent.h"
#include "base/text.h"
#include "tester/expectation/paths.h"
#include "tester/requests/step_reader.h"

namespace ctestbed {
namespace {

std::vector<Document::Entry> EntriesOf(const Fields& fields, std::string_view key) {
  const Document* map = fields.Find(key);
  return map == nullptr ? std::vector<Document::Entry>{} : map->entries;
}

void ReadDeflate(const Document& value, ConnectOptions& options, Diagnostics& problems) {
  if (value.IsScalar() && (value.text == "true" || value.text == "false")) {
    if (value.text == "true") options.deflate = WsDeflate{};
    options.no_deflate = value.text == "false";
    return;
  }
  const Fields fields(value, "deflate", kDeflateFields, problems);
  options.deflate =
      WsDeflate{fields.Boolean("server_no_context_takeover").value_or(false),
                fields.Boolean("client_no_context_takeover").value_or(false),
                static_cast<int>(fields.Integer("server_max_window_bits").value_or(15)),
                static_cast<int>(fields.Integer("client_max_window_bits").value_or(15))};
}

void ReadCorrelate(const Fields& fields, EdgeSettings& settings, Diagnostics& problems) {
  settings.reply_id = fields.Text("reply");
  if (settings.reply_id) CheckPath(*settings.reply_id, problems);
  const auto request = fields.Text("request");
  if (!request) return;
  const std::vector<std::string> parts = Split(request->value, '.');
  const bool is_path = parts.size() > 1 && parts[0] == "$" &&
                       std::all_of(parts.begin() + 1, parts.end(),
                                   [](const std::string& part) { return IsName(part); });
  if (is_path) {
    settings.request_id.assign(parts.begin() + 1, parts.end());
  } else {
    problems.Error(
        request->mark,
        fmt::format("{} is no path that can be set: expected names alone", Quote(request->value)),
        "request: $.id");
  }
}

std::shared_ptr<const HttpSettings> ReadHttp(const std::optional<Fields>& fields,
                                             Diagnostics& problems) {
  HttpSettings http = fields ? ReadHttpSettings(*fields, problems) : HttpSettings{};
  if (!http.base) http.base = Located<std::string>{fmt::format("${{{}}}", kHttpOfUrl), {}};
  return std::make_shared<HttpSettings>(std::move(http));
}

// Puts the options of several levels together; the first failure stays.
class Builder {
 public:
  Builder(const EdgeSettings& settings, const Variables& variables)
      : settings_(settings), variables_(variables) {}

  OrFailure<Connecting> Build(const std::vector<const ConnectOptions*>& levels) {
    const Located<std::string>* url = nullptr;
    for (const ConnectOptions* level : levels) {
      if (level == nullptr) continue;
      if (level->url) url = &*level->url;
      Merge(*level);
    }
    if (url == nullptr) return tl::unexpected(Failure{{}, "no 'url' to connect to", {}});
    SetUrl(*url);
    if (how_.request.url.tls) SetTls();
    return first_.Or(std::move(how_));
  }

 private:
  void Merge(const ConnectOptions& level) {
    if (level.subprotocols) {
      how_.request.subprotocols.clear();
      for (const auto& name : *level.subprotocols) {
        how_.request.subprotocols.push_back(HeaderText(name));
      }
    }
    if (level.deflate || level.no_deflate) how_.request.deflate = level.deflate;
    how_.paused = level.paused.value_or(how_.paused);
    how_.pongs = level.pongs.value_or(how_.pongs);
    for (const auto& [name, value] : level.headers) {
      Set(how_.request.headers, name.value, HeaderText({value.text, value.mark}));
    }
    for (const auto& [name, value] : level.query) {
      Set(query_, name.value, Text({value.text, value.mark}));
    }
  }

  static void Set(HttpHeaders& pairs, const std::string& name, std::string value) {
    std::erase_if(pairs, [&](const auto& pair) { return pair.first == name; });
    pairs.emplace_back(name, std::move(value));
  }

  std::string Text(const Located<std::string>& text) {
    return first_.Take(ExpandText(text, variables_));
  }

  // What cannot break out of its line.
  std::string HeaderText(const Located<std::string>& text) {
    std::string value = Text(text);
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      first_.Add({text.mark, "a header holds a line break", {}});
    }
    return value;
  }

  void SetUrl(const Located<std::string>& text) {
    std::string url = Text(text);
    for (const auto& [name, value] : query_) {
      url += url.find('?') == std::string::npos ? '?' : '&';
      url += PercentEncoded(name) + "=" + PercentEncoded(value);
    }
    Result<WsUrl> parsed = ParseWsUrl(url);
    if (!parsed) return first_.Add({text.mark, parsed.error().message, {}});
    how_.request.url = std::move(*parsed);
  }

  void SetTls() {
    TlsOptions tls;
    tls.host = how_.request.url.host;
    if (settings_.tls) {
      tls.ca_file = File("ca");
      tls.certificate_file = File("cert");
      tls.key_file = File("key");
      const Document* host = settings_.tls->Find("host");
      if (host != nullptr) tls.host = Text({host->text, host->mark});
      const Document* verify = settings_.tls->Find("verify");
      tls.verify = verify == nullptr || verify->text == "true";
    }
    how_.tls = std::move(tls);
  }

  std::string File(std::string_view key) {
    const Document* file = settings_.tls->Find(key);
    if (file == nullptr) return "";
    const std::string path = Text({file->text, file->mark});
    const bool is_whole = path.starts_with('/') || settings_.directory.empty();
    return is_whole ? path : settings_.directory + "/" + path;
  }

  const EdgeSettings& settings_;
  const Variables& variables_;
  Connecting how_;
  HttpHeaders query_;
  FirstFailure first_;
};

}  // namespace

ConnectOptions ReadConnectOptions(const Fields& fields, Diagnostics& problems) {
  ConnectOptions options;
  options.url = fields.Text("url");
  options.query = EntriesOf(fields, "query");
  options.headers = EntriesOf(fields, "headers");
  options.subprotocols = fields.Texts("subprotocols");
  options.pongs = fields.Boolean("pongs");
  if (const Document* deflate = fields.Find("deflate")) ReadDeflate(*deflate, options, problems);
  if (const auto read = fields.Text("read")) options.paused = read->value == "paused";
  return options;
}

std::vector<NamedClient> ReadClients(const Document& map, Diagnostics& problems) {
  std::vector<NamedClient> clients;
  for (const auto& [name, value] : map.entries) {
    if (!IsName(name.value)) {
      problems.Error(name.mark, fmt::format("{} cannot name a client: expected letters, digits, "
                                            "'_', '.' and '-'",
                                            Quote(name.value)));
    }
    ConnectOptions options;
    if (!value.IsNull()) {
      options = ReadConnectOptions(Fields(value, "client", kConnectFields, problems), problems);
    }
    clients.push_back({name, std::move(options)});
  }
  if (map.IsMap() && clients.empty()) problems.Error(map.mark, "'clients' must name at least one");
  return clients;
}

EdgeSettings ReadEdgeSettings(const Fields& fields, const std::string& file,
                              Diagnostics& problems) {
  EdgeSettings settings;
  settings.options = ReadConnectOptions(fields, problems);
  if (const Document* clients = fields.Find("clients")) {
    settings.clients = ReadClients(*clients, problems);
  }
  settings.codec = static_cast<Codec>(fields.Word("codec").value_or(0));
  if (const auto correlate = fields.Inner("correlate", problems)) {
    ReadCorrelate(*correlate, settings, problems);
  }
  settings.leftover_fails = fields.Word("leftover") == 0;
  settings.within = fields.Time("within").value_or(settings.within);
  if (fields.Inner("tls", problems)) settings.tls = *fields.Find("tls");
  const size_t slash = file.rfind('/');
  settings.directory = slash == std::string::npos ? "" : file.substr(0, slash);
  settings.http = ReadHttp(fields.Inner("http", problems), problems);
  return settings;
}

OrFailure<Connecting> BuildConnecting(const EdgeSettings& settings, const ConnectOptions* client,
                                      const ConnectOptions* step, const Variables& variables) {
  return Builder(settings, variables).Build({&settings.options, client, step});
}

}  // namespace ctestbed
