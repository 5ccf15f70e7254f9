// One suite file, as far as it can be read on its own.
#pragma once

#include <string>

#include "base/document.h"
#include "config/overlay_parser.h"
#include "model/suite.h"

namespace ctestbed {

// Reads the keys that all suites have; knows those of its tester, so that any other key is refused.
Suite ReadSuite(const std::string& file, Document document, const Reader& reader);

// The tester that `name` calls, or null.
const TesterVocabulary* FindTester(const Vocabulary& vocabulary, std::string_view name);

}  // namespace ctestbed
