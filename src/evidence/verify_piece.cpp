// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_piece.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/box_walk.h"
#include "evidence/chain.h"
#include "evidence/checkpointer.h"

namespace vedette::evidence {
namespace {

using mp4::fourcc;

bool same_run(const FragmentRecord& a, const FragmentRecord& b) {
  return a.run == b.run && a.stream == b.stream && a.camera == b.camera && a.site == b.site;
}

bool of_run(const Checkpoint& checkpoint, const FragmentRecord& record) {
  return !checkpoint.of_ledger && checkpoint.run == record.run &&
         checkpoint.stream == record.stream && checkpoint.camera == record.camera &&
         checkpoint.site == record.site;
}

}  // namespace

std::vector<SeenFragment> PieceVerifier::verify() {
  if (!read_head()) return {};
  whose_ = first_record();
  while (at_ < piece_.size()) step();
  if (fragments_.empty()) {
    out_.add(FaultClass::kRemoved, "there is no fragment in it");
    return {};
  }
  out_.not_signed_yet += window_.pending();
  if (unproven_) {
    out_.add(FaultClass::kRemoved, "records are omitted, and no checkpoint covers them",
             *unproven_);
  }
  if (tail_.fragments > 1 && tail_.duration_us > kCheckpointUs) {
    out_.add(FaultClass::kUnsigned,
             fmt::format("nobody signed the last {} fragments, of {} s", tail_.fragments,
                         tail_.duration_us / 1'000'000),
             tail_.offset);
  }
  check_sequences();
  return std::move(fragments_);
}

std::optional<FragmentRecord> PieceVerifier::first_record() const {
  for (size_t at = at_; at < piece_.size();) {
    const auto box = box_at(piece_, at);
    if (box && kind_of(*box) == kKindFragment) {
      if (auto record = decode(*box)) return std::move(record).value();
    }
    at = box ? at + box->size() : find_box(piece_, at + 1).value_or(piece_.size());
  }
  return std::nullopt;
}

ByteSpan PieceVerifier::box_of(mp4::FourCc type, size_t offset) const {
  if (offset >= piece_.size()) return {};
  const auto box = mp4::read_box_header(piece_, offset);
  // Ours never use the size 0, "to the end of the file", nor 64 bits.
  const bool plain = box && box->type == type && box->size >= mp4::kBoxHeaderBytes &&
                     ByteReader(piece_.subspan(offset)).u32() == box->size;
  return plain ? piece_.subspan(offset, static_cast<size_t>(box->size)) : ByteSpan();
}

bool PieceVerifier::read_head() {
  for (const auto& [type, name] : {std::pair(fourcc("ftyp"), "ftyp"), {fourcc("moov"), "moov"}}) {
    const ByteSpan box = box_of(type, at_);
    if (box.empty()) {
      out_.add(FaultClass::kAltered, fmt::format("{} is not where it should be", name), at_);
      const auto next = find_box(piece_, at_);
      at_ = next.value_or(piece_.size());
      break;
    }
    at_ += box.size();
  }
  init_ = sha256(piece_.first(at_));
  return at_ < piece_.size() ||
         (out_.add(FaultClass::kTruncated, "nothing but a head", at_), false);
}

void PieceVerifier::step() {
  const auto box = box_at(piece_, at_);
  if (!box) return skip_to_next("bytes that are no box of an original");
  switch (kind_of(*box)) {
    case kKindFragment:
      return read_fragment(*box);
    case kKindCheckpoint:
      return read_checkpoint(*box);
    case kKindOmitted:
      return read_omitted(*box);
    default:
      out_.add(FaultClass::kUnknownBytes, "a box that no original holds", at_);
      window_.spoil();
      at_ += box->size();
  }
}

void PieceVerifier::skip_to_next(std::string_view what) {
  const auto next = find_box(piece_, at_ + 1);
  const size_t end = next.value_or(piece_.size());
  const ByteSpan rest = piece_.subspan(at_);
  const bool whole_box = mp4::read_box_header(piece_, at_).has_value();
  FaultClass fault = FaultClass::kAltered;
  if (whole_box) fault = FaultClass::kUnknownBytes;
  if (!whole_box && !next) fault = FaultClass::kTruncated;
  out_.add(fault, fmt::format("{} ({} bytes)", what, std::min(end - at_, rest.size())), at_);
  at_ = end;
}

void PieceVerifier::read_fragment(ByteSpan box) {
  const size_t begin = at_;
  const ByteSpan moof = box_of(fourcc("moof"), begin + box.size());
  const ByteSpan mdat =
      moof.empty() ? ByteSpan() : box_of(fourcc("mdat"), begin + box.size() + moof.size());
  if (!mdat.empty()) {
    judge_fragment(box, piece_.subspan(begin + box.size(), moof.size() + mdat.size()), mdat);
    at_ = begin + box.size() + moof.size() + mdat.size();
    return;
  }
  window_.spoil();
  const auto next = find_box(piece_, begin + box.size());
  out_.add(next ? FaultClass::kAltered : FaultClass::kTruncated,
           "moof and mdat do not follow their record whole", begin);
  at_ = next.value_or(piece_.size());
}

void PieceVerifier::judge_fragment(ByteSpan box, ByteSpan moof_and_mdat, ByteSpan mdat) {
  ++out_.records;
  const auto record = decode(box);
  if (!record) {
    out_.add(FaultClass::kAltered, record.error().message(), at_);
    return window_.spoil();
  }
  if (const auto fits = check_fragment(*record, moof_and_mdat); !fits) {
    out_.add(FaultClass::kAltered, fits.error().what, at_ + box.size());
  }
  if (!same_run(*record, *whose_)) {
    out_.add(FaultClass::kSpliced,
             fmt::format("a fragment of run {}, camera {}", record->run, record->camera), at_);
    return window_.spoil();
  }
  if (closed_) {
    out_.add(FaultClass::kUnknownBytes, "a fragment behind the end of its file", at_);
  }
  if (left_out_) {
    // An export leaves out what is before and behind the stretch, and nothing in it.
    out_.add(FaultClass::kRemoved,
             fmt::format("fragments before {} are left out, and others before them are shown",
                         record->sequence),
             *left_out_);
    left_out_.reset();
  }
  if (tail_.fragments == 0) tail_.offset = at_;
  ++tail_.fragments;
  tail_.duration_us += record->duration_us();
  const Hash hash = record_hash(box);
  window_.add(record->sequence, hash);
  fragments_.push_back({*record, hash, sha256(mdat), at_});
}

void PieceVerifier::read_checkpoint(ByteSpan box) {
  const size_t begin = at_;
  at_ += box.size();
  const auto checkpoint = decode_checkpoint(box);
  if (!checkpoint) {
    out_.add(FaultClass::kAltered, checkpoint.error().message(), begin);
    return;
  }
  if (whose_ && !of_run(*checkpoint, *whose_)) {
    out_.add(FaultClass::kSpliced, fmt::format("a checkpoint of run {}", checkpoint->run), begin);
    return;
  }
  if (checkpoint->init != init_) {
    out_.add(FaultClass::kAltered, "ftyp and moov are not those that were signed", 0);
  }
  window_.close(*checkpoint, box, begin);
  closed_ = checkpoint->closing;
  unproven_.reset();
  tail_ = {};
}

void PieceVerifier::read_omitted(ByteSpan box) {
  const size_t begin = at_;
  at_ += box.size();
  const auto omitted = decode_omitted(box);
  if (!omitted) {
    out_.add(FaultClass::kAltered, omitted.error().message(), begin);
    return window_.spoil();
  }
  if (whose_ && omitted->run != whose_->run) {
    out_.add(FaultClass::kSpliced, "omitted records of another run", begin);
  }
  unproven_ = begin;
  if (!fragments_.empty()) left_out_ = begin;
  for (size_t i = 0; i < omitted->hashes.size(); ++i) {
    window_.add(omitted->first_sequence + i, omitted->hashes[i]);
    omitted_[omitted->first_sequence + i] = omitted->hashes[i];
  }
}

/// Order, holes and links, among the records by their sequence whatever their place.
void PieceVerifier::check_sequences() {
  std::map<uint64_t, const SeenFragment*> by_sequence;
  uint64_t highest = 0;
  for (const SeenFragment& seen : fragments_) {
    const uint64_t sequence = seen.record.sequence;
    if (!by_sequence.try_emplace(sequence, &seen).second) {
      out_.add(FaultClass::kDuplicated, fmt::format("fragment {} stands twice", sequence),
               seen.offset);
      continue;
    }
    if (sequence < highest) {
      out_.add(FaultClass::kReordered,
               fmt::format("fragment {} stands behind {}", sequence, highest), seen.offset);
    }
    highest = std::max(highest, sequence);
  }
  std::map<uint64_t, Hash> hashes = omitted_;
  for (const auto& [sequence, seen] : by_sequence) {
    if (!hashes.try_emplace(sequence, seen->record_hash).second) {
      out_.add(FaultClass::kAltered, fmt::format("fragment {} is omitted and shown", sequence),
               seen->offset);
    }
  }
  for (const auto& [sequence, seen] : by_sequence) {
    const auto before = sequence == 0 ? hashes.end() : hashes.find(sequence - 1);
    if (before != hashes.end() ? seen->record.previous != before->second
                               : sequence == 0 && seen->record.previous != Hash{}) {
      out_.add(FaultClass::kAltered,
               fmt::format("fragment {} does not follow the one before it", sequence),
               seen->offset);
    } else if (before == hashes.end() && sequence > hashes.begin()->first) {
      out_.add(FaultClass::kRemoved, fmt::format("fragments before {} are missing", sequence),
               seen->offset);
    }
  }
}

}  // namespace vedette::evidence
