// SPDX-License-Identifier: Apache-2.0
#include "media/bit_reader.h"

#include <bit>

#include "base/assert.h"

namespace vedette::media {

BitReader::BitReader(ByteSpan bytes, Escaping escaping)
    : bytes_(bytes), escaped_(escaping == Escaping::kEmulationPrevention) {}

bool BitReader::next_byte() {
  if (escaped_ && zeros_ >= 2 && next_ < bytes_.size() && bytes_[next_] == 3) {
    ++next_;
    zeros_ = 0;
  }
  if (!ok_ || next_ >= bytes_.size()) return ok_ = false;
  current_ = bytes_[next_++];
  zeros_ = current_ == 0 ? zeros_ + 1 : 0;
  left_ = 8;
  return true;
}

uint32_t BitReader::bits(int count) {
  VEDETTE_ASSERT(count >= 0 && count <= 32);
  uint64_t value = 0;
  while (count > 0) {
    if (left_ == 0 && !next_byte()) return 0;
    const int take = count < left_ ? count : left_;
    value = value << take | ((current_ >> (left_ - take)) & ((1U << take) - 1));
    left_ -= take;
    count -= take;
  }
  return static_cast<uint32_t>(value);
}

void BitReader::skip(int count) {
  for (; count > 32; count -= 32) bits(32);
  bits(count);
}

uint32_t BitReader::ue() {
  int zeros = 0;
  while (!flag()) {
    if (!ok_ || ++zeros > 32) {
      ok_ = false;
      return 0;
    }
  }
  if (zeros == 32) {  // only 2^32 - 1 itself would fit; no syntax element allows it
    ok_ = false;
    return 0;
  }
  const uint32_t suffix = bits(zeros);
  return ok_ ? (1U << zeros) - 1 + suffix : 0;
}

int32_t BitReader::se() {
  const uint32_t code = ue();
  const auto magnitude = static_cast<int32_t>(code / 2 + code % 2);
  return code % 2 != 0 ? magnitude : -magnitude;
}

bool BitReader::more_rbsp_data() const {
  if (!ok_) return false;
  size_t last = bytes_.size();
  while (last > next_ && bytes_[last - 1] == 0) --last;
  if (last > next_) {
    // A lone 1000 0000 is the stop bit of a payload that ended on a byte boundary.
    return left_ > 0 || last - next_ > 1 || bytes_[next_] != 0x80;
  }
  const uint32_t rest = current_ & ((1U << left_) - 1);
  return rest != 0 && !std::has_single_bit(rest);
}

}  // namespace vedette::media
