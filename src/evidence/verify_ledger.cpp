// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_ledger.h"

#include <fmt/core.h>

#include "evidence/box_walk.h"
#include "evidence/checkpoint.h"
#include "evidence/torn_end.h"

namespace vedette::evidence {
namespace {

// Entries are signed after 10 s; more than this much later something is missing.
constexpr Duration kSignedAfter = std::chrono::seconds(60);
// Entries may claim any sequence: of all holes together no more is kept hash by hash, or a forged
// ledger of some kilobytes would take gigabytes.
constexpr uint64_t kMaxMissing = 1'000'000;

}  // namespace

std::optional<Hash> LedgerBook::hash_of(uint64_t entry) const {
  if (entry >= hashes_.size()) return std::nullopt;
  return hashes_[static_cast<size_t>(entry)];
}

void LedgerBook::read(ByteSpan bytes, bool last) {
  out_.bytes += bytes.size();
  file_ = bytes;
  may_be_torn_ = last;
  at_torn_end_ = false;
  for (size_t at = 0; at < bytes.size();) {
    const auto box = box_at(bytes, at);
    const bool taken = box && take(*box, at);
    if (at_torn_end_ || (!taken && is_torn_end(at))) return out_.add_torn(at, bytes.size() - at);
    if (taken) {
      at += box->size();
      continue;
    }
    const auto good = next_ledger_box(bytes, at + 1);
    window_whole_ = false;
    out_.add(box ? FaultClass::kAltered : FaultClass::kUnknownBytes,
             box ? "an entry of the ledger cannot be read"
                 : fmt::format("{} bytes belong to nothing", good.value_or(bytes.size()) - at),
             at);
    at = good.value_or(bytes.size());
  }
}

bool LedgerBook::is_torn_end(size_t offset) const {
  return may_be_torn_ && is_torn_ledger_end(file_, offset);
}

bool LedgerBook::take(ByteSpan box, size_t offset) {
  if (kind_of(box) == 2) return take_checkpoint(box, offset);
  return take_entry(box, offset);
}

bool LedgerBook::take_entry(ByteSpan box, size_t offset) {
  const auto entry = decode_entry(box);
  if (!entry) return false;
  const Hash hash = record_hash(box);
  const auto fault = [&](FaultClass what, std::string detail) {
    out_.add({what, "", offset, std::move(detail), entry->sequence, entry->written});
    window_whole_ = false;
  };
  if (volume_.empty()) {
    volume_ = entry->volume;
    site_ = entry->site;
  }
  if (entry->volume != volume_ || entry->site != site_) {
    fault(FaultClass::kSpliced, "an entry of another volume's ledger");
    return true;
  }
  const uint64_t next = hashes_.size();
  if (entry->sequence < next) {
    const Hash& known = hashes_[static_cast<size_t>(entry->sequence)];
    // Written again to a new file after a failed sync.
    if (known == hash && offset == 0) return true;
    if (known == hash) {
      fault(FaultClass::kDuplicated, "an entry stands here once more");
    } else {
      fault(known == Hash{} ? FaultClass::kReordered : FaultClass::kAltered,
            "an entry with the sequence of an earlier one");
    }
    return true;
  }
  if (entry->sequence - next > kMaxMissing - missing_) {
    fault(FaultClass::kAltered, "an entry with a sequence far ahead");
    return true;
  }
  if (entry->sequence > next) {
    fault(FaultClass::kRemoved,
          fmt::format("{} entries are missing before this one", entry->sequence - next));
    missing_ += entry->sequence - next;
    hashes_.resize(static_cast<size_t>(entry->sequence));
  } else if (next > 0 && entry->previous != hashes_.back()) {
    fault(FaultClass::kAltered, "an entry does not point at the one before");
  }
  hashes_.push_back(hash);
  tree_.add(hash);
  if (unsigned_++ == 0) unsigned_from_ = entry->written;
  unsigned_to_ = entry->written;
  apply(*entry);
  return true;
}

bool LedgerBook::take_checkpoint(ByteSpan box, size_t offset) {
  const auto checkpoint = decode_checkpoint(box);
  if (!checkpoint) return false;
  const bool is_signed = signature_is_right(box);
  at_torn_end_ = !is_signed && is_torn_end(offset);  // its last sector is missing
  if (at_torn_end_) return true;
  ++out_.checkpoints;
  const auto fault = [&](FaultClass what, std::string detail) {
    out_.add(
        {what, "", offset, std::move(detail), checkpoint->first_sequence, checkpoint->signed_at});
  };
  const Hash hash = record_hash(box);
  if (hash == last_checkpoint_ && offset == 0) return true;
  if (!checkpoint->of_ledger || (!volume_.empty() && checkpoint->run != volume_)) {
    fault(FaultClass::kSpliced, "a checkpoint of something else");
    return true;
  }
  if (is_signed) {
    out_.check_key(checkpoint->key, offset);
  } else {
    fault(FaultClass::kAltered, "the signature of a checkpoint is wrong");
  }
  if (checkpoint->number > checkpoints_) {
    fault(FaultClass::kRemoved, fmt::format("{} checkpoints are missing before this one",
                                            checkpoint->number - checkpoints_));
  } else if (checkpoint->number < checkpoints_) {
    fault(hash == last_checkpoint_ ? FaultClass::kDuplicated : FaultClass::kReordered,
          "a checkpoint stands behind later ones");
    return true;
  } else if (checkpoint->previous != last_checkpoint_) {
    fault(FaultClass::kAltered, "a checkpoint does not point at the one before");
  }
  const bool same_window =
      checkpoint->first_sequence == window_from_ && checkpoint->end_sequence() == hashes_.size();
  if (same_window && window_whole_ && tree_.root() != checkpoint->root)
    fault(FaultClass::kAltered,
          "the entries before this checkpoint are not those that were signed");
  if (!same_window && window_whole_ && checkpoint->number == checkpoints_)
    fault(FaultClass::kRemoved, "entries that this checkpoint covers are missing");
  checkpoints_ = checkpoint->number + 1;
  last_checkpoint_ = hash;
  window_from_ = checkpoint->end_sequence();
  window_whole_ = window_from_ == hashes_.size();
  tree_.clear();
  unsigned_ = 0;
  return true;
}

void LedgerBook::apply(const LedgerEntry& entry) {
  last_word_ = entry.written;
  ends_stopped_ = false;
  if (const auto* service = std::get_if<ServiceEntry>(&entry.what)) {
    running_ = service->event == ServiceEntry::Event::kStarted;
    ends_stopped_ = !running_;
    has_key_ = service->key != PublicKey{};
    ++session_;
  } else if (const auto* deletion = std::get_if<DeletionEntry>(&entry.what)) {
    apply_deletion(deletion->file);
  } else if (const auto* file = std::get_if<FileEntry>(&entry.what)) {
    apply_file(*file, entry);
  }
}

// What could no longer be read when it was deleted is known by its number alone.
void LedgerBook::apply_deletion(const FileFacts& facts) {
  const auto known = by_number_.find({facts.run, facts.number});
  if (facts.count > 0) deleted_[{facts.run, facts.first_sequence}] = facts;
  if (known == by_number_.end()) return;
  const auto file = files_.find(known->second);
  if (file != files_.end()) {
    if (facts.count == 0) deleted_[file->first] = file->second.entry.file;
    files_.erase(file);
  }
  by_number_.erase(known);
}

void LedgerBook::apply_file(const FileEntry& file, const LedgerEntry& entry) {
  const std::pair<std::string, uint32_t> number{file.file.run, file.file.number};
  if (file.event == FileEntry::Event::kLost) {
    const auto known = by_number_.find(number);
    if (known == by_number_.end()) return;
    files_.erase(known->second);
    by_number_.erase(known);
    return;
  }
  const FileIdentity identity{file.file.run, file.file.first_sequence};
  by_number_[number] = identity;
  File& known = files_[identity];
  known.entry = file;
  known.camera = entry.camera;
  known.path = entry.detail;
  if (file.event == FileEntry::Event::kOpened) known.session = session_;
}

// The last thing that a service does is to sign that it stops: this end is not an open one.
void LedgerBook::finish() {
  if (unsigned_ > 0 && ends_stopped_ && has_key_) {
    out_.add(FaultClass::kTruncated,
             "the service stopped, and the checkpoint that it signs then is missing", file_.size());
  } else if (unsigned_ > 0 && (ends_stopped_ || unsigned_to_ - unsigned_from_ >= kSignedAfter)) {
    out_.add(FaultClass::kUnsigned,
             fmt::format("nobody signed the last {} entries of the ledger", unsigned_));
  }
  out_.not_signed_yet += unsigned_;
}

}  // namespace vedette::evidence
