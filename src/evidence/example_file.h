// SPDX-License-Identifier: Apache-2.0
// For tests: the recording file of the worked example in docs/design/format.md, made by the writer.
#pragma once

#include <vector>

#include "evidence/chain.h"
#include "evidence/checkpointer.h"
#include "evidence/ed25519.h"
#include "mp4/init_segment.h"
#include "mp4/sidx.h"
#include "mp4/test_tracks.h"

namespace vedette::evidence {

inline constexpr size_t kExampleReserve = mp4::sidx_reserve_bytes(2);

/// A GOP of two pictures and one of one picture, from camera "gate" of site "farm".
struct ExampleFile {
  Bytes init;
  std::vector<Bytes> records;
  std::vector<Bytes> fragments;  ///< moof and mdat
  Bytes checkpoint;              ///< closes the file and the run
  Bytes sidx;                    ///< takes the place of the reserve when the file is closed

  ExampleFile() {
    const std::vector<media::TrackInfoPtr> tracks = {mp4::h264_track()};
    init = mp4::make_init_segment(std::span<const media::TrackInfoPtr>(tracks), kExampleReserve)
               .value();
    Chain chain("5f3a9c0e77b1d204");
    add(chain, 0, {{6, 9000, 0, true}, {5, 9000, 0, false}});
    add(chain, 18000, {{6, 9000, 0, true}});
    mp4::Sidx index;
    for (size_t i = 0; i < 2; ++i) {
      const auto size = static_cast<uint32_t>(records[i].size() + fragments[i].size());
      index.entries.push_back({size, i == 0 ? 18000U : 9000U, true});
    }
    sidx = mp4::make_sidx(index, kExampleReserve);
    sign();
  }

  [[nodiscard]] Bytes bytes() const {
    return mp4::joined({init, records[0], fragments[0], records[1], fragments[1], checkpoint});
  }

 private:
  void sign() {
    Seed seed{};
    for (size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<uint8_t>(i);
    Checkpoint about;
    about.site = "farm";
    about.camera = "gate";
    about.run = "5f3a9c0e77b1d204";
    about.init = sha256(ByteSpan(init).first(init.size() - kExampleReserve));
    Checkpointer checkpointer(about);
    for (const Bytes& record : records) checkpointer.add(record_hash(record));
    Checkpointer::State state;
    state.now = {1'795'356'208'000'000};
    state.final = state.closing = true;
    checkpoint = checkpointer.make(Ed25519Signer(seed), state)->box;
  }

  void add(Chain& chain, int64_t media_time, const std::vector<mp4::Sample>& samples) {
    FragmentRecord record;
    record.site = "farm";
    record.camera = "gate";
    record.start = {1'795'356'207'200'000 + ticks_to_us(media_time, 90000)};
    record.start_error_us = 20'000;
    record.start_source = media::UtcSource::kRtcp;
    record.media_time = media_time;
    const mp4::TrackRun run{1, media_time, samples};
    // mfhd counts from 1, so that no player takes 0 for "not set".
    Bytes fragment = mp4::make_fragment_head(chain.next_sequence() + 1, {&run, 1});
    for (const mp4::Sample& sample : samples) {
      record.duration += sample.duration;
      // One NAL unit after its length: an IDR or a plain slice.
      const Bytes nal = mp4::from_hex(sample.sync ? "00000002 6588" : "00000001 41");
      fragment.insert(fragment.end(), nal.begin(), nal.end());
    }
    record.fragment_size = static_cast<uint32_t>(fragment.size());
    record.fragment_hash = sha256(fragment);
    records.push_back(chain.append(record).value());
    fragments.push_back(std::move(fragment));
  }
};

}  // namespace vedette::evidence
