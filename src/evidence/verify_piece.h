// SPDX-License-Identifier: Apache-2.0
// Internal to verify_bundle: a piece of a recording file in a bundle, a row of boxes in windows
// that a checkpoint closes. Confined to the caller.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/checkpoint_window.h"
#include "evidence/finding.h"
#include "mp4/box.h"

namespace vedette::evidence {

/// What verify_bundle needs to know of a fragment afterwards.
struct SeenFragment {
  FragmentRecord record;
  Hash record_hash{};
  Hash mdat_hash{};
  uint64_t offset = 0;
};

/// One original-NNNN.mp4.
class PieceVerifier {
 public:
  /// Both must outlive it. Findings go to `out`, with offsets in `piece`.
  PieceVerifier(ByteSpan piece, Verification& out) : piece_(piece), out_(out), window_(out) {}

  /// The fragments in the order they stand in, each sequence once.
  [[nodiscard]] std::vector<SeenFragment> verify();

 private:
  [[nodiscard]] bool read_head();
  [[nodiscard]] std::optional<FragmentRecord> first_record() const;
  void step();
  void read_fragment(ByteSpan box);
  void judge_fragment(ByteSpan box, ByteSpan moof_and_mdat, ByteSpan mdat);
  void read_checkpoint(ByteSpan box);
  void read_omitted(ByteSpan box);
  void skip_to_next(std::string_view what);
  void check_sequences();
  /// The whole box of this type at an offset; empty where none is.
  [[nodiscard]] ByteSpan box_of(mp4::FourCc type, size_t offset) const;

  ByteSpan piece_;
  Verification& out_;
  CheckpointWindow window_;
  size_t at_ = 0;
  Hash init_{};
  bool closed_ = false;  ///< a checkpoint said that no fragment follows
  /// The first record that can be read says whose the piece is: also what stands before it, in
  /// which no hash covers the run of an omitted box.
  std::optional<FragmentRecord> whose_;
  std::optional<size_t> left_out_;  ///< an omitted box behind a fragment, and none behind it yet
  struct Tail {
    uint64_t fragments = 0;
    int64_t duration_us = 0;
    size_t offset = 0;
  };
  Tail tail_;                       ///< what is behind the last checkpoint
  std::optional<size_t> unproven_;  ///< an omitted box, and no checkpoint behind it yet
  std::vector<SeenFragment> fragments_;
  std::map<uint64_t, Hash> omitted_;  ///< by sequence
};

}  // namespace vedette::evidence
