#include "tester/requests/body.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/percent.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::array<Field, 5> kPartFields{{
    {"text", Shape::kText, "the part, as it is"},
    {"json", Shape::kAny, "the part, as JSON"},
    {"path", Shape::kText, "a file beside the suite"},
    {"type", Shape::kText, "its Content-Type"},
    {"file_name", Shape::kText, "what the file is called; default: its own name"},
}};

constexpr std::array<Field, 2> kRawFields{{
    {"file", Shape::kText, "a file beside the suite"},
    {"hex", Shape::kText, "bytes, such as 00 ff 10"},
}};

constexpr Inside kPartMap{.fields = kPartFields};
constexpr std::array<Field, 2> kPartForms{{
    {"text", Shape::kText, "the part, as it is"},
    {"part", Shape::kMap, "its content and type", false, &kPartMap},
}};
constexpr Inside kPartForm{.either = kPartForms};
constexpr Field kPart{"", Shape::kAny, "a part", false, &kPartForm};
constexpr Inside kRawMap{.fields = kRawFields};
constexpr std::array<Field, 2> kRawForms{{
    {"text", Shape::kText, "the body, as it is"},
    {"bytes", Shape::kMap, "a file or bytes", false, &kRawMap},
}};

HttpPart ReadPart(const Document::Entry& entry, Diagnostics& problems) {
  HttpPart part;
  part.name = entry.key;
  if (entry.value.IsScalar()) {
    part.text = Located<std::string>{entry.value.text, entry.value.mark};
    return part;
  }
  const Fields fields(entry.value, "part", kPartFields, problems);
  if (const Document* json = fields.Find("json")) part.json = *json;
  part.text = fields.Text("text");
  part.file = fields.Text("path");
  part.type = fields.Text("type");
  part.file_name = fields.Text("file_name");
  const int contents = part.json.has_value() + part.text.has_value() + part.file.has_value();
  if (entry.value.IsMap() && contents != 1) {
    problems.Error(entry.value.mark, "a part is one of text, json and path");
  }
  return part;
}

void ReadRaw(const Document& document, HttpBody& body, Diagnostics& problems) {
  if (document.IsScalar()) {
    body.text = Located<std::string>{document.text, document.mark};
    return;
  }
  const Fields fields(document, "body", kRawFields, problems);
  body.file = fields.Text("file");
  body.hex = fields.Text("hex");
  if (document.IsMap() && body.file.has_value() + body.hex.has_value() != 1) {
    problems.Error(document.mark, "a body is a text or one of file and hex");
  }
  if (body.hex && !HasReferences(body.hex->value) && !BytesOfHex(body.hex->value)) {
    problems.Error(body.hex->mark, fmt::format("{} are no hex digits", Quote(body.hex->value)));
  }
}

std::string FileNameOf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Quotes and line breaks as browsers send them.
std::string ParameterOf(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool special = c == '"' || c == '\r' || c == '\n';
    escaped += special ? PercentEncoded(std::string_view(&c, 1)) : std::string(1, c);
  }
  return escaped;
}

class Maker {
 public:
  Maker(const Variables& variables, const FileSystem& files)
      : variables_(variables), files_(files) {}

  OrFailure<BodyBytes> Make(const HttpBody& body) {
    BodyBytes bytes;
    if (body.json) bytes = Raw(Json(*body.json), "application/json");
    if (!body.form.empty()) bytes = Raw(Form(body.form), "application/x-www-form-urlencoded");
    if (body.text) bytes = Raw(Text(*body.text), "");
    if (body.hex) bytes = Hex(*body.hex);
    if (body.file) {
      bytes = {File(*body.file), "", {"--data-binary", "@" + PathOf(*body.file)}};
    }
    if (!body.multipart.empty()) bytes = Multipart(body.multipart);
    return first_.Or(std::move(bytes));
  }

 private:
  std::string Text(const Located<std::string>& text) {
    return first_.Take(ExpandText(text, variables_));
  }
  std::string Json(const Document& document) {
    return DumpJson(JsonOf(first_.Take(ExpandDocument(document, variables_))));
  }
  std::string PathOf(const Located<std::string>& file) { return PathBeside(Text(file), file.mark); }

