// SPDX-License-Identifier: Apache-2.0
// XML of strangers within bounds, over pugixml: no document types, so no entities of their own, and
// a bounded size, depth and number of nodes. For .cpp files of this folder.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include "base/result.h"

namespace vedette::onvif {

inline constexpr size_t kMaxXmlBytes = size_t{512} << 10;
inline constexpr size_t kMaxXmlDepth = 32;
inline constexpr size_t kMaxXmlNodes = 20'000;
inline constexpr size_t kMaxTextBytes = 4096;

/// data_loss with the byte where it is no XML; resource_exhausted beyond a bound.
[[nodiscard]] Result<void> parse_xml(std::string_view text, pugi::xml_document& into);

/// The name without its prefix. Prefixes are each device's own choice, and what is read here has
/// names that are unambiguous where they stand, so that namespaces need not be resolved.
[[nodiscard]] std::string_view local_name(const pugi::xml_node& node);
/// The first child of that local name; a null node when there is none.
[[nodiscard]] pugi::xml_node child(const pugi::xml_node& node, std::string_view name);
/// child() of child() …; null as soon as one is missing.
[[nodiscard]] pugi::xml_node descend(pugi::xml_node node,
                                     std::initializer_list<std::string_view> names);
/// The node's text as one clean line of UTF-8, at most kMaxTextBytes; "" for a null node.
[[nodiscard]] std::string text_of(const pugi::xml_node& node);
/// A whole decimal number in [0, max]; 0 for anything else.
[[nodiscard]] int number_of(const pugi::xml_node& node, int max);
/// For element content and attribute values.
[[nodiscard]] std::string escape(std::string_view text);

}  // namespace vedette::onvif
