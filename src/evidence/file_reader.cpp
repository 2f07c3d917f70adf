// SPDX-License-Identifier: Apache-2.0
#include "evidence/file_reader.h"

#include <algorithm>

#include "evidence/box_walk.h"
#include "evidence/torn_end.h"

namespace vedette::evidence {
namespace {

constexpr size_t kChunk = size_t{1} << 16;
static_assert(kChunk % kSectorBytes == 0);

}  // namespace

Bytes FileReader::at(uint64_t offset, size_t count) const {
  if (offset >= size()) return {};
  Bytes bytes(static_cast<size_t>(std::min<uint64_t>(count, size() - offset)));
  const auto got = source_.read_at(offset, bytes);
  bytes.resize(got ? *got : 0);
  return bytes;
}

Hash FileReader::hash(uint64_t offset, uint64_t count) {
  while (count > 0) {
    const Bytes part = at(offset, static_cast<size_t>(std::min<uint64_t>(count, kChunk)));
    if (part.empty()) break;
    sha_.update(part);
    offset += part.size();
    count -= part.size();
  }
  return sha_.finish();
}

bool FileReader::zeros(uint64_t offset, uint64_t end) const {
  while (offset < end) {
    const Bytes part = at(offset, static_cast<size_t>(std::min<uint64_t>(end - offset, kChunk)));
    if (part.empty() || std::any_of(part.begin(), part.end(), [](uint8_t b) { return b != 0; }))
      return false;
    offset += part.size();
  }
  return true;
}

bool FileReader::has_lost_sector(uint64_t offset, uint64_t end) const {
  end = std::min(end, size());
  while (offset < end) {
    // Whole sectors at a time, so that no piece is cut in two.
    const uint64_t next = std::min(end, (offset / kChunk + 1) * kChunk);
    const Bytes part = at(offset, static_cast<size_t>(next - offset));
    if (part.empty()) return false;
    if (evidence::has_lost_sector(part, offset)) return true;
    offset = next;
  }
  return false;
}

std::optional<uint64_t> FileReader::next_good(uint64_t offset) const {
  while (offset < size()) {
    const Bytes part = at(offset, kChunk + kHeadBytes);
    for (auto found = find_box(part, 0); found; found = find_box(part, *found + 1)) {
      if (*found >= kChunk) break;
      const auto box = box_at(part, *found);
      if (box && (decode(*box) || decode_checkpoint(*box))) return offset + *found;
    }
    if (part.size() < kChunk) break;
    offset += kChunk;
  }
  return std::nullopt;
}

bool FileReader::has_signed(uint64_t offset) const {
  for (auto found = next_good(offset); found; found = next_good(*found + 1)) {
    const Bytes head = at(*found, kHeadBytes);
    const auto box = box_at(head, 0);
    if (box && decode_checkpoint(*box) && signature_is_right(*box)) return true;
  }
  return false;
}

}  // namespace vedette::evidence
