// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_bundle.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "evidence/ed25519.h"
#include "evidence/verify_excerpt.h"
#include "evidence/verify_piece.h"
#include "evidence/zip.h"

namespace vedette::evidence {
namespace {

using mp4::fourcc;

/// A recording file is at most 1 GiB (docs/design/recording.md), and so is a piece of one.
constexpr uint64_t kMaxLoaded = uint64_t{2} << 30;
constexpr Duration kSmallestHole{std::chrono::milliseconds(100)};
constexpr size_t kChunk = size_t{1} << 20;

/// "<stem>NNNN<suffix>", NNNN being four digits or more.
bool is_numbered(std::string_view name, std::string_view stem, std::string_view suffix) {
  if (!name.starts_with(stem) || !name.ends_with(suffix)) return false;
  if (name.size() < stem.size() + suffix.size() + 4) return false;
  const std::string_view digits =
      name.substr(stem.size(), name.size() - stem.size() - suffix.size());
  return digits.find_first_not_of("0123456789") == std::string_view::npos;
}

class BundleVerifier {
 public:
  BundleVerifier(const mp4::ByteSource& source, std::optional<Hash> wanted_key)
      : source_(source), out_(result_.verification) {
    out_.wanted_key = wanted_key;
  }

  Result<BundleVerification> verify() {
    auto archive = read_zip(source_);
    if (!archive && archive.error().code != ErrorCode::kDataLoss) return archive.error();
    if (!archive) {
      VEDETTE_TRY(judge_frame(archive.error().what));
      return std::move(result_);
    }
    archive_ = std::move(archive).value();
    VEDETTE_TRY(hash_entries());
    VEDETTE_TRY(check_manifest());
    VEDETTE_TRY(check_originals());
    VEDETTE_TRY(check_ledgers());
    check_runs();
    VEDETTE_TRY(check_videos());
    if (result_.manifest) find_holes();
    return std::move(result_);
  }

 private:
  /// Why there is no archive: cut off, something behind it, or bytes of the frame changed.
  Result<void> judge_frame(const std::string& why) {
    constexpr size_t kEndBytes = 22;
    constexpr uint64_t kLongestTail = 65'536;
    constexpr std::string_view kEnd = "PK\x05\x06";
    const uint64_t tail = std::min(source_.size(), kLongestTail);
    VEDETTE_ASSIGN(const Bytes bytes,
                   mp4::read_exactly(source_, source_.size() - tail, static_cast<size_t>(tail)));
    const size_t found = as_text(bytes).rfind(kEnd);
    FaultClass fault = FaultClass::kAltered;
    if (found == std::string_view::npos) {
      fault = FaultClass::kTruncated;
    } else if (found + kEndBytes < bytes.size()) {
      fault = FaultClass::kUnknownBytes;
    } else if (found + kEndBytes > bytes.size()) {
      fault = FaultClass::kTruncated;
    }
    out_.add(fault, why);
    return ok();
  }

  // 1. Checksums, and the hashes that the manifest is compared with.
  Result<void> hash_entries() {
    Sha256 sha;
    Bytes chunk;
    for (size_t i = 0; i < archive_.entries.size(); ++i) {
      const ZipEntry& entry = archive_.entries[i];
      Crc32 crc;
      chunk.resize(static_cast<size_t>(std::min<uint64_t>(kChunk, entry.size)));
      for (uint64_t done = 0; done < entry.size;) {
        const auto count = static_cast<size_t>(std::min<uint64_t>(kChunk, entry.size - done));
        const std::span part = std::span(chunk).first(count);
        VEDETTE_ASSIGN(const size_t got, source_.read_at(archive_.offsets[i] + done, part));
        if (got != count) return make_error(ErrorCode::kDataLoss, "the file became shorter");
        crc.update(part);
        sha.update(part);
        done += count;
      }
      hashes_[entry.name] = sha.finish();
      out_.path = entry.name;
      if (crc.value() != entry.crc32) {
        out_.add(FaultClass::kAltered, "the checksum of the archive is another");
      }
    }
    return ok();
  }

  [[nodiscard]] std::optional<size_t> find(std::string_view name) const {
    for (size_t i = 0; i < archive_.entries.size(); ++i) {
      if (archive_.entries[i].name == name) return i;
    }
    return std::nullopt;
  }
  Result<Bytes> load(size_t index, uint64_t most) {
    const ZipEntry& entry = archive_.entries[index];
    if (entry.size > most) {
      return make_error(ErrorCode::kUnsupported, entry.name + " is larger than any export makes");
    }
    return mp4::read_exactly(source_, archive_.offsets[index], static_cast<size_t>(entry.size));
  }
  /// Empty when there is no such entry.
  Result<Bytes> load(std::string_view name) {
    const auto index = find(name);
    if (!index) return Bytes();
    return load(*index, kMaxManifestBytes);
  }

