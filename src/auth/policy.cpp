// SPDX-License-Identifier: Apache-2.0
#include "auth/policy.h"

#include "base/assert.h"

namespace vedette::auth {

std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::kProbe:
      return "probe";
    case Operation::kLoadPage:
      return "load_page";
    case Operation::kReadStatus:
      return "read_status";
    case Operation::kReadCameras:
      return "read_cameras";
    case Operation::kConfigureCameras:
      return "configure_cameras";
    case Operation::kConfigureVolumes:
      return "configure_volumes";
    case Operation::kWatchLive:
      return "watch_live";
    case Operation::kWatchRecorded:
      return "watch_recorded";
    case Operation::kExport:
      return "export";
    case Operation::kReadLedger:
      return "read_ledger";
    case Operation::kCheckArchive:
      return "check_archive";
    case Operation::kHoldRecordings:
      return "hold_recordings";
    case Operation::kArrangeLayouts:
      return "arrange_layouts";
    case Operation::kRunServer:
      return "run_server";
  }
  VEDETTE_ASSERT(false);
}

std::string_view to_string(ObjectKind object) {
  return object == ObjectKind::kServer ? "server" : "camera";
}

std::string_view to_string(PictureUse use) {
  return use == PictureUse::kNone ? "none" : "requested";
}

std::string_view to_string(Rendition rendition) {
  return rendition == Rendition::kClear ? "clear" : "redacted";
}

Result<Rendition> choose_rendition(const Principal& principal,
                                   std::optional<std::string_view> wanted) {
  if (!wanted || *wanted == "clear") {
    if (principal.kind == PrincipalKind::kLocalOwner) return Rendition::kClear;
    return make_error(ErrorCode::kPermissionDenied, "you may not see pictures in clear");
  }
  if (*wanted == "redacted") {
    return make_error(ErrorCode::kUnsupported,
                      "redacted pictures cannot be made yet, and clear ones are not sent in their "
                      "place; ask for rendition=clear");
  }
  return make_error(ErrorCode::kInvalidArgument, "rendition is clear or redacted");
}

Result<void> authorize(const Principal& principal, const Policy& policy) {
  if (principal.kind == PrincipalKind::kLocalOwner) return ok();
  if (policy.operation() == Operation::kProbe) return ok();
  return make_error(ErrorCode::kUnauthenticated, "sign in first");
}

}  // namespace vedette::auth
