// SPDX-License-Identifier: Apache-2.0
// A person changes the codec of a camera, and the camera sends the new one in the session that it
// had described as the old one, some with the payload type unchanged. Read as what was described it
// would be garbage with now and then a picture in it. The parameter sets give it away: each codec
// gives the other's a type that is reserved or that no camera sends, and they must parse besides.
#pragma once

#include "base/bytes.h"
#include "media/track.h"

namespace vedette::rtp {

/// Whether this RTP payload of a track described as `described` (H.264 or H.265) holds a sequence
/// parameter set of the other one, by itself or in an aggregate. A few comparisons for every other
/// payload.
[[nodiscard]] bool holds_other_codec(media::Codec described, ByteSpan payload);

}  // namespace vedette::rtp
