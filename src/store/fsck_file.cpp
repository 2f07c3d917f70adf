// SPDX-License-Identifier: Apache-2.0
// What is in the files that fsck.cpp finds.
#include <algorithm>

#include <fmt/format.h>

#include "evidence/chain.h"
#include "store/catalog_check.h"
#include "store/fsck_pass.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

constexpr size_t kFlushEvery = 500;
constexpr int64_t kShortestLossUs = 100'000;  // stretches closer than this are one on the timeline

FindingKind kind_of(FaultKind fault, bool closed) {
  switch (fault) {
    case FaultKind::kDamaged:
      return FindingKind::kDamagedFragment;
    case FaultKind::kAltered:  // at the end of an open file it was never committed
      return closed ? FindingKind::kAlteredFragment : FindingKind::kTornEnd;
    case FaultKind::kHole:
      return FindingKind::kSequenceHole;
    case FaultKind::kWrongSamples:
      return FindingKind::kWrongSamples;
    case FaultKind::kWrongIndex:
      return FindingKind::kWrongIndex;
  }
  VEDETTE_ASSERT(false);
}

bool begins_with(const std::vector<FragmentEntry>& whole, const std::vector<FragmentEntry>& part) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

}  // namespace

/// What can be read of it, with the findings that this is all; nullopt when there is nothing.
std::optional<RecordedFile> Fsck::read(const std::string& path, const ReadSpec& spec) {
  ReadSpec with_stop = spec;
  with_stop.stop = watch_.stop;
  auto file = read_recorded(parts_.files, path, with_stop);
  if (file) {
    report_.fragments += file->fragments.size();
    report_.bytes += file->size;
    report_.hashed_bytes += file->hashed_bytes;
    return std::move(file).value();
  }
  const Error& error = file.error();
  if (error.code == ErrorCode::kNotFound) return std::nullopt;  // retention was faster
  const auto opened = parts_.files.open_read(path);
  const auto size = opened ? (*opened)->size() : Result<uint64_t>(opened.error());
  if (!size || (error.code != ErrorCode::kDataLoss && error.code != ErrorCode::kUnsupported))
    report_.add(FindingKind::kUnreadable, path, error.what);
  else if (*size == 0)
    report_.add(FindingKind::kEmptyFile, path);
  else
    report_.add(FindingKind::kDamagedHead, path, error.what);
  return std::nullopt;
}

void Fsck::report_faults(const RecordedFile& file, const std::string& path,
                         std::optional<uint64_t> written_to) {
  const bool being_written = written_to.has_value();
  if (file.end == FileEnd::kUnreadable)
    return report_.add(FindingKind::kUnreadable, path,
                       file.faults.empty() ? std::string() : file.faults.back().what);
  for (const FileFault& fault : file.faults)
    if (!written_to || fault.offset < *written_to)
      report_.add(kind_of(fault.kind, file.closed || being_written), path,
                  fmt::format("at byte {}: {}", fault.offset, fault.what));
  if (being_written || file.closed) return;
  if (file.end == FileEnd::kTorn)
    report_.add(FindingKind::kTornEnd, path, fmt::format("at byte {}", file.good_end));
  else if (!file.fragments.empty())
    report_.add(FindingKind::kNotClosed, path);
}

void Fsck::check_chain(CameraPass& pass, const Key& key, const RecordedFile& file,
                       const std::string& path) {
  const auto begin =
      key.second == 0 ? evidence::ChainBegin::kStartOfRun : evidence::ChainBegin::kAnywhere;
  // A hole is told of already, by its bytes.
  if (file.faults.empty())
    for (const evidence::ChainFinding& found : evidence::check_chain(file.records, begin))
      report_.add(FindingKind::kBrokenChain, path,
                  fmt::format("record {}: {}", found.sequence, found.detail));
  const auto before = pass.chains.find(key.first);
  const evidence::FragmentRecord& first = file.records.front();
  if (before != pass.chains.end() && before->second.file + 1 == key.second &&
      (first.sequence != before->second.next_sequence || first.previous != before->second.head))
    report_.add(FindingKind::kBrokenChain, path, "does not follow the file of the run before it");
  if (file.faults.empty() && file.end == FileEnd::kWhole)
    pass.chains[key.first] = {key.second, file.records.back().sequence + 1,
                              evidence::record_hash(file.records.back())};
}

