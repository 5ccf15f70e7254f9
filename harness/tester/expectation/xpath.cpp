#include "tester/expectation/xpath.h"

#include <fmt/format.h>

#include <memory>

#include "base/json.h"
#include "base/text.h"
#include "tester/expectation/libxml2.h"

namespace ctestbed {
namespace {

struct Free {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
  void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
  void operator()(xmlXPathCompExpr* compiled) const { xmlXPathFreeCompExpr(compiled); }
  void operator()(xmlChar* text) const { FreeByLibxml2(text); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

const xmlChar* Xml(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}

std::string Taken(xmlChar* text) {
  const Owned<xmlChar> owned(text);
  return owned == nullptr ? "" : reinterpret_cast<const char*>(owned.get());
}

// libxml2 would print its complaints.
void Ignore(void*, const xmlError*) {}

Owned<xmlXPathContext> ContextFor(xmlDoc* document) {
  Owned<xmlXPathContext> context(xmlXPathNewContext(document));
  context->error = reinterpret_cast<xmlStructuredErrorFunc>(Ignore);
  return context;
}

std::string_view ReasonOf(int code) {
  switch (code) {
    case XML_XPATH_UNDEF_PREFIX_ERROR:
      return "undefined namespace prefix";
    case XML_XPATH_UNKNOWN_FUNC_ERROR:
      return "unknown function";
    case XML_XPATH_UNDEF_VARIABLE_ERROR:
      return "undefined variable";
    default:
      return "invalid expression";
  }
}

tl::unexpected<Error> NoXPath(const std::string& expression, const xmlXPathContext& context) {
  return Fail(ErrorKind::kInvalid, fmt::format("{} is no XPath: {}", Quote(expression),
                                               ReasonOf(context.lastError.code)));
}

Owned<xmlDoc> Parse(std::string_view text, Markup markup) {
  const int size = static_cast<int>(text.size());
  if (markup == Markup::kHtml) {
    return Owned<xmlDoc>(htmlReadMemory(
        text.data(), size, nullptr, "UTF-8",
        HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET));
  }
  return Owned<xmlDoc>(xmlReadMemory(text.data(), size, nullptr, nullptr,
                                     XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET));
}

void RegisterNamespaces(xmlDoc* document, xmlXPathContext* context) {
  const xmlNode* root = xmlDocGetRootElement(document);
  for (const xmlNs* space = root == nullptr ? nullptr : root->nsDef; space != nullptr;
       space = space->next) {
    if (space->prefix != nullptr) xmlXPathRegisterNs(context, space->prefix, space->href);
  }
}

Json ValueOf(xmlXPathObject* object) {
  switch (object->type) {
    case XPATH_BOOLEAN:
      return object->boolval != 0;
    case XPATH_NUMBER: {
      const double number = object->floatval;
      const auto whole = static_cast<std::int64_t>(number);
      return static_cast<double>(whole) == number ? Json(whole) : Json(number);
    }
    case XPATH_NODESET: {
      Json texts = Json::array();
      for (int i = 0; object->nodesetval != nullptr && i < object->nodesetval->nodeNr; ++i) {
        texts.push_back(Taken(xmlNodeGetContent(object->nodesetval->nodeTab[i])));
      }
      return texts;
    }
    default:
      return Taken(xmlXPathCastToString(object));
  }
}

}  // namespace

Status CheckXPath(const std::string& expression) {
  const Owned<xmlXPathContext> context = ContextFor(nullptr);
  const Owned<xmlXPathCompExpr> compiled(xmlXPathCtxtCompile(context.get(), Xml(expression)));
  if (compiled == nullptr) return NoXPath(expression, *context);
  return {};
}

Markup MarkupOf(std::string_view text, std::string_view content_type) {
  const bool said = content_type.find("xml") != std::string_view::npos &&
                    content_type.find("xhtml") == std::string_view::npos;
  return said || Trim(text.substr(0, 64)).starts_with("<?xml") ? Markup::kXml : Markup::kHtml;
}

Result<Json> FindXPath(const std::string& expression, std::string_view text, Markup markup) {
  if (text.size() > (64U << 20U)) return Fail(ErrorKind::kInvalid, "too large for XPath");
  const Owned<xmlDoc> document = Parse(text, markup);
  if (document == nullptr) {
    return Fail(ErrorKind::kInvalid, markup == Markup::kXml ? "no well-formed XML" : "no HTML");
  }
  const Owned<xmlXPathContext> context = ContextFor(document.get());
  RegisterNamespaces(document.get(), context.get());
  const Owned<xmlXPathObject> found(xmlXPathEvalExpression(Xml(expression), context.get()));
  if (found == nullptr) return NoXPath(expression, *context);
  return ValueOf(found.get());
}

}  // namespace ctestbed
