// SPDX-License-Identifier: Apache-2.0
#include "vision/annex_b.h"

namespace vedette::vision {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

/// Offset of the next 00 00 01 at or after `from`.
size_t find_start_code(ByteSpan stream, size_t from) {
  for (size_t i = from; i + 3 <= stream.size(); ++i)
    if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) return i;
  return kNone;
}

int nal_type(media::Codec codec, ByteSpan nal) {
  return codec == media::Codec::kH264 ? nal[0] & 0x1f : nal[0] >> 1 & 0x3f;
}

bool is_delimiter(media::Codec codec, ByteSpan nal) {
  return nal_type(codec, nal) == (codec == media::Codec::kH264 ? 9 : 35);
}

}  // namespace

std::vector<ByteSpan> split_annex_b(ByteSpan stream) {
  std::vector<ByteSpan> nals;
  size_t at = find_start_code(stream, 0);
  while (at != kNone) {
    const size_t begin = at + 3;
    at = find_start_code(stream, begin);
    size_t end = at == kNone ? stream.size() : at;
    while (end > begin && stream[end - 1] == 0) --end;
    if (end > begin) nals.push_back(stream.subspan(begin, end - begin));
  }
  return nals;
}

bool is_parameter_set(media::Codec codec, ByteSpan nal) {
  const int type = nal_type(codec, nal);
  if (codec == media::Codec::kH264) return type == 7 || type == 8;
  return type >= 32 && type <= 34;
}

Bytes to_length_prefixed(media::Codec codec, ByteSpan annex_b) {
  ByteWriter out;
  for (const ByteSpan nal : split_annex_b(annex_b)) {
    if (is_parameter_set(codec, nal) || is_delimiter(codec, nal)) continue;
    out.u32(nal.size());
    out.bytes(nal);
  }
  return out.take();
}

}  // namespace vedette::vision