/// The other file of the run that the catalog has with this first fragment, when `here` has
/// another.
const Fsck::Listed* Fsck::listed_with(const CameraPass& pass, const Listed& here,
                                      const evidence::FragmentRecord& first) {
  const auto begins_with_it = [&](const Listed& listed) {
    const auto& fragments = listed.row.fragments;
    return fragments && !fragments->empty() && fragments->front().sequence == first.sequence;
  };
  if (begins_with_it(here)) return nullptr;
  for (auto at = pass.listed.lower_bound({first.run, 0});
       at != pass.listed.end() && at->first.first == first.run; ++at)
    if (&at->second != &here && begins_with_it(at->second)) return &at->second;
  return nullptr;
}

void Fsck::check_listed(CameraPass& pass, Listed& listed, const std::string& path) {
  const Catalog::ListedFile& row = listed.row;
  const FileRef& ref = *row.stored.file;
  const bool being_written = row.open || pass.at_work(ref.run);
  ReadSpec spec;
  spec.samples = !options_.rebuild;
  spec.hashes = options_.rebuild || options_.quick ? HashCheck::kNone : HashCheck::kAll;
  spec.keep_records = options_.rebuild || !options_.quick;
  const auto file = read(path, spec);
  if (!file || file->end == FileEnd::kCancelled) {
    listed.seen = parts_.files.exists(path);
    return;
  }
  listed.seen = true;
  // Behind what the catalog has, somebody may be writing at this moment.
  std::optional<uint64_t> written_to;
  if (being_written)
    written_to = row.fragments && !row.fragments->empty()
                     ? row.fragments->back().offset + row.fragments->back().size
                     : 0;
  report_faults(*file, path, written_to);
  if (!row.fragments) report_.add(FindingKind::kDamagedRow, path, row.fragments.error().what);
  if (file->fragments.empty()) return;
  if (file->first.site != parts_.config.site_id())
    return report_.add(FindingKind::kOtherSite, path, "of site " + file->first.site);
  if (file->first.run != ref.run || file->first.camera != ref.camera ||
      file->first.stream != ref.kind)
    return report_.add(FindingKind::kMisplaced, path,
                       fmt::format("camera {}, run {}", file->first.camera, file->first.run));
  const Listed* const home = listed_with(pass, listed, file->first);
  if (spec.keep_records) check_chain(pass, {ref.run, ref.seq}, *file, path);
  if (home != nullptr) {
    report_.add(FindingKind::kMisplaced, path,
                "its fragments are those of " + home->row.stored.file->relative);
    pass.chains.erase(ref.run);  // the next file is not to blame
  }
  if (being_written) {
    if (row.fragments && !begins_with(file->fragments, *row.fragments))
      report_.add(FindingKind::kCatalogDiffers, path);
    return;
  }
  // Damage was told of, and what the catalog knew of a damaged file is not worse than the rest.
  const bool same = row.fragments && *row.fragments == file->fragments;
  const bool other_size = row.stored.bytes != static_cast<int64_t>(file->good_end);
  if (row.fragments && (!file->faults.empty() || (same && !other_size))) return;
  if (row.fragments && !same && home == nullptr) report_.add(FindingKind::kCatalogDiffers, path);
  if (row.fragments && same)
    report_.add(FindingKind::kSizeDiffers, path,
                fmt::format("{} bytes instead of {}", file->good_end, row.stored.bytes));
  if (!options_.rebuild) return;
  drop({row.stored});
  restore(pass, {ref.relative, {ref.kind, ref.run, ref.seq}}, *file);
}

