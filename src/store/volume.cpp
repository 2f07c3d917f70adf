// SPDX-License-Identifier: Apache-2.0
#include "store/volume.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/id.h"
#include "store/catalog.h"
#include "store/data_folder.h"
#include "store/lost_identity.h"
#include "store/volume_trouble.h"

namespace vedette::store {
namespace {

// The value of "key": "value" in the one flat object that to_json() writes. Ids need no escapes.
std::optional<std::string> field(std::string_view json, std::string_view key) {
  const std::string name = "\"" + std::string(key) + "\":";
  size_t at = json.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  at = json.find('"', at + name.size());
  if (at == std::string_view::npos) return std::nullopt;
  const size_t end = json.find('"', at + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(json.substr(at + 1, end - at - 1));
}

// 0 when absent; nullopt for what is no count.
std::optional<int64_t> number(std::string_view json, std::string_view key) {
  const auto text = field(json, key);
  if (!text) return 0;
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (code != std::errc() || end != text->data() + text->size() || value < 0) return std::nullopt;
  return value;
}

Result<VolumeIdentity> read_identity(fs::FileSystem& files, const std::string& path) {
  VEDETTE_ASSIGN(const Bytes content, fs::read_all(files, fs::join(path, kIdentityFile), 4096));
  auto identity = parse_identity(as_text(content));
  if (identity) return identity;
  return make_error(identity.error().code,
                    fs::join(path, identity.error().what) +
                        "; restore it from a backup, or delete it: it is then written again from"
                        " the volume's ledger");
}

std::optional<std::string> known_id(const ConfigStore& config, const std::string& path) {
  const auto known = config.volumes();
  if (!known) return std::nullopt;
  for (const KnownVolume& volume : *known)
    if (volume.path == path) return volume.id;
  return std::nullopt;
}

}  // namespace

std::string to_json(const VolumeIdentity& identity) {
  return fmt::format(
      "{{\"volume\": \"{}\", \"site\": \"{}\", \"catalog\": \"{}\", \"epoch\": \"{}\", \"next\": "
      "\"{}\"}}\n",
      identity.id, identity.site, identity.catalog, identity.epoch, identity.next);
}

Result<VolumeIdentity> parse_identity(std::string_view json) {
  const auto id = field(json, "volume");
  const auto site = field(json, "site");
  const auto catalog = field(json, "catalog");
  if (!id || !site || !catalog || !check_id(*id) || !check_id(*site))
    return make_error(ErrorCode::kDataLoss, std::string(kIdentityFile) + " is damaged");
  VolumeIdentity identity{*id, *site, *catalog};
  // Volumes of the first version have no epoch.
  const auto epoch = number(json, "epoch");
  const auto next = number(json, "next");
  if (!epoch || !next)
    return make_error(ErrorCode::kDataLoss, std::string(kIdentityFile) + " is damaged");
  identity.epoch = *epoch;
  identity.next = *next;
  return identity;
}

Result<std::optional<Volume>> Volume::look(fs::FileSystem& files, const ConfigStore& config,
                                           const std::string& path) {
  const auto expected = known_id(config, path);
  std::optional<VolumeIdentity> identity;
  if (files.exists(fs::join(path, kIdentityFile))) {
    VEDETTE_ASSIGN(identity, read_identity(files, path));
  } else {
    VEDETTE_ASSIGN(identity, identity_by_ledger(files, path));
  }
  if (!identity && !expected && files.exists(DataPaths(path).config))
    return make_error(ErrorCode::kFailedPrecondition,
                      path + " is the data folder of a server; record to a folder of its own");
  if (!identity && !expected) return std::optional<Volume>();
  if (!identity) return missing_volume(path);
  if (expected && *expected != identity->id) return other_volume(path);
  if (identity->site != config.site_id()) return foreign_volume(path);
  return std::optional(Volume(path, *std::move(identity)));
}

Result<Volume> Volume::identify(fs::FileSystem& files, ConfigStore& config, const std::string& path,
                                const std::string& generation) {
  VEDETTE_ASSIGN(auto known, look(files, config, path));
  if (known) {
    if (!files.exists(fs::join(path, kIdentityFile)))
      VEDETTE_TRY(put_identity_back(files, path, known->identity_));
    if (!known_id(config, path)) VEDETTE_TRY(config.remember_volume({path, known->id()}));
    return *std::move(known);
  }
  if (!files.exists(path)) {
    VEDETTE_TRY(files.make_dirs(path));
    // The folder's own name must outlive a power cut, or all that is recorded in it goes with it.
    for (std::string at = path; at != "/" && at != "."; at = fs::parent_of(at))
      if (!files.sync_dir(fs::parent_of(at))) break;  // one that may not be read was there before
  }
  VolumeIdentity identity{random_id(), config.site_id(), generation};
  VEDETTE_TRY(
      fs::write_atomically(files, fs::join(path, kIdentityFile), as_bytes(to_json(identity))));
  VEDETTE_TRY(config.remember_volume({path, identity.id}));
  return Volume(path, std::move(identity));
}

Result<void> Volume::verify(fs::FileSystem& files) const {
  auto identity = read_identity(files, path_);
  if (!identity && identity.error().code == ErrorCode::kNotFound) return missing_volume(path_);
  if (!identity) return std::move(identity).error();
  if (identity->id != identity_.id) return other_volume(path_);
  return ok();
}

Result<void> Volume::write(fs::FileSystem& files) const {
  VEDETTE_TRY(verify(files));
  return fs::write_atomically(files, fs::join(path_, kIdentityFile), as_bytes(to_json(identity_)));
}

// A crash leaves the catalog with the old epoch or with the one announced on the volume: both are
// accepted the next time.
Result<void> Volume::count_on(fs::FileSystem& files, Catalog& catalog, int64_t known) {
  VolumeIdentity before = identity_;
  identity_.next = std::max({identity_.epoch, identity_.next, known}) + 1;
  identity_.epoch = known;
  if (auto written = write(files); !written) {
    identity_ = std::move(before);
    return written;
  }
  VEDETTE_TRY(catalog.set_volume_epoch(identity_.id, identity_.next));
  identity_.epoch = identity_.next;
  VEDETTE_TRY(write(files));
  agreed_ = true;
  return ok();
}

Result<void> Volume::agree(fs::FileSystem& files, Catalog& catalog) {
  agreed_ = false;
  const std::string generation = catalog.generation();
  if (generation.empty())
    return make_error(ErrorCode::kUnavailable,
                      "the catalog cannot be opened; the log says why. Nothing is deleted");
  // As it is on the disk: an attempt that failed half way may have got further than its caller
  // knows.
  VEDETTE_ASSIGN(VolumeIdentity found, read_identity(files, path_));
  if (found.id != identity_.id) return other_volume(path_);
  identity_ = std::move(found);
  if (identity_.catalog != generation) return no_cleaning(path_, "the catalog is new or foreign");
  VEDETTE_ASSIGN(const int64_t known, catalog.volume_epoch(identity_.id));
  if (known < identity_.epoch) return no_cleaning(path_, "the catalog is an older copy");
  if (known > identity_.epoch && known != identity_.next)
    return no_cleaning(path_, "the volume is an older copy");
  return count_on(files, catalog, known);
}

Result<void> Volume::adopt(fs::FileSystem& files, Catalog& catalog) {
  VEDETTE_TRY(verify(files));
  VEDETTE_ASSIGN(const int64_t known, catalog.volume_epoch(identity_.id));
  identity_.catalog = catalog.generation();
  return count_on(files, catalog, known);
}

Result<void> Volume::may_clean(fs::FileSystem& files, const Catalog& catalog) const {
  if (!agreed_ || identity_.catalog != catalog.generation())
    return no_cleaning(path_, "the catalog is not the one that knows it");
  auto found = read_identity(files, path_);
  if (!found) return std::move(found).error();
  if (found->id != identity_.id) return other_volume(path_);
  if (found->catalog != identity_.catalog || found->epoch != identity_.epoch)
    return no_cleaning(path_, "the volume is another copy than before");
  return ok();
}

std::string day_folder(const std::string& camera, WallTime day) {
  const std::string text = to_rfc3339(day);  // yyyy-mm-ddThh:mm:ss.ffffffZ
  return fmt::format("{}/{}/{}/{}", camera, text.substr(0, 4), text.substr(5, 2),
                     text.substr(8, 2));
}

std::string recording_path(const std::string& camera, StreamKind kind, const std::string& run,
                           uint32_t seq, WallTime start) {
  const std::string text = to_rfc3339(start);
  return fmt::format("{}/{}{}{}-{}-{}{}.mp4", day_folder(camera, start), text.substr(11, 2),
                     text.substr(14, 2), text.substr(17, 2), run, seq,
                     kind == StreamKind::kSub ? "-sub" : "");
}

std::optional<RecordingName> parse_recording_name(std::string_view name) {
  const auto digits = [](std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
  };
  const auto drop_end = [&](std::string_view end) {
    if (name.size() < end.size() || name.substr(name.size() - end.size()) != end) return false;
    name.remove_suffix(end.size());
    return true;
  };
  if (!drop_end(".mp4")) return std::nullopt;
  RecordingName parsed;
  if (drop_end("-sub")) parsed.kind = StreamKind::kSub;
  constexpr size_t kRunAt = 7;  // after "hhmmss-"
  constexpr size_t kRunSize = 16;
  if (name.size() < kRunAt + kRunSize + 2 || name[6] != '-' || name[kRunAt + kRunSize] != '-')
    return std::nullopt;
  const std::string_view seq = name.substr(kRunAt + kRunSize + 1);
  parsed.run = name.substr(kRunAt, kRunSize);
  if (!digits(name.substr(0, 6), "0123456789") || !digits(parsed.run, "0123456789abcdef") ||
      !digits(seq, "0123456789"))
    return std::nullopt;
  const auto [end, error] = std::from_chars(seq.data(), seq.data() + seq.size(), parsed.seq);
  if (error != std::errc() || end != seq.data() + seq.size()) return std::nullopt;
  return parsed;
}

}  // namespace vedette::store
