// One suite file, as far as it can be read on its own.
#pragma once

#include <span>
#include <string>

#include "base/document.h"
#include "config/overlay_parser.h"
#include "model/suite.h"

namespace ctestbed {

// The keys that all suites have.
std::span<const Field> SuiteFields();

// Reads the keys that all suites have; knows those of its tester, so that any other key is refused.
Suite ReadSuite(const std::string& file, Document document, const Reader& reader);

// The tester that `name` calls, or null.
const TesterVocabulary* FindTester(const Vocabulary& vocabulary, std::string_view name);

}  // namespace ctestbed
