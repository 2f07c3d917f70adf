// SPDX-License-Identifier: Apache-2.0
// A hub per stream: one publisher (ingest, on the shard thread), one synchronous sink (the
// recorder) and any number of bounded readers (viewers, analysis) on their own threads.
//
// The hub keeps a GOP ring: the access units since the newest random access unit, and of the GOP
// before it while anybody reads. A reader owns only a cursor into the ring. One that falls out of
// the ring is moved to the newest random access unit and told so; nothing is ever buffered per
// reader, and the publisher never waits.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "stream/sink.h"

namespace vedette::stream {

/// More than this in one GOP empties the ring until the next random access unit.
inline constexpr size_t kMaxRingBytes = size_t{48} << 20;
inline constexpr size_t kMaxRingUnits = 8192;

/// What a viewer may know about the stream at this moment.
struct HubState {
  bool live = false;          ///< access units arrive
  WallTime since;             ///< when `live` last changed
  std::optional<Break> why;   ///< of the last break; set while not live
  media::TrackInfoPtr video;  ///< of the newest session, null before the first
  media::TrackInfoPtr audio;  ///< null without sound
};

class Reader;

class Hub : public std::enable_shared_from_this<Hub> {
 public:
  explicit Hub(WallTime now);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Publisher's side: shard thread only.

  /// Not owned; null for none. REQUIRES: set before the first publish(), and outlives it.
  void set_sink(Sink* sink) { sink_ = sink; }
  void publish(media::AccessUnitPtr au);
  /// The session ended: the ring is emptied, readers get a discontinuity.
  void break_stream(Break why);
  /// Once per tick: lets the sink work and wakes the readers if something is new.
  void tick(MonoTime now);

  // Readers' side: any thread.

  /// `wake` is called on the shard thread, at most once per tick, when there is something new or
  /// the state changed; it must be quick and must not call the hub. Starts at the newest random
  /// access unit in the ring.
  [[nodiscard]] std::unique_ptr<Reader> subscribe(std::function<void()> wake);
  [[nodiscard]] HubState state() const;
  [[nodiscard]] bool has_readers() const { return readers_.load(std::memory_order_relaxed) > 0; }
  /// Payload bytes in the ring.
  [[nodiscard]] size_t ring_bytes() const;
  /// The access units from the newest video random access unit on; empty before the first.
  [[nodiscard]] std::vector<media::AccessUnitPtr> latest_gop() const;

 private:
  friend class Reader;
  using Wakers = std::vector<std::pair<const Reader*, std::shared_ptr<std::function<void()>>>>;

  void trim() VEDETTE_REQUIRES(mutex_);
  void clear_ring() VEDETTE_REQUIRES(mutex_);
  void unsubscribe(const Reader* reader);
  [[nodiscard]] static bool starts_gop(const media::AccessUnit& au);

  Sink* sink_ = nullptr;
  bool changed_ = false;  // shard thread only
  std::atomic<int> readers_{0};

  mutable Mutex mutex_{LockOrder::kHub};
  std::deque<media::AccessUnitPtr> ring_ VEDETTE_GUARDED_BY(mutex_);
  uint64_t first_ VEDETTE_GUARDED_BY(mutex_) = 0;  // number of ring_.front()
  // Numbers of the video random access units in the ring, oldest first.
  std::deque<uint64_t> gops_ VEDETTE_GUARDED_BY(mutex_);
  size_t bytes_ VEDETTE_GUARDED_BY(mutex_) = 0;
  uint64_t session_ VEDETTE_GUARDED_BY(mutex_) = 0;  // counts breaks
  HubState state_ VEDETTE_GUARDED_BY(mutex_);
  std::shared_ptr<const Wakers> wakers_ VEDETTE_GUARDED_BY(mutex_);
};

/// One viewer's cursor. Confined to one thread; may outlive the publisher but keeps the hub alive.
class Reader {
 public:
  struct Item {
    media::AccessUnitPtr au;
    bool discontinuity = false;  ///< something before it was not delivered: restart the decoder
    bool catch_up = false;       ///< it was in the ring already when this reader started or jumped
  };

  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// The next access unit in publishing order, or nullopt when there is none yet. The first item
  /// and every item flagged as discontinuity is a video random access unit.
  [[nodiscard]] std::optional<Item> next();
  /// Gives up what is pending: the next item is the newest random access unit, or a later one.
  void skip_to_newest();

 private:
  friend class Hub;
  explicit Reader(std::shared_ptr<Hub> hub) : hub_(std::move(hub)) {}

  std::shared_ptr<Hub> hub_;
  uint64_t next_ = 0;  // number of the unit to deliver next
  uint64_t session_ = 0;
  uint64_t burst_end_ = 0;  // units before this one are catch-up
  bool synced_ = false;     // false: waiting for a random access unit
};

}  // namespace vedette::stream
