// SPDX-License-Identifier: Apache-2.0
// Activity in cells of fixed length, so that any view of the timeline reads about as many of them
// as it has pixels, however much was recorded. A cell holds the most of all fragments that overlap
// it. Four levels; the cells of a level stand together in rows. docs/design/timeline.md. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
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

/// `count` parts of equal length of [from, to). REQUIRES: from < to, count > 0.
class ActivityBuckets {
 public:
  ActivityBuckets(WallTime from, WallTime to, size_t count)
      : from_us_(from.us),
        length_us_(static_cast<double>((to - from).count()) / static_cast<double>(count)),
        most_(count) {}

  /// Something of [start_us, end_us) was this active. 0: it says nothing.
  void put(int64_t start_us, int64_t end_us, uint8_t activity) {
    if (activity == 0) return;
    const size_t end = after(end_us - 1);
    for (size_t i = index(start_us); i < end; ++i) most_[i] = std::max(most_[i], activity);
  }
  /// Buckets that touch none of these say nothing. `spans`: anything with start and end, by start.
  template <typename Spans>
  void keep_only(const Spans& spans) {
    Bytes kept(most_.size());
    for (const auto& span : spans) {
      const size_t end = after(span.end.us - 1);
      for (size_t i = index(span.start.us); i < end; ++i) kept[i] = most_[i];
    }
    most_ = std::move(kept);
  }
  [[nodiscard]] double length_us() const { return length_us_; }
  /// 0 where nothing is known.
  [[nodiscard]] const Bytes& most() const { return most_; }

 private:
  // Both of a moment: of its bucket, and of the one behind it; within [0, count].
  [[nodiscard]] size_t index(int64_t at_us) const {
    const double place = static_cast<double>(at_us - from_us_) / length_us_;
    if (place <= 0) return 0;
    return std::min(static_cast<size_t>(place), most_.size());
  }
  [[nodiscard]] size_t after(int64_t at_us) const {
    return at_us < from_us_ ? 0 : std::min(index(at_us) + 1, most_.size());
  }

  int64_t from_us_;
  double length_us_;
  Bytes most_;
};

}  // namespace vedette::store
