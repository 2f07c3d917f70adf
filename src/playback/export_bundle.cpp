// SPDX-License-Identifier: Apache-2.0
#include "playback/export_bundle.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "evidence/zip.h"
#include "playback/export_ledger.h"
#include "playback/export_mp4.h"
#include "playback/export_original.h"
#include "playback/export_report.h"
#include "store/file_source.h"

namespace vedette::playback {
namespace {

/// Writes the entries of the archive one after the other, each of a size that is known before.
class BundleWriter {
 public:
  BundleWriter(ExportFile& file, evidence::Manifest manifest)
      : file_(file), manifest_(std::move(manifest)) {}

  [[nodiscard]] const evidence::Manifest& manifest() const { return manifest_; }

  Result<void> begin(std::string name, uint64_t size) {
    entry_ = {std::move(name), size, 0};
    begin_ = file_.size();
    crc_ = {};
    return file_.append(evidence::zip_local_header(entry_));
  }
  Result<void> append(ByteSpan bytes) {
    crc_.update(bytes);
    sha_.update(bytes);
    return file_.append(bytes);
  }
  Result<void> end() {
    entry_.crc32 = crc_.value();
    manifest_.files.push_back({entry_.name, entry_.size, sha_.finish()});
    const Bytes header = evidence::zip_local_header(entry_);
    if (file_.size() != begin_ + header.size() + entry_.size) {
      return make_error(ErrorCode::kInternal, entry_.name + " has another size than planned");
    }
    entries_.push_back(entry_);
    return file_.overwrite(begin_, header);
  }
  Result<void> add(std::string name, ByteSpan content) {
    VEDETTE_TRY(begin(std::move(name), content.size()));
    VEDETTE_TRY(append(content));
    return end();
  }
  /// The manifest, its signature and the directory.
  Result<void> finish(const evidence::Signer& signer) {
    VEDETTE_ASSIGN(const std::string text, encode(manifest_));
    auto signature = signer.sign(as_bytes(text));
    if (!signature) return std::move(signature).error().with_context("signing the export");
    VEDETTE_TRY(add(evidence::kManifestName, as_bytes(text)));
    VEDETTE_TRY(add(evidence::kManifestSignatureName, *signature));
    return file_.append(evidence::zip_directory(entries_));
  }

 private:
  ExportFile& file_;
  evidence::Manifest manifest_;
  std::vector<evidence::ZipEntry> entries_;
  evidence::ZipEntry entry_;
  uint64_t begin_ = 0;
  evidence::Crc32 crc_;
  evidence::Sha256 sha_;
};

Result<void> add_videos(ExportPlan& plan, BundleWriter& out) {
  for (size_t i = 0; i < plan.videos.size(); ++i) {
    const bool alone = plan.videos.size() == 1;
    VEDETTE_TRY(out.begin(alone ? "video.mp4" : fmt::format("video-{:04}.mp4", i + 1),
                          plan.videos[i]->size()));
    VEDETTE_TRY(copy_video(*plan.videos[i], out));
    VEDETTE_TRY(out.end());
  }
  return ok();
}

Result<void> copy_part(const mp4::ByteSource& source, const PiecePart& part, BundleWriter& out) {
  if (!part.made.empty()) return out.append(part.made);
  constexpr uint64_t kChunk = uint64_t{1} << 20;
  for (uint64_t done = 0; done < part.size;) {
    const auto count = static_cast<size_t>(std::min(kChunk, part.size - done));
    VEDETTE_ASSIGN(const Bytes chunk, mp4::read_exactly(source, part.offset + done, count));
    VEDETTE_TRY(out.append(chunk));
    done += count;
  }
  return ok();
}

Result<void> add_original(Archive& archive, const OriginalPiece& piece, const std::string& name,
                          BundleWriter& out) {
  VEDETTE_ASSIGN(const auto file, archive.open(*piece.file));
  VEDETTE_ASSIGN(const uint64_t size, file->size());
  const store::FileSource source(*file, size);
  auto plan = plan_original(source, piece);
  if (!plan) return std::move(plan).error().with_context(piece.file->relative);
  VEDETTE_TRY(out.begin(name, plan->size()));
  for (const PiecePart& part : plan->parts) VEDETTE_TRY(copy_part(source, part, out));
  return out.end();
}

/// Runs whose originals do not follow each other: only a deletion may explain that.
std::set<std::string> broken_runs(const ExportPlan& plan) {
  std::set<std::string> broken;
  std::map<std::string, uint32_t> next;
  for (const OriginalPiece& piece : plan.originals) {
    const auto [found, is_new] = next.try_emplace(piece.file->run, piece.first_sequence);
    if (found->second != piece.first_sequence) broken.insert(piece.file->run);
    found->second = piece.first_sequence + piece.count;
  }
  return broken;
}

LedgerQuestion make_question(const ExportPlan& plan, const std::vector<store::Gap>& gaps) {
  LedgerQuestion question;
  question.runs = broken_runs(plan);
  question.from = plan.range.from;
  question.to = plan.range.to;
  for (const store::Gap& gap : gaps) {
    if (gap.kind != plan.range.kind) continue;
    question.gaps.insert(static_cast<uint64_t>(gap.id));
    question.from = std::min({question.from, gap.start, gap.first_seen});
    // One that lasts may be closed at any time from now on.
    question.to = std::max({question.to, gap.end.value_or(gap.first_seen), gap.first_seen});
  }
  return question;
}

Result<void> add_ledgers(const BundleParts& parts, const LedgerQuestion& question,
                         BundleWriter& out) {
  int number = 0;
  for (const std::string& volume : parts.volumes) {
    VEDETTE_ASSIGN(const Bytes excerpt, excerpt_ledger(parts.files, volume, question));
    if (excerpt.empty()) continue;
    VEDETTE_TRY(out.add(fmt::format("ledger-{:04}.bin", ++number), excerpt));
  }
  return ok();
}

}  // namespace

uint64_t bundle_bytes(const ExportPlan& plan) {
  constexpr uint64_t kPerFile = 4096;  // omitted records, checkpoints, headers, its line
  return plan.video_bytes() + plan.original_bytes() + (plan.originals.size() + 4) * kPerFile;
}

Result<void> export_bundle(const BundleParts& parts, ExportPlan& plan, evidence::Manifest manifest,
                           ExportFile& file) {
  const ExportRange& range = plan.range;
  VEDETTE_ASSIGN(const auto gaps, parts.archive.gaps(range.camera, range.from, range.to));
  manifest.camera = range.camera;
  manifest.stream = range.kind;
  manifest.from = range.from;
  manifest.to = range.to;
  manifest.key = parts.signer.public_key();
  const std::string report = make_report(manifest, plan, find_holes(plan, gaps));
  const std::string key = evidence::key_line(manifest.key) + "\n";
  BundleWriter out(file, std::move(manifest));
  VEDETTE_TRY(add_videos(plan, out));
  for (size_t i = 0; i < plan.originals.size(); ++i) {
    VEDETTE_TRY(add_original(parts.archive, plan.originals[i],
                             fmt::format("original-{:04}.mp4", i + 1), out));
  }
  VEDETTE_TRY(add_ledgers(parts, make_question(plan, gaps), out));
  VEDETTE_TRY(out.add(evidence::kPublicKeyName, as_bytes(key)));
  VEDETTE_TRY(out.add(evidence::kReportName, as_bytes(report)));
  return out.finish(parts.signer);
}

}  // namespace vedette::playback
