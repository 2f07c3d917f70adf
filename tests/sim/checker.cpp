// SPDX-License-Identifier: Apache-2.0
#include "checker.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "evidence/chain.h"
#include "mp4/reader.h"

namespace vedette::trial {
namespace {

constexpr size_t kEnough = 20;  // findings: more say nothing new
// What may lie between two stretches without a word: less than a picture or two.
constexpr int64_t kSilenceUs = 500'000;
constexpr int64_t kOverlapUs = 500'000;

bool is_recording(const std::string& path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".mp4") == 0 && path[1] == 'v';
}

std::string name(const FragmentId& id) { return fmt::format("{}/{}", id.first, id.second); }

}  // namespace

void Checker::fail(std::string sentence) {
  if (findings_.size() < kEnough) findings_.push_back(std::move(sentence));
}

Checker Checker::fresh_copy() const {
  Checker copy = *this;
  copy.findings_.clear();
  return copy;
}

void Checker::note_reported(const store::Catalog& catalog, const std::string& camera,
                            WallTime from) {
  store::FragmentQuery query{camera, store::StreamKind::kMain, from, {INT64_MAX}};
  const auto listed = catalog.fragments(query);
  if (!listed) return;
  for (const store::FragmentRef& ref : *listed)
    reported_.try_emplace({ref.file->run, ref.entry.sequence},
                          Reported{camera, ref.file->path(), ref.entry.start_us, ref.end_us()});
}

void Checker::note_removal(const std::string& path, const std::string& why_not) {
  if (unknown_.count(path) > 0) fail("an unknown file is unlinked: " + path);
  bool holds_something = false;
  for (const auto& [id, fragment] : reported_) {
    if (fragment.path != path) continue;
    holds_something = true;
    for (const Held& held : holds_)
      if (held.camera == fragment.camera && fragment.start_us < held.to_us &&
          fragment.end_us > held.from_us)
        return fail("deleted though it is held: " + path);
  }
  if (holds_something && !why_not.empty()) return fail("deleted though " + why_not + ": " + path);
  removed_.insert(path);
}

void Checker::note_hold(const std::string& camera, int64_t from_us, int64_t to_us) {
  holds_.push_back({camera, from_us, to_us});
}

void Checker::note_unknown_file(const std::string& path, Bytes content) {
  unknown_[path] = std::move(content);
}

std::set<std::string> Checker::unknown() const {
  std::set<std::string> paths;
  for (const auto& [path, content] : unknown_) paths.insert(path);
  return paths;
}

void Checker::note_schedule(const std::string& camera, WallTime since) {
  schedule_.try_emplace(camera, since);
}

int64_t Checker::newest(const store::Catalog& catalog, const std::string& camera) {
  const auto listed =
      catalog.fragments({camera, store::StreamKind::kMain, {INT64_MIN / 2}, {INT64_MAX}});
  int64_t end = 0;
  if (listed)
    for (const store::FragmentRef& ref : *listed) end = std::max(end, ref.end_us());
  return end;
}

bool Checker::is_away(const std::string& path, const Expect& expect) const {
  return std::any_of(expect.away.begin(), expect.away.end(),
                     [&](const std::string& dir) { return path.compare(0, dir.size(), dir) == 0; });
}

void Checker::read_file(const std::string& path, const Bytes& file, DiskContent& found) {
  const mp4::MemorySource source(file);
  const auto movie = mp4::read_movie(source);
  if (!movie) return;
  const mp4::Scan scan = mp4::scan_fragments(source, movie->init_end);
  for (const mp4::ScannedFragment& at : scan.fragments) {
    const ByteSpan bytes(file);
    const auto record = evidence::decode(bytes.subspan(at.offset, at.record_size));
    if (!record) return;
    const ByteSpan content = bytes.subspan(at.moof_offset(), at.moof_size + at.mdat_size);
    if (!evidence::check_fragment(*record, content)) return;
    runs_[record->run].push_back(*record);
    const OnDisk here{path, record->media_time, record->start.us};
    const auto [known, added] = found.try_emplace({record->run, record->sequence}, here);
    if (!added)
      fail(fmt::format("fragment {} is in {} and in {}", name(known->first), known->second.path,
                       path));
  }
}

Checker::DiskContent Checker::read_disk(const fs::FakeFileSystem& disk, const Expect& expect) {
  runs_.clear();
  DiskContent found;
  for (const std::string& path : disk.all_files())
    if (is_recording(path) && unknown_.count(path) == 0) read_file(path, disk.content(path), found);
  for (const auto& [path, content] : unknown_)
    if (!is_away(path, expect) && disk.content(path) != content)
      fail("an unknown file was touched: " + path);
  return found;
}

