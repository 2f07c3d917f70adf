// SPDX-License-Identifier: Apache-2.0
// Any split of a byte stream into reads gives the same message, within the bounds.
#include <algorithm>
#include <optional>

#include "onvif/http_message.h"

namespace vedette::onvif {
namespace {

std::optional<HttpMessage> read(ByteSpan stream, HttpReader::Side side, size_t chunk) {
  HttpReader reader(side);
  while (!stream.empty()) {
    const size_t count = std::min(chunk, stream.size());
    const auto complete = reader.feed(stream.first(count));
    stream = stream.subspan(count);
    if (!complete) return std::nullopt;
    if (*complete) return reader.message();
  }
  const auto complete = reader.on_closed();
  if (!complete) return std::nullopt;
  VEDETTE_ASSERT(*complete);
  return reader.message();
}

}  // namespace
}  // namespace vedette::onvif

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette::onvif;
  if (size < 2) return 0;
  const auto side = data[0] % 2 == 0 ? HttpReader::Side::kResponses : HttpReader::Side::kRequests;
  const vedette::ByteSpan stream(data + 2, size - 2);
  const auto whole = read(stream, side, stream.size() + 1);
  const auto cut = read(stream, side, data[1] % 32 + size_t{1});
  VEDETTE_ASSERT(whole.has_value() == cut.has_value());
  if (!whole) return 0;
  VEDETTE_ASSERT(whole->body.size() <= kMaxHttpBody && whole->body == cut->body);
  VEDETTE_ASSERT(whole->status == cut->status && whole->target == cut->target);
  return 0;
}
