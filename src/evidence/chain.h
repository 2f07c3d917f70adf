// SPDX-License-Identifier: Apache-2.0
// The hash chain of the records of one run: making it, and finding what was done to it afterwards.
// The chain alone does not stop somebody who recomputes all of it; signed checkpoints over it do,
// and also tell when the end of a run was cut off. Values; functions callable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "evidence/record.h"

namespace vedette::evidence {

/// Makes the chain of one run. Confined to its recorder.
class Chain {
 public:
  /// `run`: 16 lower-case hex digits.
  explicit Chain(std::string run) : run_(std::move(run)) {}

  /// Fills run, sequence and previous of `record`, and returns its encoding. If those bytes do not
  /// reach the disk the run is over: a later record would point at one that nobody has.
  [[nodiscard]] Result<Bytes> append(FragmentRecord& record);

  [[nodiscard]] const std::string& run() const { return run_; }
  [[nodiscard]] uint32_t next_sequence() const { return next_sequence_; }
  /// Hash of the newest record; zeros before the first.
  [[nodiscard]] const Hash& head() const { return head_; }

 private:
  std::string run_;
  uint32_t next_sequence_ = 0;
  Hash head_{};
};

enum class ChainFault : uint8_t { kAltered, kRemoved, kReordered, kDuplicated, kForeign };
[[nodiscard]] std::string_view to_string(ChainFault fault);

struct ChainFinding {
  ChainFault fault = ChainFault::kAltered;
  size_t index = 0;       ///< in the span; for kRemoved, of the record after the hole
  uint32_t sequence = 0;  ///< of that record; for kRemoved, the first one missing
  uint32_t count = 1;     ///< for kRemoved, how many are missing
  std::string detail;     ///< one line for a person

  friend bool operator==(const ChainFinding&, const ChainFinding&) = default;
};

/// Whether the span must start with sequence 0, or may be a part of a run (one file of many).
enum class ChainBegin : uint8_t { kStartOfRun, kAnywhere };

/// The records of one run in the order of the files. Empty when nothing was done to them that a
/// chain can tell. Findings are by ascending index, at most one of a kind per index.
/// When neighbours were both altered, the later of them may stand for both. O(n log n), one hash
/// per record. REQUIRES: each record came from decode() or encode() accepts it.
[[nodiscard]] std::vector<ChainFinding> check_chain(std::span<const FragmentRecord> records,
                                                    ChainBegin begin = ChainBegin::kStartOfRun);

/// The bytes of moof and mdat against their record. data_loss says what differs.
[[nodiscard]] Result<void> check_fragment(const FragmentRecord& record, ByteSpan moof_and_mdat);

}  // namespace vedette::evidence
