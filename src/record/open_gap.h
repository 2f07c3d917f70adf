// SPDX-License-Identifier: Apache-2.0
// Why a stream is not recorded at this moment. At most one gap is open; another reason ends it and
// begins there, so that no hole lies between two. While an alarm lasts every gap notes it, and
// where none is open, as pictures are handed over and do not come to rest, it has one of its own
// (`disk_stalled`). Each change goes to `put`, in place of what it was told of the same id before.
// What throws, as `put` may, leaves it so that the same call, or settle(), does the rest. Pure;
// confined to the stream's shard thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/holes.h"

namespace vedette::record {

class OpenGap {
 public:
  using Put = std::function<void(const store::Gap&)>;
  OpenGap(std::string camera, store::StreamKind kind, Put put)
      : camera_(std::move(camera)), kind_(kind), put_(std::move(put)) {}

  /// What the recorder of this stream before left open; nothing when it left none. `stopped` goes
  /// on as `starting`. REQUIRES: called before everything else.
  void take_over(std::optional<store::Gap> left);

  /// This is the reason from now on: from `start` where no gap is open. `starting` becomes it.
  void open(const store::Why& why, WallTime start, WallTime now);
  /// Whether open() with this cause would end a gap.
  [[nodiscard]] bool ends_for(std::string_view cause) const;
  /// What is recorded begins there again. REQUIRES: open. An end before its begin is its begin.
  void close(WallTime end);
  /// Tells what something that threw has left untold; nothing otherwise.
  void settle();
  /// More is missing than was known when it was opened. REQUIRES: open.
  void begin_at(WallTime start);

  /// Nothing has come to rest since `since`. Returns the line for a person that says why.
  [[nodiscard]] std::string raise_alarm(WallTime since, WallTime now);
  /// Something has. The alarm's own gap ends as nothing: what waited is there after all, or a gap
  /// of its own says what is not.
  void clear_alarm();
  [[nodiscard]] bool alarm() const { return alarm_; }

  /// The open one, without that of an alarm.
  [[nodiscard]] const std::optional<store::Gap>& get() const { return gap_; }
  [[nodiscard]] bool is(std::string_view cause) const { return gap_ && gap_->cause == cause; }

 private:
  [[nodiscard]] store::Gap begun(const store::Why& why, WallTime start, WallTime now) const;

  const std::string camera_;
  const store::StreamKind kind_;
  const Put put_;
  void tell();
  std::optional<store::Gap> gap_;
  bool told_ = true;              // of gap_ as it is
  std::optional<WallTime> ends_;  // where gap_ was about to be closed
  bool alarm_ = false;
  std::optional<store::Gap> stall_;  // the alarm's own
};

}  // namespace vedette::record
