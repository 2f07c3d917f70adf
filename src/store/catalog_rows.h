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

[[nodiscard]] inline ByteSpan blob_of(const SQLite::Column& column) {
  return {static_cast<const uint8_t*>(column.getBlob()), static_cast<size_t>(column.getBytes())};
}

}  // namespace vedette::store
