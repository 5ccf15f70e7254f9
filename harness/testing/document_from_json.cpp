#include "testing/document_from_json.h"

#include <cstdio>
#include <cstdlib>

#include "base/json.h"

namespace ctestbed {
namespace {

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Document Whole() {
    Document document = Value();
    SkipBlank();
    if (at_ < text_.size()) Abort("text after the document");
    return document;
  }

 private:
  [[noreturn]] void Abort(const char* what) const {
    std::fprintf(stderr, "DocumentFromJson: %s at byte %zu of %.*s\n", what, at_,
                 static_cast<int>(text_.size()), text_.data());
    std::abort();
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void SkipBlank() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  bool Take(char c) {
    SkipBlank();
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  SourceMark MarkAt(size_t begin, size_t length) const {
    SourceMark mark{file_, 1, 1, static_cast<int>(length)};
    for (size_t i = 0; i < begin; ++i) {
      mark.column = text_[i] == '\n' ? 1 : mark.column + 1;
      if (text_[i] == '\n') ++mark.line;
    }
    return mark;
  }

  Document Value() {
    SkipBlank();
    Document document;
    document.mark = MarkAt(at_, 1);
    if (Take('[')) {
      document.kind = Document::Kind::kList;
      while (!Take(']')) {
        document.items.push_back(Value());
        if (!Take(',') && Peek() != ']') Abort("expected , or ]");
      }
    } else if (Take('{')) {
      document.kind = Document::Kind::kMap;
      while (!Take('}')) {
        document.entries.push_back(Entry());
        if (!Take(',') && Peek() != '}') Abort("expected , or }");
      }
    } else {
      document = Scalar();
    }
    return document;
  }

  Document::Entry Entry() {
    const Document key = Scalar();
    if (!Take(':')) Abort("expected :");
    return {{key.text, key.mark}, Value()};
  }

  Document Scalar() {
    SkipBlank();
    const size_t begin = at_;
    Document scalar;
    scalar.kind = Document::Kind::kScalar;
    if (Peek() == '"' || Peek() == '\'') {
      scalar.quoted = true;
      scalar.text = Quoted();
    } else {
      scalar.text = Plain();
      if (scalar.text == "null" || scalar.text.empty()) scalar.kind = Document::Kind::kNull;
    }
    scalar.mark = MarkAt(begin, at_ - begin);
    return scalar;
  }

  std::string Quoted() {
    const size_t begin = at_;
    const char quote = text_[at_++];
    while (Peek() != quote) {
      if (at_ >= text_.size()) Abort("open quote");
      at_ += quote == '"' && Peek() == '\\' ? 2 : 1;
    }
    ++at_;
    const std::string_view written = text_.substr(begin, at_ - begin);
    if (quote == '\'') return std::string(written.substr(1, written.size() - 2));
    const Result<Json> parsed = ParseJson(written);
    if (!parsed) Abort("bad quoted text");
    return parsed->get<std::string>();
  }

  // Up to what ends it in flow style; `${...}` may stand inside although it has braces.
  std::string Plain() {
    const size_t begin = at_;
    while (at_ < text_.size() && std::string_view(",[]}\n").find(Peek()) == text_.npos) {
      if (Peek() == ':' && (at_ + 1 == text_.size() || text_[at_ + 1] == ' ')) break;
      if (text_.substr(at_, 2) == "${") at_ = text_.find('}', at_);
      ++at_;
    }
    size_t end = at_;
    while (end > begin && text_[end - 1] == ' ') --end;
    at_ = end;
    return std::string(text_.substr(begin, end - begin));
  }

  std::string_view text_;
  const std::string& file_;
  size_t at_ = 0;
};

}  // namespace

Document DocumentFromJson(std::string_view text, const std::string& file) {
  return Reader(text, file).Whole();
}

}  // namespace ctestbed
