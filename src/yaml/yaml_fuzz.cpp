// SPDX-License-Identifier: Apache-2.0
// Any text gives a tree within its bounds, or a mistake that stands inside the text.
#include <algorithm>

#include "base/assert.h"
#include "base/bytes.h"
#include "yaml/document.h"

namespace {

using vedette::yaml::Kind;
using vedette::yaml::Node;

size_t check(const Node& node, size_t depth) {
  VEDETTE_ASSERT(depth <= vedette::yaml::kMaxDepth);
  VEDETTE_ASSERT(node.place.line >= 1 && node.place.column >= 1);
  VEDETTE_ASSERT(node.kind == Kind::kText || node.text.empty());
  VEDETTE_ASSERT(node.kind == Kind::kList || node.items.empty());
  VEDETTE_ASSERT(node.kind == Kind::kMapping || node.entries.empty());
  size_t count = 1;
  for (const Node& item : node.items) count += check(item, depth + 1);
  for (const Node::Entry& entry : node.entries) count += 1 + check(entry.value, depth + 1);
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = vedette::as_text({data, size});
  Node root;
  vedette::yaml::Mistake mistake;
  if (vedette::yaml::parse(text, root, mistake)) {
    VEDETTE_ASSERT(check(root, 0) <= vedette::yaml::kMaxNodes + 1);
  } else {
    VEDETTE_ASSERT(!mistake.what.empty());
    VEDETTE_ASSERT(mistake.place.line >= 1 && mistake.place.column >= 1);
  }
  return 0;
}
