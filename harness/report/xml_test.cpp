#include "report/xml.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

TEST(Xml, EscapesMarkup) {
  EXPECT_EQ(XmlText("<a b=\"c\"> & ]]>"), "&lt;a b=&quot;c&quot;&gt; &amp; ]]&gt;");
}

TEST(Xml, SpellsOutControlCharacters) {
  EXPECT_EQ(XmlText(std::string_view("a\0b\x1b[31m\x7f", 9)), "a\\x00b\\x1b[31m\\x7f");
}

TEST(Xml, ReplacesInvalidUtf8) {
  EXPECT_EQ(XmlText("\xff\xc3"), "\uFFFD\uFFFD");
  EXPECT_EQ(XmlText("\u00e4\u20ac"), "\u00e4\u20ac");
}

TEST(Xml, ReplacesWhatIsNoCharacterOfXml) {
  EXPECT_EQ(XmlText("\xEF\xBF\xBE|\xEF\xBF\xBF|\xEF\xBF\xBD"), "\uFFFD|\uFFFD|\uFFFD");
}

TEST(Xml, KeepsLinesInText) {
  EXPECT_EQ(XmlText("a\r\nb\n\tc"), "a\nb\n\tc");
}

TEST(Xml, KeepsLinesInAttributes) {
  EXPECT_EQ(XmlAttribute("a\r\nb\tc"), "a&#10;b&#9;c");
}

}  // namespace
}  // namespace ctestbed