// A run is one chain, its media time rises, however many files and power cuts it went through.
void Checker::check_runs() {
  for (auto& [run, records] : runs_) {
    std::sort(records.begin(), records.end(),
              [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
    for (const evidence::ChainFinding& finding :
         evidence::check_chain(records, evidence::ChainBegin::kAnywhere)) {
      // A file that retention deleted, or that is on a disk that is away, leaves a hole.
      if (finding.fault == evidence::ChainFault::kRemoved) continue;
      fail(fmt::format("chain of {}: {} at {}", run, to_string(finding.fault), finding.sequence));
    }
    for (size_t i = 1; i < records.size(); ++i)
      if (records[i].media_time <= records[i - 1].media_time)
        fail(fmt::format("media time of {}/{} does not rise", run, records[i].sequence));
  }
}

void Checker::check_reported(const DiskContent& found, const Expect& expect) {
  for (const auto& [id, fragment] : reported_) {
    if (found.count(id) > 0 || removed_.count(fragment.path) > 0) continue;
    if (is_away(fragment.path, expect)) continue;
    fail(fmt::format("reported recorded and gone: {} of {} in {}", name(id), fragment.camera,
                     fragment.path));
  }
}

void Checker::check_listed(const store::Catalog& catalog, const DiskContent& found,
                           const Expect& expect) {
  std::set<FragmentId> listed;
  for (const auto& [camera, since] : schedule_) {
    const auto fragments =
        catalog.fragments({camera, store::StreamKind::kMain, {INT64_MIN / 2}, {INT64_MAX}});
    if (!fragments) {
      fail("the catalog does not answer: " + fragments.error().message());
      continue;
    }
    int64_t end = INT64_MIN / 2;
    std::string before;
    for (const store::FragmentRef& ref : *fragments) {
      const FragmentId id{ref.file->run, ref.entry.sequence};
      if (!listed.insert(id).second) fail("listed twice: " + name(id));
      const bool forgotten = !expect.catalog_complete && removed_.count(ref.file->path()) > 0;
      if (found.count(id) == 0 && !forgotten && !is_away(ref.file->path(), expect))
        fail(fmt::format("listed and not on the disk: {} of {} in {}", name(id), camera,
                         ref.file->path()));
      const int64_t overlap = std::min(end, ref.end_us()) - ref.entry.start_us;
      if (expect.utc_steady && overlap > kOverlapUs)
        fail(fmt::format("{} and {} are both of the same {} ms", name(id), before, overlap / 1000));
      end = std::max(end, ref.end_us());
      before = name(id);
    }
  }
  if (!expect.catalog_complete) return;
  for (const auto& [id, fragment] : reported_)
    if (listed.count(id) == 0 && !is_deleted(fragment.path) && !is_away(fragment.path, expect))
      fail(
          fmt::format("reported recorded and no longer listed: {} in {}", name(id), fragment.path));
}

// Every second up to the newest fragment is recorded, was deleted by retention, or has a gap.
void Checker::check_seconds(const store::Catalog& catalog, const std::string& camera) {
  const WallTime since = schedule_[camera];
  const auto spans = catalog.spans(camera, since, {INT64_MAX});
  const auto gaps = catalog.gaps(camera, since, {INT64_MAX});
  if (!spans || !gaps) return;
  std::vector<std::pair<int64_t, int64_t>> covered;
  for (const store::Span& span : *spans) covered.emplace_back(span.start.us, span.end.us);
  for (const store::Gap& gap : *gaps) {
    covered.emplace_back(gap.start.us, gap.end ? gap.end->us : INT64_MAX);
    if (gap.cause.empty()) fail("a gap without a cause of " + camera);
  }
  int64_t until = since.us;
  for (const auto& [id, fragment] : reported_) {
    if (fragment.camera != camera) continue;
    until = std::max(until, fragment.end_us);
    if (is_deleted(fragment.path)) covered.emplace_back(fragment.start_us, fragment.end_us);
  }
  std::sort(covered.begin(), covered.end());
  int64_t at = since.us;
  for (const auto& [start, end] : covered) {
    if (at >= until) break;
    if (start > at + kSilenceUs)
      fail(fmt::format("{}: {} s without recording or gap, {} s after the beginning", camera,
                       static_cast<double>(start - at) / 1e6,
                       static_cast<double>(at - since.us) / 1e6));
    at = std::max(at, end);
  }
}

// Its deletion was committed: the file is gone, or a disk that fails keeps it for now.
bool Checker::is_deleted(const std::string& path) const {
  return removed_.count(path) > 0 ||
         std::any_of(doomed_.begin(), doomed_.end(),
                     [&](const std::string& relative) { return path.ends_with("/" + relative); });
}

void Checker::check(const fs::FakeFileSystem& disk, const store::Catalog& catalog,
                    const Expect& expect) {
  doomed_.clear();
  if (const auto tombstones = catalog.tombstones())
    for (const store::StoredFile& file : *tombstones) doomed_.push_back(file.file->relative);
  const DiskContent found = read_disk(disk, expect);
  check_runs();
  check_reported(found, expect);
  check_listed(catalog, found, expect);
  if (!expect.utc_steady || !expect.catalog_complete || !expect.away.empty()) return;
  for (const auto& [camera, since] : schedule_) check_seconds(catalog, camera);
}

}  // namespace vedette::trial
