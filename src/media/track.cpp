// SPDX-License-Identifier: Apache-2.0
#include "media/track.h"

#include "base/assert.h"

namespace vedette::media {

std::string_view to_string(StreamKind kind) { return kind == StreamKind::kMain ? "main" : "sub"; }

std::string_view to_string(Codec codec) {
  switch (codec) {
    case Codec::kH264:
      return "h264";
    case Codec::kH265:
      return "h265";
    case Codec::kAac:
      return "aac";
    case Codec::kOpus:
      return "opus";
    case Codec::kPcmu:
      return "pcmu";
    case Codec::kPcma:
      return "pcma";
  }
  VEDETTE_ASSERT(false);
}

}  // namespace vedette::media
