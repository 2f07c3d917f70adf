// SPDX-License-Identifier: Apache-2.0
#include "media/nal.h"

#include <cstring>

#include "base/assert.h"

namespace vedette::media {

size_t nal_header_size(Codec codec) {
  VEDETTE_ASSERT(is_video(codec));
  return codec == Codec::kH264 ? 1 : 2;
}

std::optional<ByteSpan> NalReader::next() {
  if (rest_.empty() || !ok_) return std::nullopt;
  ByteReader reader(rest_);
  const uint32_t size = reader.u32();
  const ByteSpan nal = reader.bytes(size);
  if (!reader.ok()) {
    ok_ = false;
    return std::nullopt;
  }
  rest_ = reader.rest();
  return nal;
}

bool is_length_prefixed(ByteSpan data) {
  NalReader reader(data);
  while (const auto nal = reader.next()) {
    if (nal->empty()) return false;
  }
  return reader.ok();
}

size_t find_start_code(ByteSpan data, size_t from) {
  // Looks for the 01 of 00 00 01: rarer than zeros, and memchr runs at memory speed.
  size_t at = from + 2;
  while (at < data.size()) {
    const void* hit = std::memchr(data.data() + at, 1, data.size() - at);
    if (hit == nullptr) return data.size();
    at = static_cast<size_t>(static_cast<const uint8_t*>(hit) - data.data());
    if (data[at - 1] == 0 && data[at - 2] == 0) return at - 2;
    ++at;
  }
  return data.size();
}

std::vector<ByteSpan> split_annex_b(ByteSpan data) {
  std::vector<ByteSpan> nals;
  size_t start = 0;
  while (start < data.size()) {
    const size_t code = find_start_code(data, start);
    size_t end = code;
    while (end > start && data[end - 1] == 0) --end;
    if (end > start) nals.push_back(data.subspan(start, end - start));
    start = code + 3;
  }
  return nals;
}

void append_nal(Bytes& out, ByteSpan nal) {
  const auto size = static_cast<uint32_t>(nal.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(size >> shift));
  out.insert(out.end(), nal.begin(), nal.end());
}

}  // namespace vedette::media
