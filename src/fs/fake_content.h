// SPDX-License-Identifier: Apache-2.0
// The content of one file on the disk in memory, in pages that copies share: what a reader sees,
// what the last sync put on the medium, and every version in between, of which a power cut may
// leave any mixture. Confined to its disk's lock.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace vedette::fs {

/// Splitmix64: the same numbers for the same seed on every machine.
class FakeChance {
 public:
  explicit FakeChance(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  /// 0 … count - 1. REQUIRES: count > 0.
  uint64_t below(uint64_t count) { return next() % count; }

 private:
  uint64_t state_;
};

class FakeContent {
 public:
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] size_t read(uint64_t offset, std::span<uint8_t> into) const;
  /// At most `most` bytes of the parts: a write may stop in the middle.
  void write(uint64_t offset, std::span<const ByteSpan> parts, uint64_t most);
  void truncate(uint64_t size);
  void sync();
  /// As Linux does it: the dirty pages count as clean from now on, a later sync passes them over,
  /// and readers still see them until the power goes.
  void sync_failed();
  /// Only what was synced.
  void lose_unsynced();
  /// Each sector written since the last sync is the old one, the new one, or one in between.
  void tear_unsynced(FakeChance& chance);
  [[nodiscard]] Bytes bytes() const;

 private:
  static constexpr size_t kPageBytes = 4096;
  using Page = std::array<uint8_t, kPageBytes>;
  using PagePtr = std::shared_ptr<const Page>;  // null: zeros
  using Versions = std::map<size_t, std::vector<PagePtr>>;

  void put_page(size_t index, PagePtr page);
  void mixture(FakeChance& chance, size_t sector, size_t index, const std::vector<PagePtr>& from);

  uint64_t size_ = 0;
  uint64_t synced_size_ = 0;
  std::vector<PagePtr> pages_;
  std::vector<PagePtr> synced_;
  Versions older_;               // of pages written since the last sync, oldest first
  Versions lost_;                // likewise, of pages a failed sync gave up
  std::vector<uint64_t> sizes_;  // since the last sync
};

}  // namespace vedette::fs
