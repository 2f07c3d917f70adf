// SPDX-License-Identifier: Apache-2.0
#include "mp4/activity_box.h"

#include <algorithm>

#include "mp4/box.h"

namespace vedette::mp4 {

uint8_t read_activity(ByteSpan moof) {
  constexpr uint32_t kMfhdBytes = 16;
  ByteReader in(moof);
  const uint32_t moof_size = in.u32();
  if (in.u32() != fourcc("moof") || in.u32() != kMfhdBytes || in.u32() != fourcc("mfhd")) return 0;
  in.skip(kMfhdBytes - kBoxHeaderBytes);
  if (in.u32() != kActivityBoxBytes || in.u32() != fourcc("uuid")) return 0;
  const ByteSpan user_type = in.bytes(kActivityUserType.size());
  const uint8_t version = in.u8();
  const uint8_t activity = in.u8();
  const bool ours = in.ok() && moof_size >= kActivityReach && version == 1 &&
                    std::equal(user_type.begin(), user_type.end(), kActivityUserType.begin());
  return ours ? activity : uint8_t{0};
}

}  // namespace vedette::mp4