void Fsck::check_unlisted(CameraPass& pass, const Stranger& stranger) {
  const std::string path = fs::join(pass.volume.path, stranger.relative);
  const auto place = parts_.catalog.place_of(stranger.name.run, stranger.name.seq);
  if (!place) {
    report_.error = place.error().message();
    return;
  }
  if (*place) {  // begun since this camera was asked for, or listed elsewhere
    const FileRef& other = **place;
    if (other.volume != pass.known().id() || other.relative != stranger.relative)
      report_.add(FindingKind::kDuplicate, path, "of " + other.relative);
    return;
  }
  ReadSpec spec;
  spec.samples = !options_.rebuild;
  spec.hashes = options_.rebuild || options_.quick ? HashCheck::kTail : HashCheck::kAll;
  spec.keep_records = true;
  const auto file = read(path, spec);
  if (!file || file->end == FileEnd::kCancelled) return;
  if (!file->fragments.empty() && file->first.site != parts_.config.site_id())
    return report_.add(FindingKind::kOtherSite, path, "of site " + file->first.site);
  report_faults(*file, path, std::nullopt);
  if (file->fragments.empty()) {
    if (file->faults.empty() && file->end != FileEnd::kTorn)
      report_.add(FindingKind::kTornEnd, path, "holds no whole fragment");
    return;
  }
  if (file->first.run != stranger.name.run)
    return report_.add(FindingKind::kMisplaced, path, "of run " + file->first.run);
  if (file->first.camera != pass.camera || file->first.stream != stranger.name.kind)
    report_.add(FindingKind::kMisplaced, path, "of camera " + file->first.camera);
  check_chain(pass, {stranger.name.run, stranger.name.seq}, *file, path);
  if (options_.rebuild)
    restore(pass, stranger, *file);
  else
    report_.add(FindingKind::kUnlistedFile, path);
}

// Who it is of is what its records say; which file of the run, only its name does.
void Fsck::restore(CameraPass& pass, const Stranger& stranger, const RecordedFile& file) {
  FileRef ref;
  ref.id = parts_.catalog.new_file_id();
  ref.camera = file.first.camera;
  ref.kind = file.first.stream;
  ref.run = file.first.run;
  ref.seq = stranger.name.seq;
  ref.volume = pass.known().id();
  ref.root = pass.volume.path;
  ref.relative = stranger.relative;
  ref.start_us = file.fragments.front().start_us;
  ref.init_size = file.init_size;
  ref.timescale = file.timescale;
  restore_losses(ref, file);
  const int64_t id = ref.id;
  LiveIndex& live = parts_.catalog.live();
  live.open_file(std::make_shared<const FileRef>(std::move(ref)));
  live.commit(id, file.fragments);
  live.close_file(id, static_cast<int64_t>(file.good_end));
  report_.listed_bytes[pass.known().id()] += static_cast<int64_t>(file.good_end);
  ++report_.restored_files;
  report_.restored_fragments += file.fragments.size();
  if (++unflushed_ >= kFlushEvery) (void)flush();
}

// A run goes on over a loss: what is missing between two of its fragments was a gap.
void Fsck::restore_losses(const FileRef& ref, const RecordedFile& file) {
  for (size_t i = 1; i < file.fragments.size(); ++i) {
    const FragmentEntry& before = file.fragments[i - 1];
    const FragmentEntry& entry = file.fragments[i];
    const int64_t ticks = entry.media_time - before.media_time - before.duration;
    const WallTime start{before.start_us + ticks_to_us(before.duration, file.timescale)};
    const WallTime end{entry.start_us};
    if (ticks_to_us(ticks, file.timescale) < kShortestLossUs || end <= start) continue;
    const auto known = parts_.catalog.gaps(ref.camera, start, end);
    if (known && std::any_of(known->begin(), known->end(), [&](const Gap& gap) {
          return gap.kind == ref.kind && gap.start <= start;
        }))
      continue;
    const bool damaged = entry.sequence != before.sequence + 1;
    parts_.catalog.put_gap({found_gap_id(ref.camera, ref.kind, start.us), ref.camera, ref.kind,
                            start, end, damaged ? "unknown" : "loss",
                            "A part of the file is missing.", parts_.clock.wall()});
    ++report_.restored_gaps;
  }
}

}  // namespace vedette::store