  // 2. The manifest.
  Result<void> check_manifest() {
    out_.path = kManifestName;
    VEDETTE_ASSIGN(const Bytes text, load(kManifestName));
    VEDETTE_ASSIGN(const Bytes signature_bytes, load(kManifestSignatureName));
    VEDETTE_ASSIGN(const Bytes key, load(kPublicKeyName));
    auto manifest = parse_manifest(as_text(text));
    if (!manifest) {
      out_.add(find(kManifestName) ? FaultClass::kAltered : FaultClass::kRemoved,
               manifest.error().message());
      return ok();
    }
    out_.check_key(manifest->key);
    Signature signature{};
    const bool fits = signature_bytes.size() == signature.size();
    if (fits) std::copy(signature_bytes.begin(), signature_bytes.end(), signature.begin());
    if (!fits || !ed25519_verify(manifest->key, text, signature)) {
      out_.add(FaultClass::kAltered, "the signature in manifest.sig is wrong");
    }
    out_.path = kPublicKeyName;
    if (as_text(key) != key_line(manifest->key) + "\n") {
      out_.add(FaultClass::kAltered, "another key than in the manifest");
    }
    check_list(*manifest);
    result_.manifest = std::move(manifest).value();
    return ok();
  }

  void check_list(const Manifest& manifest) {
    std::vector<std::string> listed;
    std::set<std::string> names;
    for (const BundleFile& file : manifest.files) {
      out_.path = file.name;
      names.insert(file.name);
      const auto found = hashes_.find(file.name);
      if (found == hashes_.end()) {
        out_.add(FaultClass::kRemoved, "the manifest lists it, and it is not there");
        continue;
      }
      listed.push_back(file.name);
      if (found->second != file.hash) {
        out_.add(FaultClass::kAltered,
                 fmt::format("not the {} bytes that the manifest lists", file.size));
      }
    }
    std::vector<std::string> there;
    // What the manifest cannot list stands last: the manifest, then its signature.
    bool in_order = true;
    int before = 0;
    for (const ZipEntry& entry : archive_.entries) {
      const int rank = entry.name == kManifestName            ? 1
                       : entry.name == kManifestSignatureName ? 2
                                                              : 0;
      in_order = in_order && rank >= before;
      before = rank;
      if (rank > 0) continue;
      out_.path = entry.name;
      if (names.contains(entry.name)) {
        there.push_back(entry.name);
      } else {
        out_.add(FaultClass::kUnknownBytes, "the manifest does not list it");
      }
    }
    out_.path.clear();
    if (there != listed || !in_order) {
      out_.add(FaultClass::kReordered, "the files stand in another order than in the manifest");
    }
  }

  // 3. The originals.
  Result<void> check_originals() {
    for (size_t i = 0; i < archive_.entries.size(); ++i) {
      const std::string& name = archive_.entries[i].name;
      if (!is_numbered(name, "original-", ".mp4")) continue;
      VEDETTE_ASSIGN(const Bytes piece, load(i, kMaxLoaded));
      out_.path = name;
      std::vector<SeenFragment> seen = PieceVerifier(piece, out_).verify();
      if (seen.empty()) continue;
      const FragmentRecord& first = seen.front().record;
      if (result_.manifest &&
          (first.site != result_.manifest->site || first.camera != result_.manifest->camera ||
           first.stream != result_.manifest->stream)) {
        out_.add(FaultClass::kSpliced, "a recording of another site, camera or stream");
      }
      pieces_.push_back({name, std::move(seen)});
    }
    out_.path.clear();
    if (pieces_.empty()) out_.add(FaultClass::kRemoved, "there is no recording in it");
    return ok();
  }

  // 4. Pieces of one run.
  void check_runs() {
    std::map<std::string, const SeenFragment*> last;
    for (const Piece& piece : pieces_) {
      const SeenFragment& first = piece.fragments.front();
      const auto [before, is_new] = last.try_emplace(first.record.run, nullptr);
      out_.path = piece.name;
      if (!is_new) check_step(*before->second, first);
      before->second = &piece.fragments.back();
    }
  }
  void check_step(const SeenFragment& before, const SeenFragment& first) {
    const uint64_t next = uint64_t{before.record.sequence} + 1;
    const uint64_t sequence = first.record.sequence;
    if (sequence < next) {
      const bool twice = std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
        return &piece.fragments.front() != &first &&
               std::any_of(piece.fragments.begin(), piece.fragments.end(),
                           [&](const auto& seen) { return seen.record_hash == first.record_hash; });
      });
      out_.add(twice ? FaultClass::kDuplicated : FaultClass::kReordered,
               fmt::format("fragment {} comes after {}", sequence, next - 1));
    } else if (sequence == next && first.record.previous != before.record_hash) {
      out_.add(FaultClass::kAltered, "it does not follow the piece before it");
    } else if (sequence > next && !is_deleted(first.record.run, next, sequence)) {
      out_.add(FaultClass::kRemoved,
               fmt::format("fragments {} to {} of the run are missing", next, sequence - 1));
    }
  }
  /// Whether deletions in the ledger explain all of [begin, end).
  [[nodiscard]] bool is_deleted(const std::string& run, uint64_t begin, uint64_t end) const {
    std::map<uint64_t, uint64_t> deleted;  // first and end
    for (const LedgerEntry& entry : entries_) {
      const auto* deletion = std::get_if<DeletionEntry>(&entry.what);
      if (deletion == nullptr || deletion->file.run != run) continue;
      deleted[deletion->file.first_sequence] =
          uint64_t{deletion->file.first_sequence} + deletion->file.count;
    }
    for (const auto& [first, past] : deleted) {
      if (first <= begin) begin = std::max(begin, past);
    }
    return begin >= end;
  }

