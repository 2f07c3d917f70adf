// SPDX-License-Identifier: Apache-2.0
// Any Range header gives a range inside the body; any target decodes to a safe path or an error.
#include "base/assert.h"
#include "base/bytes.h"
#include "net/http_message.h"
#include "net/http_range.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = vedette::as_text({data, size});
  for (const uint64_t body : {uint64_t{0}, uint64_t{1}, uint64_t{1000}, UINT64_MAX}) {
    const auto range = vedette::net::parse_range(text, body);
    if (range.kind == vedette::net::RangeKind::kPart) {
      VEDETTE_ASSERT(range.length > 0 && range.offset < body);
      VEDETTE_ASSERT(range.length <= body - range.offset);
    }
  }
  if (const auto target = vedette::net::parse_target(text)) {
    VEDETTE_ASSERT(target->path.front() == '/');
    VEDETTE_ASSERT(target->path.find('\0') == std::string::npos);
    VEDETTE_ASSERT((target->path + "/").find("/../") == std::string::npos);
  }
  return 0;
}
