// SPDX-License-Identifier: Apache-2.0
// What a verifier says: the classes of docs/design/format.md §"Verifying". Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "evidence/hash.h"
#include "evidence/signer.h"

namespace vedette::evidence {

enum class FaultClass : uint8_t {
  kAltered,
  kRemoved,
  kReordered,
  kDuplicated,
  kTruncated,
  kSpliced,
  kWrongKey,
  kRolledBack,
  kUnknownBytes,
  kUnsigned
};
/// snake_case: "rolled_back".
[[nodiscard]] std::string_view to_string(FaultClass fault);

struct Finding {
  FaultClass fault = FaultClass::kAltered;
  std::string path;                  ///< of a file of a volume, or of an entry of a bundle
  std::optional<uint64_t> offset;    ///< in it
  std::string detail;                ///< one line for a person
  std::optional<uint64_t> sequence;  ///< of the record or entry
  std::optional<WallTime> utc;       ///< when what it is about was recorded
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// The end of a file as a crash leaves it: never reported as recorded, and nobody vouches for it.
struct TornEnd {
  std::string path;
  uint64_t offset = 0;
  uint64_t bytes = 0;
  friend bool operator==(const TornEnd&, const TornEnd&) = default;
};

/// Grows while something is verified. Confined to its verifier.
struct Verification {
  /// The public key asked for, or its fingerprint; without one any key will do, if it is one.
  std::optional<Hash> wanted_key;

  std::vector<Finding> findings;
  uint64_t records = 0;  ///< of fragments
  uint64_t checkpoints = 0;
  uint64_t not_signed_yet = 0;  ///< records and entries behind the last checkpoint
  std::vector<PublicKey> keys;  ///< that signed something, each once

  uint64_t files = 0;
  uint64_t bytes = 0;
  std::vector<TornEnd> torn;       ///< no faults: what crashes leave
  std::vector<std::string> notes;  ///< what a person should know and is no fault

  std::string path;  ///< of what is being looked at: stands in the findings

  [[nodiscard]] bool intact() const { return findings.empty(); }
  [[nodiscard]] bool has(FaultClass fault) const;
  void add(FaultClass fault, std::string detail, std::optional<uint64_t> offset = std::nullopt);
  void add(Finding finding);  ///< its path is set here
  void add_torn(uint64_t offset, uint64_t count) { torn.push_back({path, offset, count}); }
  /// The key of a signature: is it the one asked for, and that of the rest?
  void check_key(const PublicKey& key, std::optional<uint64_t> offset = std::nullopt);
};

/// 64 hex digits, with or without "ed25519 " before them: a public key or a fingerprint.
[[nodiscard]] Result<Hash> parse_wanted_key(std::string_view text);

}  // namespace vedette::evidence
