// SPDX-License-Identifier: Apache-2.0
// The parts of an export bundle that no other file has: its manifest, and the box that stands for
// records which are not shown. docs/design/bundle.md is the grammar. Pure functions, callable from
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/hash.h"
#include "evidence/record.h"
#include "evidence/signer.h"

namespace vedette::evidence {

inline constexpr uint8_t kKindOmitted = 8;
inline constexpr size_t kOmittedFixedBytes = 52;
inline constexpr size_t kMaxOmitted = 1000;  ///< hashes in one box
inline constexpr size_t kMaxManifestBytes = size_t{16} << 20;

inline constexpr const char* kManifestName = "manifest.txt";
inline constexpr const char* kManifestSignatureName = "manifest.sig";
inline constexpr const char* kPublicKeyName = "site.pub";
inline constexpr const char* kReportName = "report.txt";

struct BundleFile {
  std::string name;
  uint64_t size = 0;
  Hash hash{};
  friend bool operator==(const BundleFile&, const BundleFile&) = default;
};

struct Manifest {
  std::string site;
  std::string camera;
  std::string name;  ///< of the camera; may be empty
  StreamKind stream = StreamKind::kMain;
  WallTime from;  ///< as asked for
  WallTime to;
  WallTime exported;
  std::string by;             ///< principal
  std::string operator_name;  ///< may be empty
  std::string program;
  PublicKey key{};
  std::vector<BundleFile> files;  ///< all entries but the manifest and its signature, in order
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// The text that is signed. invalid_argument for what parse_manifest() refuses.
[[nodiscard]] Result<std::string> encode(const Manifest& manifest);
/// Accepts only what encode() writes; data_loss names the line.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

/// "ed25519 <64 hex digits>": a public key as it stands in files.
[[nodiscard]] std::string key_line(const PublicKey& key);
[[nodiscard]] Result<PublicKey> parse_key_line(std::string_view line);

/// Records, or entries of a ledger, of which only the hashes are shown.
struct Omitted {
  std::string run;  ///< 16 lower-case hex digits; in a ledger the id of the volume
  uint64_t first_sequence = 0;
  std::vector<Hash> hashes;  ///< 1 to kMaxOmitted
  friend bool operator==(const Omitted&, const Omitted&) = default;
};

[[nodiscard]] Result<Bytes> encode(const Omitted& omitted);
/// `box`: exactly the uuid box. Accepts only what encode() writes.
[[nodiscard]] Result<Omitted> decode_omitted(ByteSpan box);

}  // namespace vedette::evidence
