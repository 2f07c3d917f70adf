// SPDX-License-Identifier: Apache-2.0
#include "store/fsck_findings.h"

namespace vedette::store {
namespace {

struct Meaning {
  FindingKind kind;
  const char* name;
  bool note;
  const char* text;
};

constexpr const char* kRebuildLists = "not in the catalog; vedette fsck --rebuild lists it";

// In the order of the enumeration.
constexpr Meaning kMeanings[] = {
    {FindingKind::kMissingFile, "missing_file", false,
     "in the catalog, but not on its volume; --rebuild takes it off the timeline"},
    {FindingKind::kUnlistedFile, "unlisted_file", false, kRebuildLists},
    {FindingKind::kDeletionPending, "deletion_pending", false,
     "its deletion was decided and not carried out; the running server does that"},
    {FindingKind::kMovedFile, "moved_file", false,
     "lies elsewhere than the catalog says; --rebuild finds it there"},
    {FindingKind::kDuplicate, "duplicate", true,
     "a second copy of a recording that is listed; left alone"},
    {FindingKind::kForeignFile, "foreign_file", true, "not made by Vedette; left alone"},
    {FindingKind::kOtherSite, "other_site", true,
     "recorded by another site; left alone and never listed here"},
    {FindingKind::kEmptyFile, "empty_file", true, "nothing was ever written to it; left alone"},
    {FindingKind::kNotAFile, "not_a_file", true,
     "a link or a device where a recording belongs; not followed"},
    {FindingKind::kUnreadable, "unreadable", false,
     "could not be read; check the disk and the rights of this user"},
    {FindingKind::kVolumeMissing, "volume_missing", false,
     "cannot be used; mount its disk and run fsck again"},
    {FindingKind::kOtherCatalog, "other_catalog", false,
     "its recordings are not those of this catalog: nothing is deleted there until --rebuild"},
    {FindingKind::kDamagedHead, "damaged_head", false,
     "its beginning is damaged, so that no player opens it; left alone"},
    {FindingKind::kDamagedFragment, "damaged_fragment", false,
     "this part cannot be read; what lies before and behind it can"},
    {FindingKind::kWrongSamples, "wrong_samples", false,
     "the sample table does not fit its record or its data"},
    {FindingKind::kWrongIndex, "wrong_index", false,
     "the index at the head is wrong; players may seek badly"},
    {FindingKind::kSequenceHole, "sequence_hole", false, "fragments are missing in the middle"},
    {FindingKind::kTornEnd, "torn_end", false,
     "ends in a fragment that is not whole: what a crash leaves"},
    {FindingKind::kNotClosed, "not_closed", true,
     "was never closed; whole as far as it goes, and without an index at its head"},
    {FindingKind::kMisplaced, "misplaced", false,
     "its records name another camera, stream or run than its path"},
    {FindingKind::kSizeDiffers, "size_differs", false, "has another size than the catalog says"},
    {FindingKind::kCatalogDiffers, "catalog_differs", false,
     "holds other fragments than the catalog says; --rebuild reads it anew"},
    {FindingKind::kDamagedRow, "damaged_row", false,
     "its entry in the catalog is damaged; --rebuild reads it anew"},
    {FindingKind::kAlteredFragment, "altered_fragment", false,
     "its bytes are not those that were recorded"},
    {FindingKind::kBrokenChain, "broken_chain", false,
     "its records do not follow each other; vedette verify says more"},
};
static_assert(std::size(kMeanings) == kFindingKinds);

const Meaning& meaning_of(FindingKind kind) { return kMeanings[static_cast<size_t>(kind)]; }

}  // namespace

std::string_view to_string(FindingKind kind) { return meaning_of(kind).name; }
bool is_note(FindingKind kind) { return meaning_of(kind).note; }
std::string_view explain(FindingKind kind) { return meaning_of(kind).text; }

void FsckReport::add(FindingKind kind, std::string path, std::string detail) {
  ++counts[static_cast<size_t>(kind)];
  if (findings.size() < kMaxListed) findings.push_back({kind, std::move(path), std::move(detail)});
}

uint64_t FsckReport::problems() const {
  uint64_t total = 0;
  for (const Meaning& meaning : kMeanings)
    if (!meaning.note) total += count(meaning.kind);
  return total;
}

}  // namespace vedette::store
