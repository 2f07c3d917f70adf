// SPDX-License-Identifier: Apache-2.0
// Runs and gaps of streams as rows of catalog.db, and what they say was recorded. Internal to
// store; the rows throw what SQLite throws.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite.h"
#include "store/types.h"

namespace vedette::store {

/// Stretches closer than this are one.
inline constexpr Duration kSpanJoin = std::chrono::milliseconds(100);

/// Prepared once and used for any number of streams. Confined to the caller.
class StreamRows {
 public:
  explicit StreamRows(SQLite::Database& db);
  /// Adds the runs that overlap the range of a stream.
  void runs(const std::string& camera, const Span& range, std::vector<Span>& out);
  void gaps(const std::string& camera, const Span& range, std::vector<Gap>& out);

 private:
  SQLite::Statement runs_;
  SQLite::Statement gaps_;
};

/// By stream and start, clipped to [from, to); stretches closer than `join` are one.
[[nodiscard]] std::vector<Span> merged(std::vector<Span> spans, WallTime from, WallTime to,
                                       Duration join = kSpanJoin);
/// A loss within a run, or what a rebuild found to be missing of it, leaves a hole that the run
/// does not show. Those shorter than `shortest` stay covered.
[[nodiscard]] std::vector<Span> without(const std::vector<Span>& spans,
                                        const std::vector<Gap>& gaps,
                                        Duration shortest = kSpanJoin);

}  // namespace vedette::store
