// SPDX-License-Identifier: Apache-2.0
// What a volume's ledger says, one entry per happening: files that came and went, what was not
// recorded, what must be kept, when the service ran. docs/design/format.md §"The ledger" is the
// grammar. Pure functions, callable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "evidence/hash.h"
#include "evidence/record.h"
#include "evidence/signer.h"

namespace vedette::evidence {

inline constexpr size_t kMaxCauseBytes = 64;
inline constexpr size_t kMaxDetailBytes = 1024;
inline constexpr size_t kMaxEntryBytes =
    168 + kMaxSiteBytes + kMaxCameraBytes + kMaxCauseBytes + kMaxDetailBytes;

/// What the ledger remembers of a recording file.
struct FileFacts {
  std::string run;              ///< 16 lower-case hex digits
  uint32_t number = 0;          ///< of the file in its run
  uint32_t first_sequence = 0;  ///< of its first fragment
  uint32_t count = 0;           ///< fragments
  uint64_t bytes = 0;
  WallTime start;
  WallTime end;
  Hash head{};  ///< record_hash() of its last record; zeros when not known
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

struct GapEntry {
  enum class Event : uint8_t { kOpened = 1, kClosed = 2 };
  Event event = Event::kOpened;
  uint64_t id = 0;
  WallTime start;
  WallTime end;  ///< 0 when opened
  WallTime first_seen;
  friend bool operator==(const GapEntry&, const GapEntry&) = default;
};

/// On the medium before the file is unlinked.
struct DeletionEntry {
  FileFacts file;
  friend bool operator==(const DeletionEntry&, const DeletionEntry&) = default;
};

struct HoldEntry {
  enum class Event : uint8_t { kPlaced = 1, kLifted = 2 };
  Event event = Event::kPlaced;
  uint64_t id = 0;
  WallTime from;
  WallTime to;
  friend bool operator==(const HoldEntry&, const HoldEntry&) = default;
};

struct FileEntry {
  enum class Event : uint8_t {
    kOpened = 1,     ///< head: of the record before its first one
    kClosed = 2,     ///< as it should be
    kRecovered = 3,  ///< closed after a crash, with what was whole
    kGivenUp = 4,    ///< a write or sync failed: only what the facts say is believed
    kLost = 5        ///< nothing in it could be kept
  };
  Event event = Event::kOpened;
  FileFacts file;
  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};

struct ServiceEntry {
  enum class Event : uint8_t { kStarted = 1, kStopped = 2 };
  Event event = Event::kStarted;
  PublicKey key{};  ///< that it signs with; zeros without one
  friend bool operator==(const ServiceEntry&, const ServiceEntry&) = default;
};

/// Somebody made a copy of a stretch of a camera's recording. Cause: who the server took the caller
/// for. Detail: what was made, and who that is, as the caller said.
struct ExportEntry {
  enum class Event : uint8_t { kMade = 1 };
  WallTime from;
  WallTime to;
  friend bool operator==(const ExportEntry&, const ExportEntry&) = default;
};

struct LedgerEntry {
  std::string site;
  std::string volume;  ///< 16 lower-case hex digits
  std::string camera;  ///< empty where it is not about one camera
  StreamKind stream = StreamKind::kMain;
  uint64_t sequence = 0;  ///< counts the entries of the ledger from 0
  WallTime written;
  Hash previous{};  ///< record_hash() of the entry before; zeros for sequence 0
  std::variant<GapEntry, DeletionEntry, HoldEntry, FileEntry, ServiceEntry, ExportEntry> what;
  std::string cause;   ///< a word of [a-z0-9_-]: of a gap, a deletion; who held, exported
  std::string detail;  ///< a line for a person; of a file the path below the volume
  HashAlgorithm algorithm = HashAlgorithm::kSha256;

  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;
};

/// The bytes of a box of this kind without its texts; nullopt: no entry of a ledger.
[[nodiscard]] std::optional<size_t> entry_fixed_bytes(uint8_t kind);

/// The whole uuid box, at most kMaxEntryBytes. invalid_argument for what decode_entry() refuses.
[[nodiscard]] Result<Bytes> encode(const LedgerEntry& entry);

/// `box`: exactly the uuid box. Accepts only what encode() writes: unsupported for another version,
/// kind or algorithm, data_loss for anything else.
[[nodiscard]] Result<LedgerEntry> decode_entry(ByteSpan box);

/// Cause and detail made fit for an entry: other characters replaced, too long ones cut.
[[nodiscard]] std::string as_cause(std::string_view text);
[[nodiscard]] std::string as_detail(std::string_view text);

}  // namespace vedette::evidence
