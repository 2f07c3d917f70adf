// SPDX-License-Identifier: Apache-2.0
// Any text is a message or an error; any header that decodes is the one that encodes to it.
#include <algorithm>

#include "api/live_protocol.h"
#include "base/assert.h"

namespace live = vedette::api::live;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const vedette::ByteSpan bytes(data, size);
  if (const auto header = live::decode(bytes)) {
    const vedette::Bytes again = live::encode(*header);
    VEDETTE_ASSERT(again.size() == live::kHeaderBytes);
    VEDETTE_ASSERT(std::equal(again.begin(), again.end(), bytes.begin()));
  }
  const auto message = live::parse_message(vedette::as_text(bytes));
  if (message) {
    if (const auto* subscribe = std::get_if<live::Subscribe>(&*message)) {
      VEDETTE_ASSERT(subscribe->sub != 0 && !subscribe->camera.empty());
    }
  } else {
    VEDETTE_ASSERT(!message.error().what.empty());
  }
  return 0;
}
