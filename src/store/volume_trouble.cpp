// SPDX-License-Identifier: Apache-2.0
#include "store/volume_trouble.h"

#include <array>

namespace vedette::store {
namespace {

/// What stands behind or before the path: both the sentence and the name are made from it.
struct Trouble {
  std::string_view name;
  ErrorCode code;
  std::string_view before;
  std::string_view after;
};

constexpr Trouble kMissing{"missing", ErrorCode::kUnavailable, "the volume ",
                           " is missing; mount its disk. Nothing is written there"};
constexpr Trouble kExchanged{"exchanged", ErrorCode::kFailedPrecondition, "",
                             " is not the volume that was here before; is the right disk mounted?"
                             " Nothing is written to it"};
constexpr Trouble kForeign{"foreign", ErrorCode::kFailedPrecondition, "",
                           " belongs to another site's recorder; use another folder"};
constexpr Trouble kInUse{"in_use", ErrorCode::kFailedPrecondition, "another recorder writes to ",
                         ", on this machine or on another one; stop it, or use another folder."
                         " Nothing is written there until it has ended"};
constexpr Trouble kHung{"hung", ErrorCode::kUnavailable, "the disk of ",
                        " does not answer; what comes waits in memory, or goes to another"
                        " volume if there is one. Look at its cable, network or power"};
constexpr Trouble kQuota{"quota", ErrorCode::kResourceExhausted, "the quota of ",
                         " is used up by what may not be deleted; lift a hold, or give it more"
                         " room"};
constexpr Trouble kCatalog{"catalog", ErrorCode::kFailedPrecondition, ": nothing is deleted on ",
                           ", and recording ends when it is full. Bring the right disk or"
                           " catalog.db back, or list anew what is there: vedette fsck --rebuild"};
constexpr std::array kTroubles{kMissing, kExchanged, kForeign, kInUse, kHung, kQuota, kCatalog};

Error say(const Trouble& trouble, const std::string& path) {
  return make_error(trouble.code, std::string(trouble.before) + path + std::string(trouble.after));
}

}  // namespace

Error missing_volume(const std::string& path) { return say(kMissing, path); }
Error other_volume(const std::string& path) { return say(kExchanged, path); }
Error foreign_volume(const std::string& path) { return say(kForeign, path); }
Error second_recorder(const std::string& path) { return say(kInUse, path); }
Error hung_disk(const std::string& path) { return say(kHung, path); }
Error used_up_quota(const std::string& path) { return say(kQuota, path); }

Error no_cleaning(const std::string& path, const std::string& why) {
  Error error = say(kCatalog, path);
  error.what.insert(0, why);
  return error;
}

std::string_view trouble_of(const Error& error) {
  for (const Trouble& trouble : kTroubles)
    if (error.code == trouble.code && error.what.find(trouble.after) != std::string::npos &&
        error.what.find(trouble.before) != std::string::npos)
      return trouble.name;
  switch (error.code) {
    case ErrorCode::kDataLoss:
      return "damaged";
    case ErrorCode::kResourceExhausted:
      return "full";
    case ErrorCode::kPermissionDenied:
      return "read_only";
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kFailedPrecondition:
    case ErrorCode::kUnavailable:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kCancelled:
    case ErrorCode::kTimeout:
    case ErrorCode::kUnsupported:
    case ErrorCode::kInternal:
      break;
  }
  return "failing";
}

}  // namespace vedette::store