  // 5. The ledgers.
  Result<void> check_ledgers() {
    for (size_t i = 0; i < archive_.entries.size(); ++i) {
      const std::string& name = archive_.entries[i].name;
      if (!is_numbered(name, "ledger-", ".bin")) continue;
      VEDETTE_ASSIGN(const Bytes bytes, load(i, kMaxLoaded));
      out_.path = name;
      for (LedgerEntry& entry : verify_ledger_excerpt(bytes, out_)) {
        entries_.push_back(std::move(entry));
      }
    }
    return ok();
  }

  // 6. The videos show what the originals hold.
  Result<void> check_videos() {
    std::vector<Hash> shown;
    std::string last;
    for (size_t i = 0; i < archive_.entries.size(); ++i) {
      const std::string& name = archive_.entries[i].name;
      if (name != "video.mp4" && !is_numbered(name, "video-", ".mp4")) continue;
      last = out_.path = name;
      VEDETTE_TRY(read_video(archive_.offsets[i], archive_.entries[i].size, shown));
    }
    std::vector<Hash> wanted;
    for (const Piece& piece : pieces_) {
      for (const SeenFragment& seen : piece.fragments) wanted.push_back(seen.mdat_hash);
    }
    out_.path = last.empty() ? "video.mp4" : last;
    if (last.empty()) {
      out_.add(FaultClass::kRemoved, "there is no video in it");
    } else if (shown != wanted) {
      out_.add(FaultClass::kAltered, "the video does not show what the originals hold");
    }
    return ok();
  }

  /// ftyp moov (moof mdat)*; the hashes of the mdat boxes.
  Result<void> read_video(uint64_t begin, uint64_t size, std::vector<Hash>& shown) {
    Sha256 sha;
    uint64_t at = begin;
    for (size_t number = 0; at < begin + size; ++number) {
      const auto box = mp4::read_box_header(source_, at, begin + size);
      const mp4::FourCc wanted = number == 0       ? fourcc("ftyp")
                                 : number == 1     ? fourcc("moov")
                                 : number % 2 == 0 ? fourcc("moof")
                                                   : fourcc("mdat");
      if (!box || box->type != wanted) {
        out_.add(FaultClass::kAltered, "not a box that an export writes there", at - begin);
        return ok();
      }
      if (wanted == fourcc("mdat")) {
        for (uint64_t done = 0; done < box->size;) {
          const auto count = static_cast<size_t>(std::min<uint64_t>(kChunk, box->size - done));
          VEDETTE_ASSIGN(const Bytes part, mp4::read_exactly(source_, at + done, count));
          sha.update(part);
          done += count;
        }
        shown.push_back(sha.finish());
      }
      at = box->end();
    }
    return ok();
  }

  void find_holes() {
    std::vector<std::pair<WallTime, WallTime>> spans;
    for (const Piece& piece : pieces_) {
      for (const SeenFragment& seen : piece.fragments) {
        const WallTime start = seen.record.start;
        spans.emplace_back(start, start + Duration(seen.record.duration_us()));
      }
    }
    std::sort(spans.begin(), spans.end());
    WallTime at = result_.manifest->from;
    const WallTime to = result_.manifest->to;
    spans.emplace_back(to, to);
    for (const auto& [begin, end] : spans) {
      const WallTime until = std::min(begin, to);
      if (until - at >= kSmallestHole) result_.holes.push_back({at, until, cause_of(at, until)});
      at = std::max(at, end);
    }
  }
  [[nodiscard]] std::string cause_of(WallTime begin, WallTime end) const {
    std::map<uint64_t, WallTime> ends;
    for (const LedgerEntry& entry : entries_) {
      const auto* gap = std::get_if<GapEntry>(&entry.what);
      if (gap != nullptr && gap->event == GapEntry::Event::kClosed) ends[gap->id] = gap->end;
    }
    for (const LedgerEntry& entry : entries_) {
      const auto* gap = std::get_if<GapEntry>(&entry.what);
      if (gap == nullptr || gap->start >= end) continue;
      const auto ended = ends.find(gap->id);
      if (ended == ends.end() || ended->second > begin) return entry.cause;
    }
    return "";
  }

  struct Piece {
    std::string name;
    std::vector<SeenFragment> fragments;
  };

  const mp4::ByteSource& source_;
  BundleVerification result_;
  Verification& out_;
  ZipArchive archive_;
  std::map<std::string, Hash> hashes_;  ///< by the name of the entry
  std::vector<Piece> pieces_;
  std::vector<LedgerEntry> entries_;
};

}  // namespace

Result<BundleVerification> verify_bundle(const mp4::ByteSource& source,
                                         std::optional<Hash> wanted_key) {
  return BundleVerifier(source, wanted_key).verify();
}

}  // namespace vedette::evidence
