// SPDX-License-Identifier: Apache-2.0
// For tests: small recording files as the recorder writes them, in parts that an attacker can put
// together in other ways. Fragments are written as digits by their sequence, checkpoints as "|",
// the closing one as "]": "012|345]".
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/chain.h"
#include "evidence/checkpointer.h"
#include "evidence/ed25519.h"
#include "evidence/verify_file.h"
#include "mp4/init_segment.h"
#include "mp4/sidx.h"
#include "mp4/source.h"
#include "mp4/test_tracks.h"

namespace vedette::evidence {

inline constexpr size_t kReserve = mp4::sidx_reserve_bytes(40);

/// The parts of a file, so that an attacker can put them together in other ways.
struct Parts {
  Bytes head;                  ///< ftyp moov reserve
  std::vector<Bytes> boxes;    ///< fragments with their records, and checkpoints
  std::vector<bool> is_check;  ///< by box
  Bytes sidx;

  /// A file of these boxes, closed with an index that fits or left open.
  [[nodiscard]] Bytes file(bool closed = true) const {
    Bytes all = head;
    if (closed) std::copy(sidx.begin(), sidx.end(), all.end() - static_cast<long>(kReserve));
    for (const Bytes& box : boxes) all.insert(all.end(), box.begin(), box.end());
    return all;
  }
  [[nodiscard]] size_t index_of_fragment(size_t n) const {
    for (size_t i = 0; i < boxes.size(); ++i)
      if (!is_check[i] && n-- == 0) return i;
    return boxes.size();
  }
  [[nodiscard]] size_t index_of_checkpoint(size_t n) const {
    for (size_t i = 0; i < boxes.size(); ++i)
      if (is_check[i] && n-- == 0) return i;
    return boxes.size();
  }
  [[nodiscard]] uint64_t offset_of(size_t box) const {
    uint64_t offset = head.size();
    for (size_t i = 0; i < box; ++i) offset += boxes[i].size();
    return offset;
  }
  void remove(size_t box) {
    boxes.erase(boxes.begin() + static_cast<long>(box));
    is_check.erase(is_check.begin() + static_cast<long>(box));
  }
};

struct Making {
  std::string camera = "gate";
  std::string run = "5f3a9c0e77b1d204";
  Seed seed{7};
};

/// Writes a file as the recorder does.
inline Parts make(std::string_view pattern, const Making& making = {}) {
  Parts parts;
  const std::vector<media::TrackInfoPtr> tracks = {mp4::h264_track()};
  parts.head =
      mp4::make_init_segment(std::span<const media::TrackInfoPtr>(tracks), kReserve).value();
  const Ed25519Signer signer(making.seed);
  Chain chain(making.run);
  Checkpoint about;
  about.site = "farm";
  about.camera = making.camera;
  about.run = making.run;
  about.init = sha256(ByteSpan(parts.head).first(parts.head.size() - kReserve));
  Checkpointer checkpointer(about);
  mp4::Sidx index;
  uint32_t before = 0;
  for (const char letter : pattern) {
    const bool check = letter == '|' || letter == ']';
    parts.is_check.push_back(check);
    if (check) {
      Checkpointer::State state;
      state.now = {1'795'356'210'000'000};
      state.closing = state.final = letter == ']';
      const auto made = checkpointer.make(signer, state).value();
      checkpointer.written(made);
      parts.boxes.push_back(made.box);
      before += static_cast<uint32_t>(made.box.size());
      continue;
    }
    FragmentRecord record;
    record.site = "farm";
    record.camera = making.camera;
    record.media_time = int64_t{chain.next_sequence()} * 90000;
    record.start = {1'795'356'207'200'000 + int64_t{chain.next_sequence()} * 1'000'000};
    record.duration = 90000;
    const mp4::Sample sample{6, 90000, 0, true};
    const mp4::TrackRun run{1, record.media_time, {&sample, 1}};
    Bytes body = mp4::make_fragment_head(chain.next_sequence() + 1, {&run, 1});
    const Bytes nal = mp4::from_hex("00000002 6588");
    body.insert(body.end(), nal.begin(), nal.end());
    record.fragment_size = static_cast<uint32_t>(body.size());
    record.fragment_hash = sha256(body);
    Bytes box = chain.append(record).value();
    box.insert(box.end(), body.begin(), body.end());
    checkpointer.add(chain.head());
    index.entries.push_back({static_cast<uint32_t>(box.size()) + before, 90000, true});
    before = 0;
    parts.boxes.push_back(std::move(box));
  }
  parts.sidx = mp4::make_sidx(index, kReserve);
  return parts;
}

inline Verification verify(const Bytes& file, const FileExpectation& expectation = {},
                           std::optional<Hash> key = std::nullopt) {
  Verification out;
  out.wanted_key = key;
  out.path = "file.mp4";
  (void)verify_file(mp4::MemorySource(file), expectation, out);
  return out;
}

inline std::string classes(const Verification& verification) {
  std::string all;
  for (const Finding& finding : verification.findings)
    all += (all.empty() ? "" : " ") + std::string(to_string(finding.fault));
  return all;
}

}  // namespace vedette::evidence
