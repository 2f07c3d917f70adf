// SPDX-License-Identifier: Apache-2.0
// Who may do what. Every HTTP route, WebSocket message and command declares a Policy where it is
// defined; the types below make one without it impossible to write. Until accounts exist the only
// principal with rights is the local owner on loopback or the control socket. Immutable values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette::auth {

enum class Operation : uint8_t {
  kProbe,             ///< is the process there; the only one without authentication
  kLoadPage,          ///< the UI's own files
  kReadStatus,        ///< health of server, disks and streams
  kReadCameras,       ///< configuration without passwords, and state
  kConfigureCameras,  ///< add, change, remove
  kConfigureVolumes,  ///< where is recorded to, and how much of each disk may be taken
  kWatchLive,
  kWatchRecorded,  ///< recordings, and when there are any
  kExport,         ///< recordings as files to take away
  kReadLedger,
  kCheckArchive,    ///< fsck, and rebuilding the catalog
  kHoldRecordings,  ///< keep from deletion, and let go again
  kArrangeLayouts,  ///< which pictures stand where
  kRunServer,       ///< the commands that start a process; no route has it
};
/// snake_case: "watch_live".
[[nodiscard]] std::string_view to_string(Operation operation);

/// What the operation is done to: rights are given per camera.
enum class ObjectKind : uint8_t { kServer, kCamera };
[[nodiscard]] std::string_view to_string(ObjectKind object);

/// Whether pictures of people can come back, and then in which form.
enum class PictureUse : uint8_t { kNone, kAsRequested };
/// "none", "requested".
[[nodiscard]] std::string_view to_string(PictureUse use);

enum class Rendition : uint8_t { kClear, kRedacted };
[[nodiscard]] std::string_view to_string(Rendition rendition);

/// No default, no partial construction: forgetting one of the three is a compile error.
class Policy {
 public:
  constexpr Policy(Operation operation, ObjectKind object, PictureUse pictures)
      : operation_(operation), object_(object), pictures_(pictures) {}

  [[nodiscard]] constexpr Operation operation() const { return operation_; }
  [[nodiscard]] constexpr ObjectKind object() const { return object_; }
  [[nodiscard]] constexpr PictureUse pictures() const { return pictures_; }
  friend bool operator==(const Policy&, const Policy&) = default;

 private:
  Operation operation_;
  ObjectKind object_;
  PictureUse pictures_;
};

enum class PrincipalKind : uint8_t { kNobody, kLocalOwner };

struct Principal {
  PrincipalKind kind = PrincipalKind::kNobody;
};

/// The words of `rendition=` when present, else what the principal sees by default. kUnsupported
/// for a rendition that cannot be made yet; kInvalidArgument for an unknown word.
[[nodiscard]] Result<Rendition> choose_rendition(const Principal& principal,
                                                 std::optional<std::string_view> wanted);

/// One line for a person on refusal: kUnauthenticated, kPermissionDenied.
[[nodiscard]] Result<void> authorize(const Principal& principal, const Policy& policy);

}  // namespace vedette::auth
