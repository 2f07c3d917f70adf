// SPDX-License-Identifier: Apache-2.0
#include "playback/export_original.h"

#include <algorithm>
#include <optional>

#include "evidence/bundle.h"
#include "evidence/checkpoint.h"
#include "evidence/record.h"
#include "mp4/reader.h"

namespace vedette::playback {
namespace {

/// A record with its fragment, or a checkpoint.
struct Item {
  bool checkpoint = false;
  uint64_t begin = 0;
  uint64_t end = 0;
  uint32_t sequence = 0;  ///< of a record
  evidence::Hash hash{};  ///< of a record
};

/// What stands in a recording file, in its order.
class Items {
 public:
  explicit Items(const mp4::ByteSource& file) : file_(file) {}

  Result<std::vector<Item>> read(uint64_t init_end) {
    const mp4::Scan scan = mp4::scan_fragments(file_, init_end);
    for (const mp4::ScannedFragment& fragment : scan.fragments) {
      if (fragment.record_size == 0) {
        return make_error(ErrorCode::kFailedPrecondition,
                          "a recording without records cannot be proven; export an .mp4");
      }
      VEDETTE_TRY(add_checkpoints(fragment.offset - fragment.prefix_size, fragment.offset));
      VEDETTE_ASSIGN(const Bytes box,
                     mp4::read_exactly(file_, fragment.offset, fragment.record_size));
      VEDETTE_ASSIGN(const evidence::FragmentRecord record, evidence::decode(box));
      items_.push_back({false, fragment.offset, fragment.end(), record.sequence,
                        evidence::record_hash(ByteSpan(box))});
    }
    for (const mp4::BoxHeader& box : scan.tail) {
      VEDETTE_TRY(add_checkpoints(box.offset, box.offset + box.size));
    }
    return std::move(items_);
  }

 private:
  /// The uuid boxes in [begin, end).
  Result<void> add_checkpoints(uint64_t begin, uint64_t end) {
    while (begin < end) {
      VEDETTE_ASSIGN(const Bytes head, mp4::read_exactly(file_, begin, 4));
      const uint32_t size = ByteReader(head).u32();
      if (size < evidence::kCheckpointFixedBytes || size > end - begin) break;
      VEDETTE_ASSIGN(const Bytes box, mp4::read_exactly(file_, begin, size));
      if (evidence::decode_checkpoint(box)) items_.push_back({true, begin, begin + size, 0, {}});
      begin += size;
    }
    return ok();
  }

  const mp4::ByteSource& file_;
  std::vector<Item> items_;
};

Result<void> add_omitted(std::span<const Item> records, const std::string& run, PiecePlan& plan) {
  for (size_t at = 0; at < records.size(); at += evidence::kMaxOmitted) {
    const auto some = records.subspan(at, std::min(evidence::kMaxOmitted, records.size() - at));
    evidence::Omitted omitted;
    omitted.run = run;
    omitted.first_sequence = some.front().sequence;
    for (const Item& record : some) omitted.hashes.push_back(record.hash);
    VEDETTE_ASSIGN(Bytes box, evidence::encode(omitted));
    plan.parts.push_back({0, box.size(), std::move(box)});
  }
  return ok();
}

using Place = std::vector<Item>::const_iterator;

Place find_record(const std::vector<Item>& items, uint32_t sequence) {
  return std::find_if(items.begin(), items.end(), [sequence](const Item& item) {
    return !item.checkpoint && item.sequence == sequence;
  });
}

}  // namespace

uint64_t PiecePlan::size() const {
  uint64_t bytes = 0;
  for (const PiecePart& part : parts) bytes += part.size;
  return bytes;
}

Result<PiecePlan> plan_original(const mp4::ByteSource& file, const OriginalPiece& piece) {
  VEDETTE_ASSIGN(const std::vector<Item> items, Items(file).read(piece.file->init_size));
  const Place first = find_record(items, piece.first_sequence);
  const Place last = find_record(items, piece.first_sequence + piece.count - 1);
  if (first == items.end() || last == items.end() || first->begin != piece.begin ||
      last->end != piece.end) {
    return make_error(ErrorCode::kDataLoss, piece.file->relative +
                                                " does not hold what the catalog says; run vedette "
                                                "fsck");
  }
  const auto is_checkpoint = [](const Item& item) { return item.checkpoint; };
  const Place signing = std::find_if(first, items.end(), is_checkpoint);
  const Place closing = std::find_if(last, items.end(), is_checkpoint);
  Place window = first;  // where the window that holds `first` begins
  while (window != items.begin() && !std::prev(window)->checkpoint) --window;
  if (signing == items.end()) window = first;  // nobody signed it yet

  PiecePlan plan;
  plan.parts.push_back({0, piece.file->init_size, {}});
  const std::string& run = piece.file->run;
  VEDETTE_TRY(add_omitted(std::span(window, first), run, plan));
  plan.parts.push_back({first->begin, last->end - first->begin, {}});
  if (closing == items.end()) return plan;
  VEDETTE_TRY(add_omitted(std::span(std::next(last), closing), run, plan));
  plan.parts.push_back({closing->begin, closing->end - closing->begin, {}});
  return plan;
}

}  // namespace vedette::playback
