// SPDX-License-Identifier: Apache-2.0
// A camera of virtual time: pictures on its own clock, with 32-bit RTP timestamps that the real
// timeline turns into decode time and UTC, as ingest does. Sends to a Recorder, or as RTP packets
// over a wire to the real ingest. Confined to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fs/fake_content.h"
#include "record/recorder.h"
#include "rtp/timeline.h"
#include "wire.h"

namespace vedette::trial {

/// kNone: the recorder is handed the pictures as they are.
enum class Cable : uint8_t { kNone, kTcp, kUdp };

struct CameraScript {
  std::string id;
  int fps = 5;
  int gop = 5;                ///< pictures
  size_t key_bytes = 1500;    ///< of a random access unit
  size_t other_bytes = 200;   ///< of the others
  double drift_ppm = 0;       ///< how much faster than ours its clock is
  uint32_t first_rtp = 1000;  ///< timestamp of the first picture of a session
  bool sender_reports = true;
  int64_t utc_error_us = 0;  ///< of the camera's own idea of UTC
  Cable cable = Cable::kNone;
};

class ScriptedCamera {
 public:
  /// `clock` outlives this.
  ScriptedCamera(CameraScript script, const Clock& clock);

  /// A process begins to record it.
  void begin(record::Recorder& to);
  /// No process records it any more.
  void end();
  /// Everything due at `now` goes to the recorder.
  void deliver(record::Recorder& to);
  /// Over a wire: a trouble of the network that ends so.
  void disconnect(stream::BreakCause why, record::Recorder& to);
  void connect();
  /// A person has put its password right, and saved it.
  void save() {
    if (wire_) wire_->save();
  }
  /// Its network loses nothing any more.
  void calm() { set_roughness(0); }
  /// What its network does to datagrams, as Wire says.
  void set_roughness(uint64_t per_mille) {
    if (wire_) wire_->set_roughness(per_mille);
  }
  /// Nothing comes from the middle of its next packet on, and nobody says so, until connect().
  /// REQUIRES: over a wire.
  void cut_cable();
  [[nodiscard]] bool connected() const { return connected_; }
  /// The next picture is not received, and the one after it says so.
  void lose_packet() { lose_next_ = true; }
  /// Its RTP timestamps leap, and over a wire the numbers of its packets begin anew.
  void restart_rtp(bool other_source);
  /// What its sender reports say of UTC is another thing from now on.
  void step_own_clock(Duration by) { script_.utc_error_us += by.count(); }
  /// From now on another resolution.
  void change_parameters();
  /// From now on H.265 instead of H.264, or back; the next picture stands alone. REQUIRES: not over
  /// a wire.
  void change_codec();
  /// From now on pictures of so many times the size.
  void flood(size_t factor) { factor_ = factor; }
  /// Sound beside the pictures from now on, or none. Not over a wire.
  void set_sound(bool on);
  [[nodiscard]] const CameraScript& script() const { return script_; }
  [[nodiscard]] WallTime last_sent() const { return last_sent_; }
  /// Of ingest, over a wire only.
  [[nodiscard]] std::vector<ingest::StreamStatus> status() const {
    return wire_ ? wire_->status() : std::vector<ingest::StreamStatus>{};
  }
  /// Of what passed over its wire.
  [[nodiscard]] uint64_t trace() const { return wire_ ? wire_->trace() : 0; }

 private:
  [[nodiscard]] MonoTime due() const;
  void send(record::Recorder& to);
  void send_sound(const media::AccessUnit& picture, record::Recorder& to);
  void deliver_over_wire();
  void send_over_wire();
  [[nodiscard]] uint32_t timestamp() const;
  [[nodiscard]] bool random_access() const { return key_next_ || frame_ % script_.gop == 0; }
  [[nodiscard]] bool reports_now() const;
  [[nodiscard]] rtp::SenderReport report_at(WallTime when) const;

  CameraScript script_;
  const Clock& clock_;
  std::unique_ptr<Wire> wire_;
  uint64_t plays_ = 0;  // of the wire, that frame_ counts in
  media::TrackInfoPtr track_;
  media::TrackInfoPtr sound_;  // null: none
  std::optional<rtp::Timeline> timeline_;
  MonoTime session_;
  int64_t frame_ = 0;        // of the session
  uint32_t rtp_offset_ = 0;  // of its timestamps, since restart_rtp()
  uint64_t sent_ = 0;
  bool connected_ = false;
  bool lose_next_ = false;
  bool damaged_ = false;
  bool key_next_ = false;
  size_t factor_ = 1;
  WallTime last_sent_;
};

}  // namespace vedette::trial
