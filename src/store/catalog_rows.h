// SPDX-License-Identifier: Apache-2.0
// Rows of catalog.db as values. Internal to store; throws what SQLite throws.
#pragma once

#include <algorithm>

#include "base/bytes.h"
#include "store/sqlite.h"
#include "store/types.h"

namespace vedette::store {

inline constexpr const char* kFileColumns =
    "id, run, seq, camera, kind, volume, path, start_us, end_us, bytes, init_size, timescale";

// ?1, ?2: start; ?3: end; ?4: camera. Of all cameras one after the other, because a condition that
// holds for any camera keeps SQLite from the index, and the table is large.
inline constexpr const char* kDeletionsOfCamera =
    "SELECT file, camera, kind, start_us, end_us, bytes, volume, path, reason, below_minimum, at_us"
    " FROM deletion WHERE camera=?4 AND start_us > ?1 AND start_us < ?2 AND end_us > ?3"
    " ORDER BY start_us, file";
inline constexpr const char* kDeletionsOfAll =
    "WITH RECURSIVE known(name) AS (SELECT min(camera) FROM deletion UNION ALL"
    " SELECT (SELECT min(camera) FROM deletion WHERE camera > name) FROM known"
    " WHERE name IS NOT NULL)"
    " SELECT file, camera, kind, start_us, end_us, bytes, volume, path, reason, below_minimum,"
    " at_us FROM known CROSS JOIN deletion WHERE camera=name AND start_us > ?1 AND start_us < ?2"
    " AND end_us > ?3 ORDER BY start_us, file";

struct FileRow {
  FileRef ref;
  int64_t end_us = 0;
  int64_t bytes = 0;
};

/// From a row that begins with kFileColumns. The root is left empty.
[[nodiscard]] inline FileRow file_of(SQLite::Statement& row) {
  FileRow file;
  file.ref.id = row.getColumn(0).getInt64();
  file.ref.run = row.getColumn(1).getString();
  file.ref.seq = row.getColumn(2).getUInt();
  file.ref.camera = row.getColumn(3).getString();
  file.ref.kind = static_cast<StreamKind>(row.getColumn(4).getInt());
  file.ref.volume = row.getColumn(5).getString();
  file.ref.relative = row.getColumn(6).getString();
  file.ref.start_us = row.getColumn(7).getInt64();
  file.end_us = row.getColumn(8).getInt64();
  file.bytes = row.getColumn(9).getInt64();
  file.ref.init_size = row.getColumn(10).getUInt();
  file.ref.timescale = std::max(1U, row.getColumn(11).getUInt());
  return file;
}

/// From a row of id, camera, kind, start_us, end_us, cause, detail, first_seen_us, alarm_us.
[[nodiscard]] inline Gap gap_of(SQLite::Statement& row) {
  Gap gap;
  gap.id = row.getColumn(0).getInt64();
  gap.camera = row.getColumn(1).getString();
  gap.kind = static_cast<StreamKind>(row.getColumn(2).getInt());
  gap.start = {row.getColumn(3).getInt64()};
  if (!row.getColumn(4).isNull()) gap.end = WallTime{row.getColumn(4).getInt64()};
  gap.cause = row.getColumn(5).getString();
  gap.detail = row.getColumn(6).getString();
  gap.first_seen = {row.getColumn(7).getInt64()};
  if (!row.getColumn(8).isNull()) gap.alarm = WallTime{row.getColumn(8).getInt64()};
  return gap;
}

[[nodiscard]] inline ByteSpan blob_of(const SQLite::Column& column) {
  return {static_cast<const uint8_t*>(column.getBlob()), static_cast<size_t>(column.getBytes())};
}

}  // namespace vedette::store
