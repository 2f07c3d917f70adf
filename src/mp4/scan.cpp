// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/core.h>

#include "mp4/box_walk.h"
#include "mp4/limits.h"
#include "mp4/read_window.h"
#include "mp4/reader.h"

namespace vedette::mp4 {
namespace {

/// More than any index needs.
constexpr size_t kMaxReserveBytes = 64 * 1024;

class Scanner {
 public:
  Scanner(const ByteSource& source, uint64_t from, size_t most)
      : source_(source), window_(source), most_(most), at_(from) {
    scan_.good_end = from;
  }

  Scan run() {
    BoxHeader box;
    while (boxes_ < kMaxTopLevelBoxes && scan_.fragments.size() < most_ && next(box)) {
      const bool filler = box.type == fourcc("free") || box.type == fourcc("sidx");
      if (filler && scan_.fragments.empty()) {
        at_ = scan_.good_end = box.end();
        if (box.type == fourcc("sidx")) skip_torn_reserve();
      } else if (!take_fragment(box)) {
        break;
      }
    }
    return std::move(scan_);
  }

 private:
  bool stop(ScanStop stop, const std::string& why) {
    scan_.stop = stop;
    scan_.why = fmt::format("{} at offset {}", why, at_);
    return false;
  }

  /// A power cut while the index was written may leave its box without the free box that fills
  /// the reserve: the fragments behind it were on the disk long before.
  void skip_torn_reserve() {
    const auto head = window_.at(at_, kBoxHeaderBytes);
    if (!head || head->size() < kBoxHeaderBytes) return;
    const auto type_at = [](ByteSpan bytes, size_t at) {
      ByteReader in(bytes.subspan(at + 4));
      return in.u32();
    };
    const FourCc follows = type_at(*head, 0);
    if (follows == fourcc("free") || follows == fourcc("uuid") || follows == fourcc("moof")) return;
    Bytes reserve(kMaxReserveBytes);
    const auto filled = source_.read_at(at_, reserve);
    if (!filled) return;
    for (size_t i = 0; i + kBoxHeaderBytes <= *filled; ++i) {
      const FourCc type = type_at(reserve, i);
      if (type != fourcc("uuid") && type != fourcc("moof")) continue;
      at_ = scan_.good_end = at_ + i;
      return;
    }
  }

  /// The header at at_; false, with the reason noted, when there is none.
  bool next(BoxHeader& box) {
    ++boxes_;
    if (at_ >= source_.size()) return stop(ScanStop::kEndOfFile, "end of file");
    const auto head = window_.at(at_, kLongestBoxHeader);
    if (!head) return stop(ScanStop::kReadError, head.error().message());
    const bool zeros = std::all_of(head->begin(), head->end(), [](uint8_t b) { return b == 0; });
    if (zeros) return stop(ScanStop::kUnwritten, "nothing was written");
    if (head->size() < kBoxHeaderBytes) return stop(ScanStop::kTorn, "box header is cut off");
    // A size of 0 means "to the end" elsewhere; in a recording file it is a header half written.
    ByteReader size(*head);
    if (size.u32() == 0) return stop(ScanStop::kGarbage, "a box without size");
    const auto parsed = parse_box_header(*head, at_, source_.size() - at_);
    if (!parsed) return stop_at_bad_header(*head);
    box = *parsed;
    return true;
  }

  bool stop_at_bad_header(ByteSpan head) {
    ByteReader in(head);
    in.skip(4);
    const FourCc type = in.u32();
    const bool ours = type == fourcc("uuid") || type == fourcc("moof") || type == fourcc("mdat") ||
                      type == fourcc("free") || type == fourcc("sidx");
    return ours ? stop(ScanStop::kTorn, "box '" + to_string(type) + "' is not whole")
                : stop(ScanStop::kGarbage, "not a box of a recording file");
  }

  bool expect(const BoxHeader& box, FourCc type, uint64_t limit) {
    if (box.type != type) {
      return stop(ScanStop::kGarbage,
                  fmt::format("'{}' where '{}' belongs", to_string(box.type), to_string(type)));
    }
    if (box.size > limit)
      return stop(ScanStop::kGarbage, "box '" + to_string(type) + "' is too large");
    return true;
  }

  /// uuid* moof mdat, of which `box` is the first.
  bool take_fragment(BoxHeader box) {
    const uint64_t begin = box.offset;
    scan_.tail.clear();
    while (box.type == fourcc("uuid")) {
      if (!expect(box, fourcc("uuid"), kMaxUuidBytes)) return false;
      scan_.tail.push_back(box);
      at_ = box.end();
      if (!next_inside(box)) return false;
    }
    ScannedFragment fragment;
    fragment.offset = scan_.tail.empty() ? begin : scan_.tail.back().offset;
    fragment.prefix_size = static_cast<uint32_t>(fragment.offset - begin);
    fragment.record_size = static_cast<uint32_t>(box.offset - fragment.offset);
    if (!expect(box, fourcc("moof"), kMaxMoofBytes)) return false;
    fragment.moof_size = static_cast<uint32_t>(box.size);
    at_ = box.end();
    if (!next_inside(box)) return false;
    if (!expect(box, fourcc("mdat"), kMaxMdatBytes)) return false;
    fragment.mdat_size = box.size;
    at_ = scan_.good_end = box.end();
    scan_.tail.clear();
    scan_.fragments.push_back(fragment);
    return true;
  }

  /// next(), where the end of the file is not a good place to stop.
  bool next_inside(BoxHeader& box) {
    if (next(box)) return true;
    if (scan_.stop == ScanStop::kEndOfFile)
      stop(ScanStop::kTorn, "the file ends within a fragment");
    return false;
  }

  const ByteSource& source_;
  ReadWindow window_;
  const size_t most_;
  uint64_t at_;
  size_t boxes_ = 0;
  Scan scan_;
};

}  // namespace

std::string_view to_string(ScanStop stop) {
  switch (stop) {
    case ScanStop::kEndOfFile:
      return "end_of_file";
    case ScanStop::kUnwritten:
      return "unwritten";
    case ScanStop::kTorn:
      return "torn";
    case ScanStop::kGarbage:
      return "garbage";
    case ScanStop::kReadError:
      return "read_error";
  }
  return "unknown";
}

Scan scan_fragments(const ByteSource& source, uint64_t from_offset, size_t most) {
  return Scanner(source, from_offset, most).run();
}

}  // namespace vedette::mp4
