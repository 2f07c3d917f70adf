// SPDX-License-Identifier: Apache-2.0
#include "playback/covering.h"

#include <algorithm>

#include "mp4/limits.h"
#include "mp4/source.h"

namespace vedette::playback {
namespace {

using store::FragmentRef;

/// Ours are a few hundred bytes; this bounds what a damaged catalog can make us read.
constexpr uint32_t kMaxInitBytes = 1 << 20;

bool follows(const FragmentRef& next, const FragmentRef& previous) {
  return next.file->run == previous.file->run && next.entry.sequence == previous.entry.sequence + 1;
}

/// The part of the first fragment's GOP that lies before it.
Result<std::vector<FragmentRef>> beginning_of_gop(Archive& archive, const FragmentRange& range,
                                                  const FragmentRef& first) {
  FragmentRange before = range;
  before.from = WallTime{first.entry.start_us} - kMaxGop;
  before.to = WallTime{first.entry.start_us};
  VEDETTE_ASSIGN(const std::vector<FragmentRef> earlier, archive.fragments(before));
  std::vector<FragmentRef> chain;
  const FragmentRef* wanted = &first;
  for (size_t i = earlier.size(); i > 0; --i) {
    const FragmentRef& candidate = earlier[i - 1];
    if (!follows(*wanted, candidate)) continue;
    chain.push_back(candidate);
    wanted = &candidate;
    if (candidate.entry.random_access) {
      std::reverse(chain.begin(), chain.end());
      return chain;
    }
  }
  return std::vector<FragmentRef>();
}

}  // namespace

Result<std::vector<FragmentRef>> covering_fragments(Archive& archive, const FragmentRange& range) {
  VEDETTE_ASSIGN(std::vector<FragmentRef> found, archive.fragments(range));
  std::vector<FragmentRef> out;
  if (found.empty()) return out;
  if (!found.front().entry.random_access) {
    VEDETTE_ASSIGN(out, beginning_of_gop(archive, range, found.front()));
  }
  out.reserve(out.size() + found.size());
  for (FragmentRef& fragment : found) {
    const bool decodable =
        fragment.entry.random_access || (!out.empty() && follows(fragment, out.back()));
    if (decodable) out.push_back(std::move(fragment));
  }
  return out;
}

Result<void> FragmentReader::read(const store::FileRefPtr& file, uint64_t offset,
                                  std::span<uint8_t> out) {
  if (!open_ref_ || open_ref_->path() != file->path()) {
    open_ref_.reset();
    auto opened = archive_.open(*file);
    if (!opened && opened.error().code == ErrorCode::kNotFound) {
      return make_error(ErrorCode::kNotFound,
                        "this recording was removed on time while it was being read; ask for a "
                        "later range");
    }
    VEDETTE_ASSIGN(open_file_, std::move(opened));
    open_ref_ = file;
  }
  size_t done = 0;
  while (done < out.size()) {
    VEDETTE_ASSIGN(const size_t got, open_file_->read_at(offset + done, out.subspan(done)));
    if (got == 0) {
      return make_error(ErrorCode::kDataLoss, file->relative + " is shorter than the catalog says");
    }
    done += got;
  }
  return ok();
}

Result<mp4::Movie> FragmentReader::read_movie(const store::FileRefPtr& file) {
  if (file->init_size == 0 || file->init_size > kMaxInitBytes) {
    return make_error(ErrorCode::kDataLoss, file->relative + " has no usable head");
  }
  Bytes head(file->init_size);
  VEDETTE_TRY(read(file, 0, head));
  auto movie = mp4::read_movie(mp4::MemorySource(head));
  if (!movie) return std::move(movie).error().with_context(file->relative);
  return movie;
}

Result<Bytes> FragmentReader::read_moof(const FragmentRef& fragment) {
  const store::FragmentEntry& entry = fragment.entry;
  constexpr uint32_t kSmallestBox = 8;
  if (entry.moof_size < kSmallestBox || entry.moof_size > mp4::kMaxMoofBytes ||
      entry.moof_size > entry.size) {
    return make_error(ErrorCode::kDataLoss, "the catalog has a fragment of impossible size");
  }
  Bytes moof(entry.moof_size);
  VEDETTE_TRY(read(fragment.file, entry.offset, moof));
  ByteReader in(moof);
  if (in.u32() != entry.moof_size || as_text(in.bytes(4)) != "moof") {
    return make_error(ErrorCode::kDataLoss, fragment.file->relative + " has no fragment at " +
                                                std::to_string(entry.offset) +
                                                "; run vedette fsck");
  }
  return moof;
}

}  // namespace vedette::playback
