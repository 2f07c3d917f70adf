// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_excerpt.h"

#include <map>

#include <fmt/format.h>

#include "evidence/box_walk.h"
#include "evidence/bundle.h"
#include "evidence/checkpoint_window.h"

namespace vedette::evidence {
namespace {

/// A ledger's boxes, from the first to the last.
class ExcerptVerifier {
 public:
  explicit ExcerptVerifier(Verification& out) : out_(out), window_(out) {}

  std::vector<LedgerEntry> verify(ByteSpan bytes) {
    for (size_t at = 0; at < bytes.size();) {
      const auto box = box_at(bytes, at);
      if (!box) {
        const auto next = find_box(bytes, at + 1);
        out_.add(FaultClass::kAltered, "bytes that are no box of a ledger", at);
        window_.spoil();
        at = next.value_or(bytes.size());
        continue;
      }
      read(*box, at);
      at += box->size();
    }
    out_.not_signed_yet += window_.pending();
    return std::move(entries_);
  }

 private:
  void read(ByteSpan box, size_t at) {
    if (kind_of(box) == kKindCheckpoint) return read_checkpoint(box, at);
    if (kind_of(box) == kKindOmitted) return read_omitted(box, at);
    const auto entry = decode_entry(box);
    if (!entry) return refuse(entry.error(), at);
    check_volume(entry->volume, at);
    const auto before = hashes_.find(entry->sequence - 1);
    if (entry->sequence > 0 && before != hashes_.end() && before->second != entry->previous) {
      out_.add(FaultClass::kAltered,
               fmt::format("entry {} does not follow the one before it", entry->sequence), at);
    }
    add(entry->sequence, record_hash(box), at);
    entries_.push_back(*entry);
  }
  void read_checkpoint(ByteSpan box, size_t at) {
    const auto checkpoint = decode_checkpoint(box);
    if (!checkpoint) return refuse(checkpoint.error(), at);
    check_volume(checkpoint->run, at);
    const auto newest = hashes_.find(checkpoint->ledger.entries - 1);
    if (!checkpoint->of_ledger ||
        (newest != hashes_.end() && newest->second != checkpoint->ledger.hash)) {
      out_.add(FaultClass::kAltered, "a checkpoint that knows another ledger", at);
    }
    window_.close(*checkpoint, box, at);
    window_.forget();
  }
  void read_omitted(ByteSpan box, size_t at) {
    const auto omitted = decode_omitted(box);
    if (!omitted) return refuse(omitted.error(), at);
    check_volume(omitted->run, at);
    for (size_t i = 0; i < omitted->hashes.size(); ++i) {
      add(omitted->first_sequence + i, omitted->hashes[i], at);
    }
  }
  void refuse(const Error& error, size_t at) {
    out_.add(FaultClass::kAltered, error.message(), at);
    window_.spoil();
  }
  void add(uint64_t sequence, const Hash& hash, size_t at) {
    if (!hashes_.empty() && sequence <= hashes_.rbegin()->first) {
      const bool twice = hashes_.contains(sequence);
      out_.add(twice ? FaultClass::kDuplicated : FaultClass::kReordered,
               fmt::format("entry {} stands behind {}", sequence, hashes_.rbegin()->first), at);
    }
    hashes_[sequence] = hash;
    window_.add(sequence, hash);
  }
  void check_volume(const std::string& volume, size_t at) {
    if (volume_.empty()) volume_ = volume;
    if (volume != volume_) out_.add(FaultClass::kSpliced, "of volume " + volume, at);
  }

  Verification& out_;
  CheckpointWindow window_;
  std::string volume_;
  std::map<uint64_t, Hash> hashes_;
  std::vector<LedgerEntry> entries_;
};

}  // namespace

std::vector<LedgerEntry> verify_ledger_excerpt(ByteSpan bytes, Verification& out) {
  return ExcerptVerifier(out).verify(bytes);
}

}  // namespace vedette::evidence
