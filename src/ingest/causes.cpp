// SPDX-License-Identifier: Apache-2.0
#include "ingest/causes.h"

namespace vedette::ingest {

using stream::BreakCause;

BreakCause cause_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
      return BreakCause::kUnauthenticated;
    case ErrorCode::kFailedPrecondition:
      return BreakCause::kNotACamera;
    case ErrorCode::kUnsupported:
      return BreakCause::kUnsupported;
    case ErrorCode::kTimeout:
      return BreakCause::kStalled;
    case ErrorCode::kDataLoss:
    case ErrorCode::kResourceExhausted:
      return BreakCause::kBadStream;
    case ErrorCode::kNotFound:
      return BreakCause::kUnreachable;
    default:
      return BreakCause::kClosedByCamera;
  }
}

bool needs_a_person(ErrorCode code) {
  return code == ErrorCode::kUnauthenticated || code == ErrorCode::kPermissionDenied ||
         code == ErrorCode::kFailedPrecondition || code == ErrorCode::kUnsupported ||
         code == ErrorCode::kNotFound;
}

}  // namespace vedette::ingest
