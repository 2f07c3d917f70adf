// SPDX-License-Identifier: Apache-2.0
// What an error of a session means for the one who looks at the camera. Pure.
#pragma once

#include "base/result.h"
#include "stream/sink.h"

namespace vedette::ingest {

[[nodiscard]] stream::BreakCause cause_of(ErrorCode code);

/// Whether a person has to act before another try can succeed.
[[nodiscard]] bool needs_a_person(ErrorCode code);

}  // namespace vedette::ingest
