// libxml2's functions, loaded late (io/late_library.h): it brings the tables of ICU along. In this
// namespace the names hide libxml2's own. Thread-safe.
#pragma once

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "io/late_library.h"

namespace ctestbed {

inline void* FindInLibxml2(const char* name) {
  static void* const library = LoadLibrary("libxml2.so.2");  // its ABI since 2000
  return FindInLibrary(library, name);
}

inline constexpr LateFunction<decltype(::htmlReadMemory)> htmlReadMemory{FindInLibxml2,
                                                                         "htmlReadMemory"};
inline constexpr LateFunction<decltype(::xmlDocGetRootElement)> xmlDocGetRootElement{
    FindInLibxml2, "xmlDocGetRootElement"};
inline constexpr LateFunction<decltype(::xmlFreeDoc)> xmlFreeDoc{FindInLibxml2, "xmlFreeDoc"};
inline constexpr LateFunction<decltype(::xmlNodeGetContent)> xmlNodeGetContent{FindInLibxml2,
                                                                               "xmlNodeGetContent"};
inline constexpr LateFunction<decltype(::xmlReadMemory)> xmlReadMemory{FindInLibxml2,
                                                                       "xmlReadMemory"};
inline constexpr LateFunction<decltype(::xmlXPathCastToString)> xmlXPathCastToString{
    FindInLibxml2, "xmlXPathCastToString"};
inline constexpr LateFunction<decltype(::xmlXPathCtxtCompile)> xmlXPathCtxtCompile{
    FindInLibxml2, "xmlXPathCtxtCompile"};
inline constexpr LateFunction<decltype(::xmlXPathEvalExpression)> xmlXPathEvalExpression{
    FindInLibxml2, "xmlXPathEvalExpression"};
inline constexpr LateFunction<decltype(::xmlXPathFreeCompExpr)> xmlXPathFreeCompExpr{
    FindInLibxml2, "xmlXPathFreeCompExpr"};
inline constexpr LateFunction<decltype(::xmlXPathFreeContext)> xmlXPathFreeContext{
    FindInLibxml2, "xmlXPathFreeContext"};
inline constexpr LateFunction<decltype(::xmlXPathFreeObject)> xmlXPathFreeObject{
    FindInLibxml2, "xmlXPathFreeObject"};
inline constexpr LateFunction<decltype(::xmlXPathNewContext)> xmlXPathNewContext{
    FindInLibxml2, "xmlXPathNewContext"};
inline constexpr LateFunction<decltype(::xmlXPathRegisterNs)> xmlXPathRegisterNs{
    FindInLibxml2, "xmlXPathRegisterNs"};

// A variable of the library's, for what it has allocated.
inline void FreeByLibxml2(void* memory) {
  (*static_cast<xmlFreeFunc*>(FindInLibxml2("xmlFree")))(memory);
}

}  // namespace ctestbed
