// SPDX-License-Identifier: Apache-2.0
// Any split of a byte stream into reads gives the same items, and every message that was parsed can
// be written and parsed again.
#include <algorithm>
#include <string>
#include <vector>

#include "rtsp/message.h"

namespace vedette::rtsp {
namespace {

using Item = MessageParser::Item;

Bytes serialise(MessageParser& parser, Item item) {
  Bytes out;
  if (item == Item::kRequest) append_request(out, parser.request());
  if (item == Item::kResponse) append_response(out, parser.response());
  if (item == Item::kFrame) append_interleaved(out, parser.frame().channel, parser.frame().payload);
  return out;
}

/// Items in serialised form, then one empty entry if the stream ended in an error.
std::vector<Bytes> split(ByteSpan stream, size_t resync, size_t chunk) {
  MessageParser parser(resync);
  std::vector<Bytes> items;
  while (!stream.empty()) {
    const size_t count = std::min(chunk, stream.size());
    parser.feed(stream.first(count));
    stream = stream.subspan(count);
    for (;;) {
      const auto item = parser.next();
      if (!item) {
        items.emplace_back();
        return items;
      }
      if (*item == Item::kNeedMore) break;
      items.push_back(serialise(parser, *item));
    }
    VEDETTE_ASSERT(parser.carried() <= kMaxMessageBytes + kInterleavedHeaderBytes + 1);
  }
  return items;
}

}  // namespace
}  // namespace vedette::rtsp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette::rtsp;
  if (size < 2) return 0;
  const size_t resync = data[0] % 4 == 0 ? 0 : 512;
  const size_t chunk = data[1] % 64 + size_t{1};
  const vedette::ByteSpan stream(data + 2, size - 2);
  const auto whole = split(stream, resync, stream.size() + 1);
  VEDETTE_ASSERT(whole == split(stream, resync, chunk));
  for (const vedette::Bytes& item : whole) {
    if (item.empty() || item.size() > kMaxMessageBytes) continue;
    const auto again = split(item, 0, item.size());
    VEDETTE_ASSERT(again.size() == 1 && again[0] == item);
  }
  return 0;
}
