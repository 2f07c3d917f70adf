// SPDX-License-Identifier: Apache-2.0
// Activity in cells of fixed length, so that any view of the timeline reads about as many of them
// as it has pixels, however much was recorded. A cell holds the most of all fragments that overlap
// it. Four levels; the cells of a level stand together in rows. docs/design/timeline.md. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>

#include "base/bytes.h"
#include "base/time.h"

namespace vedette::store {

struct ActivityLevel {
  int id = 0;  ///< as stored
  int64_t cell_us = 0;
  int64_t cells_per_row = 0;
  [[nodiscard]] int64_t row_us() const { return cell_us * cells_per_row; }
};

inline constexpr int64_t kActivitySecond = 1'000'000;
inline constexpr std::array<ActivityLevel, 4> kActivityLevels = {{
    {0, 5 * kActivitySecond, 720},          // an hour
    {1, 60 * kActivitySecond, 1440},        // a day
    {2, 15 * 60 * kActivitySecond, 960},    // ten days
    {3, 6 * 3600 * kActivitySecond, 1460},  // a year
}};

/// Rounds down, before 1970 too. REQUIRES: step > 0.
[[nodiscard]] constexpr int64_t floor_div(int64_t value, int64_t step) {
  return value / step - (value % step < 0 ? 1 : 0);
}

/// The coarsest level whose cells are no longer than a bucket; null when a bucket is shorter than
/// any cell.
[[nodiscard]] constexpr const ActivityLevel* level_for(int64_t bucket_us) {
  const ActivityLevel* found = nullptr;
  for (const ActivityLevel& level : kActivityLevels)
    if (level.cell_us <= bucket_us) found = &level;
  return found;
}

/// Which cells a view is made of, and how many of them a bucket holds.
struct ActivityGrain {
  const ActivityLevel* level = nullptr;  ///< null: a bucket is shorter than any cell
  int64_t cells = 1;                     ///< whole ones where more than one
};

/// The finest level that fills buckets with whole cells, `most` of them at most: of many cells
/// there is a mean. Else as level_for().
[[nodiscard]] constexpr ActivityGrain grain_for(int64_t from_us, int64_t bucket_us, int64_t most) {
  for (const ActivityLevel& level : kActivityLevels) {
    const int64_t cells = bucket_us / level.cell_us;
    const bool whole = bucket_us % level.cell_us == 0 && from_us % level.cell_us == 0;
    if (cells > 0 && cells <= most && whole) return {&level, cells};
  }
  return {level_for(bucket_us), 1};
}

/// `count` buckets of equal length of [from, to), each of them in `parts`: what a part holds is the
/// most of all that was put there. REQUIRES: from < to, count > 0, parts > 0.
class ActivityBuckets {
 public:
  ActivityBuckets(WallTime from, WallTime to, size_t count, size_t parts = 1)
      : from_us_(from.us),
        parts_(parts),
        length_us_(static_cast<double>((to - from).count()) / static_cast<double>(count * parts)),
        most_(count * parts) {}

  /// Something of [start_us, end_us) was this active. 0: it says nothing.
  void put(int64_t start_us, int64_t end_us, uint8_t activity) {
    if (activity == 0) return;
    const size_t end = after(end_us - 1);
    for (size_t i = index(start_us); i < end; ++i) most_[i] = std::max(most_[i], activity);
  }
  /// Cells that follow each other from `start_us` on.
  void put_cells(int64_t start_us, int64_t cell_us, ByteSpan cells) {
    if (!starts_part(start_us) || static_cast<int64_t>(length_us_) != cell_us) {
      for (const uint8_t cell : cells) {
        put(start_us, start_us + cell_us, cell);
        start_us += cell_us;
      }
      return;
    }
    // A cell is a part: a month of many cameras is millions of them.
    const size_t first = index(start_us);
    const size_t count = std::min(cells.size(), most_.size() - first);
    for (size_t i = 0; i < count; ++i) most_[first + i] = std::max(most_[first + i], cells[i]);
  }
  /// Parts that touch none of these say nothing. `spans`: anything with start and end, by start.
  template <typename Spans>
  void keep_only(const Spans& spans) {
    Bytes kept(most_.size());
    for (const auto& span : spans) {
      const size_t end = after(span.end.us - 1);
      for (size_t i = index(span.start.us); i < end; ++i) kept[i] = most_[i];
    }
    most_ = std::move(kept);
  }
  /// Of each bucket; 0 where nothing is known.
  [[nodiscard]] Bytes most() const {
    Bytes out;
    out.reserve(most_.size() / parts_);
    for (auto part = most_.begin(); part != most_.end(); part += step())
      out.push_back(*std::max_element(part, part + step()));
    return out;
  }
  /// Of each bucket the mean of those parts of which something is known, rounded up: what there was
  /// once is never nothing. 0 where nothing is known.
  [[nodiscard]] Bytes mean() const {
    Bytes out;
    out.reserve(most_.size() / parts_);
    for (auto part = most_.begin(); part != most_.end(); part += step()) {
      const size_t sum = std::accumulate(part, part + step(), size_t{0});
      const auto silent = static_cast<size_t>(std::count(part, part + step(), uint8_t{0}));
      const size_t known = parts_ - silent;
      out.push_back(known == 0 ? uint8_t{0} : static_cast<uint8_t>((sum + known - 1) / known));
    }
    return out;
  }

 private:
  [[nodiscard]] Bytes::difference_type step() const {
    return static_cast<Bytes::difference_type>(parts_);
  }
  [[nodiscard]] bool starts_part(int64_t at_us) const {
    const double place = static_cast<double>(at_us - from_us_) / length_us_;
    return place >= 0 && place == std::floor(place);
  }
  // Both of a moment: of its part, and of the one behind it; within [0, count of parts].
  [[nodiscard]] size_t index(int64_t at_us) const {
    const double place = static_cast<double>(at_us - from_us_) / length_us_;
    if (place <= 0) return 0;
    return std::min(static_cast<size_t>(place), most_.size());
  }
  [[nodiscard]] size_t after(int64_t at_us) const {
    return at_us < from_us_ ? 0 : std::min(index(at_us) + 1, most_.size());
  }

  int64_t from_us_;
  size_t parts_;
  double length_us_;  ///< of a part
  Bytes most_;
};

}  // namespace vedette::store
