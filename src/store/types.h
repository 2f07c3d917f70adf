// SPDX-License-Identifier: Apache-2.0
// The values that cross the store's borders: where a fragment lies, what was recorded, what was
// not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "media/track.h"

namespace vedette::store {

using media::StreamKind;

/// A recording file. Immutable; shared by every FragmentRef into it.
struct FileRef {
  int64_t id = 0;  ///< within this catalog only; never leaves the process
  std::string camera;
  StreamKind kind = StreamKind::kMain;
  std::string run;         ///< hex, globally unique
  uint32_t seq = 0;        ///< of the file within its run, from 0
  std::string volume;      ///< id
  std::string root;        ///< folder of the volume at present
  std::string relative;    ///< path below the volume's folder
  int64_t start_us = 0;    ///< UTC of its first fragment
  uint32_t init_size = 0;  ///< ftyp + moov are bytes [0, init_size); the reserved free box follows
  uint32_t timescale = 90000;  ///< of the video track: unit of media_time and duration

  [[nodiscard]] std::string path() const { return root + "/" + relative; }
};
using FileRefPtr = std::shared_ptr<const FileRef>;

/// One committed fragment within its file: `record_size` bytes of uuid box, then moof and mdat.
struct FragmentEntry {
  uint64_t offset = 0;        ///< of the moof in the file; the record lies just before it
  uint32_t size = 0;          ///< moof + mdat
  uint32_t moof_size = 0;     ///< the mdat box starts at offset + moof_size
  uint32_t record_size = 0;   ///< 0: no record before it
  uint32_t sequence = 0;      ///< within the run, from 0 without holes
  int64_t start_us = 0;       ///< UTC of its first picture
  int64_t media_time = 0;     ///< decode time of its first sample, in ticks since the run's start
  uint32_t duration = 0;      ///< ticks
  bool random_access = true;  ///< false: continues the GOP of the fragment before it
  uint8_t activity = 0;       ///< 1 quiet … 255, against the camera's own level; 0: not measured
  friend bool operator==(const FragmentEntry&, const FragmentEntry&) = default;
};

/// What playback needs to serve one fragment. Its file may vanish at any time by retention:
/// an open that fails with kNotFound means "no longer recorded".
struct FragmentRef {
  FileRefPtr file;
  FragmentEntry entry;
  [[nodiscard]] int64_t duration_us() const { return ticks_to_us(entry.duration, file->timescale); }
  [[nodiscard]] int64_t end_us() const { return entry.start_us + duration_us(); }
};

/// A stretch with recordings of one stream.
struct Span {
  WallTime start;
  WallTime end;
  StreamKind kind = StreamKind::kMain;
  friend bool operator==(const Span&, const Span&) = default;
};

/// A stretch without recordings and why. `cause` is a BreakCause name (unreachable, stalled …), a
/// RunWriter::Failure (disk_full …) or one of: loss, discontinuity, waiting_for_key_frame, restart,
/// disk_stalled (nothing is lost yet, but nothing comes to rest either), unknown (found later:
/// neither recorded nor explained). not_scheduled is no gap to a person: nobody wanted a recording
/// then.
struct Gap {
  int64_t id = 0;  ///< random, from new_gap_id(); of what a rebuild finds, found_gap_id()
  std::string camera;
  StreamKind kind = StreamKind::kMain;
  WallTime start;
  std::optional<WallTime> end;  ///< absent while it lasts
  std::string cause;
  std::string detail;  ///< one line for a person
  WallTime first_seen;
  std::optional<WallTime> alarm;  ///< when it had lasted so long that an alarm was raised
  friend bool operator==(const Gap&, const Gap&) = default;
};
[[nodiscard]] int64_t new_gap_id();
inline constexpr std::string_view kNotScheduled = "not_scheduled";

/// A gap, or all the short ones of one bucket of a view as one: from the first to the last of them,
/// with the cause of the longest.
struct GapSummary {
  Gap gap;
  int count = 1;
  int64_t missing_us = 0;  ///< of all of them together; 0 while it lasts
};

/// What a view of the timeline shows. The cameras by id, each at most some thousands.
struct TimelineQuery {
  std::vector<std::string> cameras;
  WallTime from;  ///< inclusive
  WallTime to;    ///< exclusive, later
  size_t buckets =
      0;  ///< equal parts; nothing is told finer than these. 0: everything, no activity
};
struct CameraTimeline {
  std::string camera;
  std::vector<Span> spans;
  std::vector<GapSummary> gaps;  ///< not clipped; without pauses
  std::vector<Span> paused;      ///< nobody wanted a recording
  Bytes activity;  ///< of each bucket the most: 1 quiet … 255; 0 where it is not known
  Bytes usual;     ///< of each bucket the mean of its cells; empty where a bucket is a cell or less
};

/// Why a file is deleted: max_age, max_bytes (the camera's own limits), quota, reserve (room for
/// what is recorded now).
enum class DeletionReason : uint8_t { kMaxAge, kMaxBytes, kQuota, kReserve };
/// "max_age", "max_bytes", "quota", "reserve".
[[nodiscard]] std::string_view to_string(DeletionReason reason);
[[nodiscard]] std::optional<DeletionReason> parse_deletion_reason(std::string_view text);

/// A recording file that retention deleted, as the ledger lists it.
struct DeletedFile {
  int64_t id = 0;  ///< of the file, within this catalog
  std::string camera;
  StreamKind kind = StreamKind::kMain;
  WallTime start;
  WallTime end;
  int64_t bytes = 0;
  std::string volume;
  std::string path;  ///< below the volume's folder
  DeletionReason reason = DeletionReason::kMaxAge;
  bool below_minimum = false;  ///< the camera keeps less than asked: else recording had stopped
  WallTime at;                 ///< when it was decided
};

}  // namespace vedette::store
