// SPDX-License-Identifier: Apache-2.0
#include "store/lost_identity.h"

#include "base/log.h"
#include "evidence/box_walk.h"
#include "evidence/torn_end.h"
#include "store/catalog.h"
#include "store/ledger.h"
#include "store/ledger_files.h"

namespace vedette::store {
namespace {

// A generation that no catalog has.
constexpr const char* kNoCatalog = "none";

/// The last one in it that can be read.
std::optional<evidence::LedgerEntry> last_entry(ByteSpan ledger) {
  std::optional<evidence::LedgerEntry> last;
  for (auto at = evidence::next_ledger_box(ledger, 0); at;
       at = evidence::next_ledger_box(ledger, *at + 1)) {
    const auto box = evidence::box_at(ledger, *at);
    if (!box) continue;
    if (auto entry = evidence::decode_entry(*box)) last = *std::move(entry);
  }
  return last;
}

}  // namespace

Result<std::optional<VolumeIdentity>> identity_by_ledger(fs::FileSystem& files,
                                                         const std::string& path) {
  VEDETTE_ASSIGN(const auto ledger, ledger_files(files, fs::join(path, kLedgerFolder)));
  for (auto file = ledger.rbegin(); file != ledger.rend(); ++file) {
    VEDETTE_ASSIGN(const Bytes content, fs::read_all(files, *file, kMaxLedgerFileBytes));
    if (const auto last = last_entry(content))
      return std::optional(VolumeIdentity{last->volume, last->site, kNoCatalog});
  }
  return std::optional<VolumeIdentity>();
}

Result<void> put_identity_back(fs::FileSystem& files, const std::string& path,
                               const VolumeIdentity& identity) {
  const std::string file = fs::join(path, kIdentityFile);
  VEDETTE_TRY(fs::write_atomically(files, file, as_bytes(to_json(identity))));
  log::warn("store",
            "{} was gone and is written again: by its ledger this is volume {}. If somebody deleted"
            " it, look what else is missing: vedette verify {}",
            file, identity.id, path);
  return ok();
}

Result<void> verify_or_put_back(fs::FileSystem& files, const Volume& volume, Catalog& catalog) {
  auto there = volume.verify(files);
  if (there || files.exists(fs::join(volume.path(), kIdentityFile))) return there;
  auto identity = identity_by_ledger(files, volume.path());
  if (!identity || !*identity || (*identity)->id != volume.id()) return there;
  const std::string generation = catalog.generation();
  const auto epoch = catalog.volume_epoch(volume.id());
  if (epoch && !generation.empty() && volume.known_to(generation)) {
    (*identity)->catalog = generation;
    (*identity)->epoch = (*identity)->next = *epoch;
  }
  return put_identity_back(files, volume.path(), **identity);
}

}  // namespace vedette::store