  static BodyBytes Raw(std::string content, std::string type) {
    BodyBytes bytes{std::move(content), std::move(type), {}};
    if (!bytes.content.empty()) bytes.curl = {"--data-raw", bytes.content};
    return bytes;
  }

  std::string Form(const std::vector<Document::Entry>& form) {
    std::string content;
    for (const auto& [name, value] : form) {
      if (!content.empty()) content += '&';
      const Document expanded = first_.Take(ExpandDocument(value, variables_));
      content += PercentEncoded(Text(name)) + "=" + PercentEncoded(TextOf(JsonOf(expanded)));
    }
    return content;
  }

  BodyBytes Hex(const Located<std::string>& hex) {
    const std::string text = Text(hex);
    const auto content = BytesOfHex(text);
    if (!content) first_.Add({hex.mark, fmt::format("{} are no hex digits", Quote(text)), {}});
    return {content.value_or(""), "", {"--data-binary", "@-"}};
  }

  std::string File(const Located<std::string>& file) {
    Result<std::string> content = files_.Read(PathOf(file));
    if (content) return std::move(*content);
    first_.Add({file.mark, content.error().message, {}});
    return {};
  }

  struct Part {
    std::string head;
    std::string content;
    std::string curl;
  };

  Part Make(const HttpPart& part) {
    const std::string name = Text(part.name);
    std::string type = part.type ? Text(*part.type) : part.json ? "application/json" : "";
    if (type.find_first_of("\r\n") != std::string::npos) {
      first_.Add({part.type->mark, "a type holds a line break", {}});
    }
    Part made;
    made.head = fmt::format("Content-Disposition: form-data; name=\"{}\"", ParameterOf(name));
    if (part.file) {
      const std::string file_name =
          part.file_name ? Text(*part.file_name) : FileNameOf(PathOf(*part.file));
      made.head += fmt::format("; filename=\"{}\"", ParameterOf(file_name));
      made.content = File(*part.file);
      made.curl = fmt::format("{}=@{}", name, PathOf(*part.file));
      if (type.empty()) type = "application/octet-stream";
    } else {
      made.content = part.json ? Json(*part.json) : Text(*part.text);
      made.curl = fmt::format("{}={}", name, made.content);
    }
    if (!type.empty()) {
      made.head += "\r\nContent-Type: " + type;
      made.curl += ";type=" + type;
    }
    return made;
  }

  // RFC 7578, RFC 2046 section 5.1.1.
  BodyBytes Multipart(const std::vector<HttpPart>& parts) {
    std::vector<Part> made;
    std::string all;
    for (const HttpPart& part : parts) {
      made.push_back(Make(part));
      all += made.back().content;
    }
    const std::string border = "ctestbed-" + Sha256(all).substr(0, 32);
    BodyBytes bytes;
    bytes.type = "multipart/form-data; boundary=" + border;
    for (const Part& part : made) {
      bytes.content += fmt::format("--{}\r\n{}\r\n\r\n{}\r\n", border, part.head, part.content);
      bytes.curl.insert(bytes.curl.end(), {"-F", part.curl});
    }
    bytes.content += fmt::format("--{}--\r\n", border);
    return bytes;
  }

  const Variables& variables_;
  const FileSystem& files_;
  FirstFailure first_;
};

}  // namespace

const Inside kHttpMultipart{.each = &kPart};
const Inside kHttpRawBody{.either = kRawForms};

HttpBody ReadHttpBody(const Fields& fields, const SourceMark& mark, Diagnostics& problems) {
  HttpBody body;
  if (const Document* json = fields.Find("json")) body.json = *json;
  if (const Document* form = fields.Find("form")) body.form = form->entries;
  if (const Document* parts = fields.Find("multipart")) {
    for (const Document::Entry& entry : parts->entries) {
      body.multipart.push_back(ReadPart(entry, problems));
    }
  }
  if (const Document* raw = fields.Find("body")) ReadRaw(*raw, body, problems);
  int bodies = 0;
  for (const Field& field : kHttpBodyFields) bodies += fields.Has(field.key) ? 1 : 0;
  if (bodies > 1) problems.Error(mark, "a request has one body: json, form, multipart or body");
  return body;
}

OrFailure<BodyBytes> MakeBody(const HttpBody& body, const Variables& variables,
                              const FileSystem& files) {
  return Maker(variables, files).Make(body);
}

}  // namespace ctestbed
