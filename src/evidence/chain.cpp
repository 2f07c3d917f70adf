// SPDX-License-Identifier: Apache-2.0
#include "evidence/chain.h"

#include <algorithm>
#include <numeric>

#include <fmt/core.h>

namespace vedette::evidence {
namespace {

/// Judges records that stand in `file order` by comparing it with the order of their sequences.
class ChainChecker {
 public:
  explicit ChainChecker(std::span<const FragmentRecord> records) : records_(records) {}

  std::vector<ChainFinding> check(ChainBegin begin) {
    collect();
    find_reordered();
    if (begin == ChainBegin::kStartOfRun) check_start();
    for (size_t i = 0; i + 1 < order_.size(); ++i) check_step(i);
    std::sort(findings_.begin(), findings_.end(), [](const auto& a, const auto& b) {
      return a.index != b.index ? a.index < b.index : a.fault < b.fault;
    });
    // A record whose link and contents were both touched is found from both sides.
    const auto same = [](const auto& a, const auto& b) {
      return a.index == b.index && a.fault == b.fault;
    };
    findings_.erase(std::unique(findings_.begin(), findings_.end(), same), findings_.end());
    return std::move(findings_);
  }

 private:
  void add(ChainFault fault, size_t index, std::string detail) {
    findings_.push_back({fault, index, records_[index].sequence, 1, std::move(detail)});
  }

  /// Leaves in order_ one index per sequence, by sequence; sets foreign and doubled ones aside.
  void collect() {
    for (size_t i = 0; i < records_.size(); ++i) {
      if (same_run(records_[i], records_.front())) {
        order_.push_back(i);
      } else {
        add(ChainFault::kForeign, i, fmt::format("record {} is of run {}", i, records_[i].run));
      }
    }
    std::stable_sort(order_.begin(), order_.end(), [this](size_t a, size_t b) {
      return records_[a].sequence < records_[b].sequence;
    });
    const auto doubled = [this](size_t kept, size_t next) {
      if (records_[kept].sequence != records_[next].sequence) return false;
      add(ChainFault::kDuplicated, next,
          fmt::format("record {} has sequence {} once more", next, records_[next].sequence));
      return true;
    };
    order_.erase(std::unique(order_.begin(), order_.end(), doubled), order_.end());
    for (const size_t index : order_) hashes_.push_back(record_hash(records_[index]));
  }

  static bool same_run(const FragmentRecord& a, const FragmentRecord& b) {
    return a.run == b.run && a.stream == b.stream && a.camera == b.camera && a.site == b.site;
  }

  /// Those that do not stand where their sequence puts them among the records that are here.
  void find_reordered() {
    std::vector<size_t> by_place = order_;
    std::sort(by_place.begin(), by_place.end());
    for (size_t i = 0; i < order_.size(); ++i) {
      if (order_[i] == by_place[i]) continue;
      add(ChainFault::kReordered, by_place[i],
          fmt::format("record {} has sequence {} out of turn", by_place[i],
                      records_[by_place[i]].sequence));
    }
  }

  void add_removed(size_t index, uint32_t first, uint32_t count) {
    findings_.push_back({ChainFault::kRemoved, index, first, count,
                         fmt::format("{} missing from sequence {}", count, first)});
  }

  void check_start() {
    if (order_.empty()) return;
    const FragmentRecord& first = records_[order_.front()];
    if (first.sequence != 0) {
      add_removed(order_.front(), 0, first.sequence);
    } else if (first.previous != Hash{}) {
      add(ChainFault::kAltered, order_.front(), "the first record of the run has a predecessor");
    }
  }

  /// The link from order_[i + 1] back to order_[i].
  void check_step(size_t i) {
    const FragmentRecord& earlier = records_[order_[i]];
    const FragmentRecord& later = records_[order_[i + 1]];
    const uint32_t distance = later.sequence - earlier.sequence;
    if (distance > 1) return add_removed(order_[i + 1], earlier.sequence + 1, distance - 1);
    if (later.previous == hashes_[i]) return;
    // The link is broken at one of its ends. If the record after vouches for the later one, the
    // earlier one was altered; if the one after contradicts it as well, the later one was. At the
    // end of the span nobody vouches, and the earlier one is named.
    const bool has_next =
        i + 2 < order_.size() && records_[order_[i + 2]].sequence == later.sequence + 1;
    const bool later_is_bad = has_next && records_[order_[i + 2]].previous != hashes_[i + 1];
    const size_t culprit = later_is_bad ? order_[i + 1] : order_[i];
    add(ChainFault::kAltered, culprit,
        has_next ? fmt::format("record {} is not the one its successor points at", culprit)
                 : fmt::format("record {} or the link of the one after it was altered", culprit));
  }

  std::span<const FragmentRecord> records_;
  std::vector<size_t> order_;  ///< indexes, by sequence
  std::vector<Hash> hashes_;   ///< of order_
  std::vector<ChainFinding> findings_;
};

}  // namespace

Result<Bytes> Chain::append(FragmentRecord& record) {
  record.run = run_;
  record.sequence = next_sequence_;
  record.previous = head_;
  VEDETTE_ASSIGN(Bytes encoded, encode(record));
  head_ = record_hash(ByteSpan(encoded));
  ++next_sequence_;
  return encoded;
}

std::string_view to_string(ChainFault fault) {
  switch (fault) {
    case ChainFault::kAltered:
      return "altered";
    case ChainFault::kRemoved:
      return "removed";
    case ChainFault::kReordered:
      return "reordered";
    case ChainFault::kDuplicated:
      return "duplicated";
    case ChainFault::kForeign:
      return "foreign";
  }
  return "unknown";
}

std::vector<ChainFinding> check_chain(std::span<const FragmentRecord> records, ChainBegin begin) {
  return ChainChecker(records).check(begin);
}

Result<void> check_fragment(const FragmentRecord& record, ByteSpan moof_and_mdat) {
  if (moof_and_mdat.size() != record.fragment_size) {
    return make_error(ErrorCode::kDataLoss,
                      fmt::format("fragment {} has {} bytes; its record says {}", record.sequence,
                                  moof_and_mdat.size(), record.fragment_size));
  }
  if (sha256(moof_and_mdat) != record.fragment_hash) {
    return make_error(ErrorCode::kDataLoss,
                      fmt::format("the bytes of fragment {} were altered", record.sequence));
  }
  return ok();
}

}  // namespace vedette::evidence
