// SPDX-License-Identifier: Apache-2.0
#include "yaml/document.h"

#include <gtest/gtest.h>

namespace vedette::yaml {
namespace {

TEST(Document, values_are_text_and_know_their_place) {
  Node root;
  Mistake mistake;
  ASSERT_TRUE(parse("a: no\nb:\n  - 12\n  - \"x: y\"\nc: ~\n", root, mistake)) << mistake.what;
  ASSERT_EQ(root.entries.size(), 3U);
  EXPECT_EQ(root.entries[0].value.text, "no");
  EXPECT_EQ(root.entries[0].value.place, (Place{1, 4}));
  const Node& list = root.entries[1].value;
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].text, "12");
  EXPECT_EQ(list.items[1].text, "x: y");
  EXPECT_EQ(list.items[1].place, (Place{4, 5}));
  EXPECT_EQ(root.entries[2].value.kind, Kind::kNothing);
  EXPECT_EQ(root.entries[2].place, (Place{5, 1}));
}

TEST(Document, an_empty_file_is_nothing) {
  Node root;
  Mistake mistake;
  for (const char* text : {"", "\n", "# only words\n", "---\n", "...\n"}) {
    ASSERT_TRUE(parse(text, root, mistake)) << text;
    EXPECT_EQ(root.kind, Kind::kNothing) << text;
  }
}

TEST(Document, what_a_settings_file_has_no_use_for_is_refused_where_it_stands) {
  struct Row {
    const char* name;
    std::string text;
    int line;
    const char* what;
  };
  std::string laughs = "a: &a [x, x]\n";
  const Row rows[] = {
      {"an anchor, before any alias can multiply", laughs + "b: [*a, *a]\n", 1, "anchors"},
      {"an alias of nothing", "a: 1\nb: *a\n", 2, "not YAML"},
      {"a tag", "a: 1\nb: !!int 2\n", 2, "tags"},
      {"a second document", "a: 1\n---\nb: 2\n", 3, "second document"},
      {"a list as a key", "a: 1\n? [x]\n: 2\n", 2, "a key must be a word"},
      {"nothing as a key", "a: 1\n~: 2\n", 2, "a key must be a word"},
      {"nine levels", "a:\n [[[[[[[[x]]]]]]]]\n", 2, "nested too deeply"},
      {"a thousand levels", "a:\n " + std::string(1000, '[') + std::string(1000, ']'), 2, ""},
      {"a quote that never ends", "a: 1\nb: \"x\n", 3, "not YAML"},
      {"a tab for indentation", "a:\n\tb: 1\n", 2, "not YAML"},
      {"a bracket that never ends", "a: [1, 2\n", 2, "not YAML"},
      {"a bracket that nothing opened", "a: 1\n...\n]\n", 3, ""},
      {"a brace that nothing opened", "}\n", 1, ""},
      {"a zero byte", std::string("a: 1\0", 5), 1, "no text"},
      {"Latin-1", "a: Caf\xE9\n", 1, "no text"},
      {"more than a mebibyte", "a: " + std::string(kMaxBytes, 'x'), 1, "larger than 1 MiB"},
  };
  for (const Row& row : rows) {
    Node root;
    Mistake mistake;
    EXPECT_FALSE(parse(row.text, root, mistake)) << row.name;
    EXPECT_NE(mistake.what.find(row.what), std::string::npos) << row.name << ": " << mistake.what;
    EXPECT_EQ(mistake.place.line, row.line) << row.name << ": " << mistake.what;
  }
}

TEST(Document, the_number_of_values_is_bounded) {
  std::string many = "[";
  for (size_t i = 0; i <= kMaxNodes; ++i) many += "x,";
  Node root;
  Mistake mistake;
  EXPECT_FALSE(parse(many + "]", root, mistake));
  EXPECT_NE(mistake.what.find("100000"), std::string::npos) << mistake.what;
}

}  // namespace
}  // namespace vedette::yaml
