// SPDX-License-Identifier: Apache-2.0
#include "mp4/box.h"

#include <fmt/core.h>

#include "mp4/limits.h"

namespace vedette::mp4 {
namespace {

constexpr uint32_t kSizeToEnd = 0;
constexpr uint32_t kSize64 = 1;

Error header_error(uint64_t offset, const std::string& what) {
  return make_error(ErrorCode::kDataLoss, fmt::format("{} at offset {}", what, offset));
}

}  // namespace

std::string to_string(FourCc type) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const auto c = static_cast<uint8_t>(type >> shift);
    if (c >= 0x20 && c < 0x7F) {
      text += static_cast<char>(c);
    } else {
      text += fmt::format("\\x{:02x}", c);
    }
  }
  return text;
}

Result<BoxHeader> parse_box_header(ByteSpan head, uint64_t offset, uint64_t available) {
  ByteReader in(head);
  BoxHeader box;
  box.offset = offset;
  const uint32_t size32 = in.u32();
  box.type = in.u32();
  box.size = size32 == kSize64 ? in.u64() : size32 == kSizeToEnd ? available : size32;
  if (box.type == fourcc("uuid")) {
    const ByteSpan user_type = in.bytes(box.user_type.size());
    std::copy(user_type.begin(), user_type.end(), box.user_type.begin());
  }
  if (!in.ok()) return header_error(offset, "box header is cut off");
  box.header_size = static_cast<uint32_t>(in.offset());
  if (box.size < box.header_size)
    return header_error(offset, "box '" + to_string(box.type) + "' is smaller than its header");
  if (box.size > available)
    return header_error(offset, "box '" + to_string(box.type) + "' reaches past the end");
  return box;
}

Result<BoxHeader> read_box_header(const ByteSource& source, uint64_t offset, uint64_t end) {
  if (offset > end) return header_error(offset, "box begins past the end");
  std::array<uint8_t, kLongestBoxHeader> head{};
  const uint64_t available = end - offset;
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(head.size(), available));
  VEDETTE_ASSIGN(const size_t got, source.read_at(offset, std::span(head).first(wanted)));
  return parse_box_header(ByteSpan(head).first(got), offset, available);
}

Result<BoxHeader> read_box_header(ByteSpan bytes, uint64_t offset) {
  return read_box_header(MemorySource(bytes), offset, bytes.size());
}

Result<Bytes> read_exactly(const ByteSource& source, uint64_t offset, size_t count) {
  Bytes bytes(count);
  size_t done = 0;
  while (done < count) {
    VEDETTE_ASSIGN(const size_t got, source.read_at(offset + done, std::span(bytes).subspan(done)));
    if (got == 0) return header_error(offset + done, "the file ends early");
    done += got;
  }
  return bytes;
}

}  // namespace vedette::mp4
