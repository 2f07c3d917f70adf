// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_original.h"

#include <algorithm>

#include "evidence/box_fields.h"
#include "evidence/bundle.h"
#include "evidence/verify_piece.h"
#include "mp4/box.h"

namespace vedette::evidence {
namespace {

using mp4::fourcc;

constexpr uint64_t kMaxLoaded = uint64_t{2} << 30;

/// "original-NNNN.mp4", four digits or more.
bool has_name_of_original(std::string_view name) {
  constexpr std::string_view kStem = "original-";
  constexpr std::string_view kEnd = ".mp4";
  if (!name.starts_with(kStem) || !name.ends_with(kEnd)) return false;
  name.remove_prefix(kStem.size());
  name.remove_suffix(std::min(name.size(), kEnd.size()));
  return name.size() >= 4 && name.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_omitted(const mp4::ByteSource& source, const mp4::BoxHeader& box) {
  if (box.type != fourcc("uuid") || box.user_type != kRecordUserType) return false;
  if (box.header_size != mp4::kUuidHeaderBytes || box.size <= kKindOffset) return false;
  const auto kind = mp4::read_exactly(source, box.offset + kKindOffset, 1);
  return kind && kind->front() == kKindOmitted;
}

}  // namespace

bool is_original(const mp4::ByteSource& source, std::string_view file_name) {
  bool no_room = false;
  uint64_t at = 0;
  for (size_t number = 0; at < source.size(); ++number) {
    const auto box = mp4::read_box_header(source, at, source.size());
    if (!box) break;
    if (number == 2) no_room = box->type != fourcc("sidx") && box->type != fourcc("free");
    if (is_omitted(source, *box)) return true;
    at = box->end();
  }
  return no_room && has_name_of_original(file_name);
}

Result<void> verify_original(const mp4::ByteSource& source, Verification& out) {
  if (source.size() > kMaxLoaded)
    return make_error(ErrorCode::kUnsupported, "it is larger than any export makes");
  VEDETTE_ASSIGN(const Bytes piece,
                 mp4::read_exactly(source, 0, static_cast<size_t>(source.size())));
  (void)PieceVerifier(piece, out).verify();
  ++out.files;
  out.bytes += source.size();
  return ok();
}

}  // namespace vedette::evidence
