// SPDX-License-Identifier: Apache-2.0
// A YAML document that a person wrote, as a tree of values that know where they stand. Only what a
// settings file needs: mappings, lists and text. Anchors, aliases and tags are refused, so nothing
// in a small file can become large. Pure; values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vedette::yaml {

inline constexpr size_t kMaxBytes = size_t{1} << 20;
inline constexpr size_t kMaxNodes = 100'000;
inline constexpr size_t kMaxDepth = 8;

struct Place {
  int line = 1;    ///< from 1
  int column = 1;  ///< from 1, in bytes
  friend bool operator==(const Place&, const Place&) = default;
};

enum class Kind { kNothing, kText, kList, kMapping };
/// As a person calls it: "nothing", "text", "a list", "a mapping".
[[nodiscard]] std::string_view to_string(Kind kind);

/// YAML's guesses at types are not made: `12`, `no` and `"12"` are text, and only an empty value,
/// `~` and `null` are nothing.
struct Node {
  struct Entry;
  Kind kind = Kind::kNothing;
  Place place;
  std::string text;            ///< of kText
  std::vector<Node> items;     ///< of kList
  std::vector<Entry> entries;  ///< of kMapping, in the order of the file; keys may repeat
};

struct Node::Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

/// What is wrong and what would be right, for a person.
struct Mistake {
  Place place;
  std::string what;
};

/// Exactly one document. On failure `mistake` says what and where.
[[nodiscard]] bool parse(std::string_view text, Node& root, Mistake& mistake);

}  // namespace vedette::yaml
