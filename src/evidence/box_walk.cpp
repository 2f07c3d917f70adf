// SPDX-License-Identifier: Apache-2.0
#include "evidence/box_walk.h"

#include <algorithm>
#include <array>

#include "evidence/box_fields.h"
#include "mp4/limits.h"

namespace vedette::evidence {
namespace {

constexpr size_t kHeadBytes = kKindOffset + 1;

/// 'uuid' and the user type, which stand 4 bytes into the box.
constexpr std::array<uint8_t, 20> kMark = [] {
  std::array<uint8_t, 20> mark = {'u', 'u', 'i', 'd'};
  std::copy(kRecordUserType.begin(), kRecordUserType.end(), mark.begin() + 4);
  return mark;
}();

}  // namespace

std::optional<ByteSpan> box_at(ByteSpan bytes, size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < kHeadBytes) return std::nullopt;
  const ByteSpan rest = bytes.subspan(offset);
  if (!std::equal(kMark.begin(), kMark.end(), rest.begin() + 4)) return std::nullopt;
  ByteReader in(rest);
  const uint32_t size = in.u32();
  if (size < kHeadBytes || size > mp4::kMaxUuidBytes || size > rest.size()) return std::nullopt;
  return rest.first(size);
}

std::optional<size_t> find_box(ByteSpan bytes, size_t from) {
  if (from >= bytes.size()) return std::nullopt;
  for (auto at = bytes.begin() + static_cast<ptrdiff_t>(from);;) {
    at = std::search(at, bytes.end(), kMark.begin(), kMark.end());
    if (at == bytes.end()) return std::nullopt;
    const auto offset = static_cast<size_t>(at - bytes.begin());
    if (offset >= from + 4) return offset - 4;
    ++at;
  }
}

uint8_t kind_of(ByteSpan box) { return box[kKindOffset]; }

}  // namespace vedette::evidence
