// SPDX-License-Identifier: Apache-2.0
#include "onvif/xml.h"

#include <algorithm>
#include <charconv>

namespace vedette::onvif {
namespace {

/// The length of the well-formed UTF-8 sequence at the front, 0 when there is none (RFC 3629 §4).
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const unsigned char second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return length;
}

std::string clean(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (out.size() + std::max<size_t>(length, 1) > kMaxTextBytes) break;
    if (length == 0) {
      out.push_back('?');
      text.remove_prefix(1);
      continue;
    }
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x20 || first == 0x7f)
      out.push_back(' ');
    else
      out.append(text.substr(0, length));
    text.remove_prefix(length);
  }
  const size_t begin = out.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return out.substr(begin, out.find_last_not_of(' ') - begin + 1);
}

/// Counts every node and its depth, without recursion.
struct Census final : pugi::xml_tree_walker {
  bool for_each(pugi::xml_node&) override {
    return ++nodes <= kMaxXmlNodes && static_cast<size_t>(depth()) < kMaxXmlDepth;
  }
  size_t nodes = 0;
};

}  // namespace

Result<void> parse_xml(std::string_view text, pugi::xml_document& into) {
  if (text.size() > kMaxXmlBytes)
    return make_error(ErrorCode::kResourceExhausted, "the XML is longer than 512 KiB");
  // SOAP forbids document types (SOAP 1.2 part 1 §5); refused before anything reads them.
  if (text.find("<!DOCTYPE") != std::string_view::npos ||
      text.find("<!ENTITY") != std::string_view::npos)
    return make_error(ErrorCode::kDataLoss, "the XML has a document type, which SOAP forbids");
  const auto parsed = into.load_buffer(text.data(), text.size(), pugi::parse_default);
  if (!parsed)
    return make_error(ErrorCode::kDataLoss, "no XML at byte " + std::to_string(parsed.offset) +
                                                ": " + parsed.description());
  Census census;
  if (!into.traverse(census))
    return make_error(ErrorCode::kResourceExhausted, "the XML is nested or branched too far");
  return ok();
}

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  return node.find_child(
      [&](const pugi::xml_node& candidate) { return local_name(candidate) == name; });
}

pugi::xml_node descend(pugi::xml_node node, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) node = child(node, name);
  return node;
}

std::string text_of(const pugi::xml_node& node) { return clean(node.child_value()); }

int number_of(const pugi::xml_node& node, int max) {
  const std::string text = text_of(node);
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = code == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 && value <= max ? value : 0;
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out.push_back(c);
    }
  }
  return out;
}

}  // namespace vedette::onvif
