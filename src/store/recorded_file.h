// SPDX-License-Identifier: Apache-2.0
// What a recording file says of itself: the index of its fragments, read from their records and box
// headers (docs/design/format.md), and what is wrong with it. Nothing is written. One read of 4 KiB
// per fragment, plus the fragment itself where its hash is asked for.
//
// A record is believed when its box decodes, it is of the file's run, and the moof and mdat headers
// behind it fill exactly the size it names. Behind anything else the next such record is searched,
// so that one bad fragment hides no good one. Pure but for the file; callable from any thread.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/record.h"
#include "fs/file_system.h"
#include "store/types.h"

namespace vedette::store {

enum class HashCheck : uint8_t {
  kNone,
  kTail,  ///< the last fragments of a file that was never closed: more than lies between two syncs
  kAll,
};

struct ReadSpec {
  uint64_t from = 0;  ///< a known boundary between fragments; 0: behind the head
  HashCheck hashes = HashCheck::kTail;
  bool stop_at_fault = false;  ///< recovery: what lies behind a tear was never committed
  bool samples = false;        ///< also hold each moof to its record and its mdat
  bool keep_records = false;
  std::stop_token stop;
};

enum class FileEnd : uint8_t {
  kWhole,       ///< the last fragment ends where the file does
  kUnwritten,   ///< zeros follow
  kTorn,        ///< a fragment follows that is not whole
  kDamaged,     ///< something follows that is no fragment
  kUnreadable,  ///< a read failed; nothing is known about the rest
  kCancelled,
};

enum class FaultKind : uint8_t { kDamaged, kAltered, kHole, kWrongSamples, kWrongIndex };
struct FileFault {
  FaultKind kind = FaultKind::kDamaged;
  uint64_t offset = 0;
  std::string what;  ///< one line for a person, without the offset
};

struct RecordedFile {
  std::vector<FragmentEntry> fragments;           ///< the good ones, by offset and sequence
  std::vector<evidence::FragmentRecord> records;  ///< of the same, with ReadSpec::keep_records
  evidence::FragmentRecord first;                 ///< record of fragments.front()
  std::vector<FileFault> faults;
  uint32_t init_size = 0;
  uint32_t timescale = 90000;
  uint64_t size = 0;
  uint64_t good_end = 0;  ///< behind the last good fragment, else where fragments begin
  uint64_t hashed_bytes = 0;
  FileEnd end = FileEnd::kWhole;
  bool closed = false;  ///< its index was written: it ended whole

  /// An end that a crash leaves behind: nothing of it was ever committed.
  [[nodiscard]] bool cut_off() const { return end == FileEnd::kTorn || end == FileEnd::kUnwritten; }
};

/// kDataLoss when there is no head to read tracks from; else what could be read.
[[nodiscard]] Result<RecordedFile> read_recorded(fs::FileSystem& files, const std::string& path,
                                                 const ReadSpec& spec);

/// The entry of a fragment whose record lies at `offset`.
[[nodiscard]] FragmentEntry entry_of(const evidence::FragmentRecord& record, uint64_t offset,
                                     uint32_t record_size, uint32_t moof_size);

}  // namespace vedette::store
