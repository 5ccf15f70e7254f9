// One request of a suite with what is expected of its answer, as read from the file. Files that it
// names lie beside the suite.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/duration.h"

namespace ctestbed {

// A value to keep for later steps.
struct HttpSave {
  enum class Source { kBytes, kCookie, kHeader, kJson, kRegex, kStatus, kXPath };
  std::string name;
  Source source = Source::kJson;
  Located<std::string> query;  // path, name of the header or cookie, pattern, "FROM..TO"
};

// Headers or a body that a file holds.
struct HttpSnapshot {
  Located<std::string> file;
  std::vector<std::string> ignore;  // headers
};

// Of the bytes of a body; `matcher` on them as text.
struct HttpBodyExpect {
  struct Bytes {
    enum class Place { kAll, kStart, kEnd, kAnywhere };
    Place place = Place::kAll;
    Located<std::string> hex;
  };
  std::vector<Bytes> bytes;
  std::optional<Document> matcher;
  std::optional<Document> size;
  std::optional<Located<std::string>> sha256;
  std::optional<Located<std::string>> same_as;
  std::optional<HttpSnapshot> snapshot;
};

// What the answer must be like; entries are name or path to matcher.
struct HttpExpect {
  std::optional<Document> status;  // a code, a class like 2xx, a list of them, or operators
  std::vector<Document::Entry> headers;
  std::optional<HttpSnapshot> header_snapshot;
  std::vector<Document::Entry> cookies;  // to a matcher of the value, or attributes to matchers
  std::vector<Document::Entry> json;
  std::vector<Document::Entry> xpath;
  std::optional<Located<std::string>> schema;
  std::optional<HttpBodyExpect> body;
  std::optional<Document> time;         // of the whole exchange
  std::vector<Document::Entry> phases;  // of its parts
  std::vector<Document::Entry> tls;
  std::optional<Document> hops;         // a list of maps: status, to
  std::vector<Document::Entry> across;  // of parallel requests: path, status or body to `same`
  std::vector<Document::Entry> across_times;  // percentile to matcher
};

// Repeat a step until all that it expects holds.
struct HttpUntil {
  Duration within{0};
  Duration every{200};
  std::vector<Located<std::string>> stop_on;  // status codes and classes that end it at once
};

// A part of a multipart body: its text, JSON or file.
struct HttpPart {
  Located<std::string> name;
  std::optional<Document> json;
  std::optional<Located<std::string>> text;
  std::optional<Located<std::string>> file;
  std::optional<Located<std::string>> type;
  std::optional<Located<std::string>> file_name;  // default: that of the file
};

// At most one of these is there.
struct HttpBody {
  std::optional<Document> json;
  std::vector<Document::Entry> form;
  std::vector<HttpPart> multipart;
  std::optional<Located<std::string>> text;
  std::optional<Located<std::string>> file;
  std::optional<Located<std::string>> hex;
};

struct HttpStep {
  std::string method;
  Located<std::string> target;  // a path under `base` or a whole URL
  SourceMark mark;              // of "METHOD target"
  std::vector<Document::Entry> headers;
  std::vector<Document::Entry> query;
  HttpBody body;
  int redirects = 0;  // followed at most
  Duration timeout{10'000};
  int parallel = 1;  // requests at the same time
  HttpExpect expect;
  std::vector<HttpSave> saves;
  std::optional<HttpUntil> until;

  std::string Name() const { return method + " " + target.value; }
};

// What holds for all requests of a suite.
struct HttpSettings {
  std::optional<Located<std::string>> base;
  std::vector<Document::Entry> headers;
  std::optional<Located<std::string>> version;  // "1.1" or "2", which must be spoken
  std::optional<Located<std::string>> ca;       // files in PEM
  std::optional<Located<std::string>> cert;
  std::optional<Located<std::string>> key;
};

// Whether `text` is a status code from 100 to 599 or a class such as 2xx.
bool IsStatusPattern(std::string_view text);
bool StatusFits(std::string_view pattern, int status);

// The bytes that `text` spells, such as "89 50 4e 47"; nothing when it spells none.
std::optional<std::string> BytesOfHex(std::string_view text);
std::string HexOfBytes(std::string_view bytes);  // "89 50 4e 47"

// The path of a file that `name` (its references replaced) names: beside the file it stands in.
std::string PathBeside(const std::string& name, const SourceMark& mark);

}  // namespace ctestbed
