// SPDX-License-Identifier: Apache-2.0
// What all streams with one user and password at one host know together: whether the password was
// refused, who tries it, and that the host has asked for Digest. Cameras and recorders with many
// channels lock an account after a handful of wrong tries, whichever stream makes them, and then
// also the person who puts the password right. Kept in memory while such a stream runs.
// Thread-safe.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/device_signs.h"
#include "base/mutex.h"
#include "base/time.h"

namespace vedette::ingest {

class Login {
 public:
  /// Whoever tries for longer keeps the others back no more: one that hangs is no reason.
  static constexpr Duration kTurn = std::chrono::seconds(3);
  /// At the same time, once the password is known to be right.
  static constexpr size_t kAtOnce = 2;

  /// What a stream is known by: its own address in memory.
  using Stream = const void*;

  /// Whether `stream` may send the password now; it then tells how that ended.
  [[nodiscard]] bool may_try(Stream stream, MonoTime now);
  /// `device` is what was heard of the device that accepted it.
  void on_accepted(Stream stream, const DeviceSigns& device);
  struct Refusal {
    std::string message;  ///< for a person
    DeviceSigns device;   ///< that refused
  };
  void on_refused(Stream stream, Refusal refusal, MonoTime now);
  /// It has ended, or it tried and something else went wrong.
  void on_left(Stream stream);

  /// Why nobody may try now, if that is so: the password was refused some minutes ago.
  [[nodiscard]] std::optional<std::string> refused(MonoTime now) const;
  /// The host has asked for Digest: from now on Basic would be a step back.
  void on_digest();
  [[nodiscard]] bool digest_only() const;

  /// A person has saved the camera: all is tried as if for the first time.
  void begin_anew();

 private:
  struct Try {
    Stream stream;
    MonoTime since;
  };
  void note(const DeviceSigns& device) VEDETTE_REQUIRES(mutex_);

  mutable Mutex mutex_{LockOrder::kLeaf};
  std::vector<Try> tries_ VEDETTE_GUARDED_BY(mutex_);
  std::set<Stream> inside_ VEDETTE_GUARDED_BY(mutex_);
  bool proven_ VEDETTE_GUARDED_BY(mutex_) = false;     ///< the password, since it was last refused
  bool was_right_ VEDETTE_GUARDED_BY(mutex_) = false;  ///< the password, at some time
  DeviceSigns accepted_by_ VEDETTE_GUARDED_BY(mutex_);
  bool digest_ VEDETTE_GUARDED_BY(mutex_) = false;
  size_t refusals_ VEDETTE_GUARDED_BY(mutex_) = 0;  ///< in a row
  MonoTime again_at_ VEDETTE_GUARDED_BY(mutex_);
  std::string message_ VEDETTE_GUARDED_BY(mutex_);
};

}  // namespace vedette::ingest
