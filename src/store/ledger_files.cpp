// SPDX-License-Identifier: Apache-2.0
#include "store/ledger_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/box_walk.h"
#include "evidence/checkpoint.h"
#include "evidence/torn_end.h"

namespace vedette::store {
namespace {

constexpr std::string_view kSuffix = ".ledger";
constexpr size_t kDigits = 16;

/// Follows the boxes of files in their order.
class TailReader {
 public:
  explicit TailReader(const std::string& volume) : volume_(volume) {}

  void read(ByteSpan bytes) {
    tail_.torn = tail_.damaged = false;
    tail_.good_end = 0;
    size_t at = 0;
    while (at < bytes.size()) {
      const auto box = evidence::box_at(bytes, at);
      may_be_torn_ = bytes.size() - at <= evidence::kMaxTornLedgerBytes;
      if (box && take(*box)) {
        at += box->size();
        tail_.good_end = at;
        continue;
      }
      tail_.torn = evidence::is_torn_ledger_end(bytes, at);
      if (tail_.torn) break;
      const auto next = evidence::next_ledger_box(bytes, at + 1);
      tail_.damaged = true;
      begin_anew_ = begin_anew_ || next.has_value();
      at = next.value_or(bytes.size());
    }
  }
  LedgerTail take_tail() { return std::move(tail_); }

 private:
  [[nodiscard]] bool take(ByteSpan box) {
    if (evidence::kind_of(box) == evidence::kKindCheckpoint) return take_checkpoint(box);
    const auto entry = evidence::decode_entry(box);
    if (!entry || entry->volume != volume_) return false;
    const evidence::Hash hash = evidence::record_hash(box);
    // Written again to a new file after a failed sync.
    if (!begin_anew_ && entry->sequence < tail_.next_sequence) return true;
    if (!begin_anew_ && (entry->sequence != tail_.next_sequence || entry->previous != tail_.head))
      return false;
    if (begin_anew_) {
      tail_.unsigned_entries.clear();
      tail_.unsigned_from = entry->sequence;
    }
    begin_anew_ = false;
    tail_.next_sequence = entry->sequence + 1;
    tail_.head = hash;
    tail_.unsigned_entries.push_back(hash);
    return true;
  }

  [[nodiscard]] bool take_checkpoint(ByteSpan box) {
    const auto checkpoint = evidence::decode_checkpoint(box);
    if (!checkpoint || !checkpoint->of_ledger || checkpoint->run != volume_) return false;
    if (may_be_torn_ && !evidence::signature_is_right(box)) return false;  // its end is missing
    if (begin_anew_) {
      tail_.next_sequence = checkpoint->end_sequence();
      tail_.head = checkpoint->ledger.hash;
      begin_anew_ = false;
    }
    tail_.checkpoints = checkpoint->number + 1;
    tail_.last_checkpoint = evidence::record_hash(box);
    tail_.unsigned_from = checkpoint->end_sequence();
    tail_.unsigned_entries.clear();
    return true;
  }

  const std::string& volume_;
  LedgerTail tail_;
  bool may_be_torn_ = false;
  bool begin_anew_ = true;  // the next entry is believed whatever it points at
};

bool has_checkpoint(ByteSpan bytes) {
  for (auto at = evidence::find_box(bytes, 0); at; at = evidence::find_box(bytes, *at + 1)) {
    const auto box = evidence::box_at(bytes, *at);
    if (box && evidence::kind_of(*box) == evidence::kKindCheckpoint) return true;
  }
  return false;
}

}  // namespace

std::string ledger_file_name(uint64_t first_sequence) {
  return fmt::format("{:016x}{}", first_sequence, kSuffix);
}

std::optional<uint64_t> parse_ledger_file_name(std::string_view name) {
  if (name.size() != kDigits + kSuffix.size() || name.substr(kDigits) != kSuffix)
    return std::nullopt;
  const std::string_view digits = name.substr(0, kDigits);
  if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  return std::stoull(std::string(digits), nullptr, 16);
}

Result<std::vector<std::string>> ledger_files(fs::FileSystem& files, const std::string& folder) {
  std::vector<std::string> paths;
  const auto entries = files.list(folder);
  if (!entries && entries.error().code == ErrorCode::kNotFound) return paths;
  if (!entries) return entries.error();
  for (const fs::DirEntry& entry : *entries)
    if (!entry.is_dir && parse_ledger_file_name(entry.name))
      paths.push_back(fs::join(folder, entry.name));
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<LedgerTail> read_ledger_tail(fs::FileSystem& files, const std::string& folder,
                                    const std::string& volume) {
  VEDETTE_ASSIGN(const auto paths, ledger_files(files, folder));
  std::vector<Bytes> contents;  // newest first
  for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
    VEDETTE_ASSIGN(Bytes content, fs::read_all(files, *path, kMaxLedgerFileBytes));
    contents.push_back(std::move(content));
    if (has_checkpoint(contents.back())) break;
  }
  TailReader reader(volume);
  for (auto content = contents.rbegin(); content != contents.rend(); ++content)
    reader.read(*content);
  LedgerTail tail = reader.take_tail();
  if (!paths.empty()) tail.last_path = paths.back();
  return tail;
}

}  // namespace vedette::store
