// SPDX-License-Identifier: Apache-2.0
#include "store/stopped_archive.h"

#include <algorithm>
#include <deque>
#include <set>

#include "store/volume_lock.h"

namespace vedette::store {
namespace {

/// A volume that was moved, as with its data folder, is remembered where it was as well: nothing is
/// missing there. `volumes` are those of `known`, in the same order.
void forget_where_they_were(const std::vector<KnownVolume>& known,
                            std::vector<FsckVolume>& volumes) {
  std::set<std::string> here;
  for (const FsckVolume& one : volumes)
    if (one.volume) here.insert(one.volume->id());
  for (size_t i = known.size(); i-- > 0;)
    if (!volumes[i].volume && here.contains(known[i].id))
      volumes.erase(volumes.begin() + static_cast<ptrdiff_t>(i));
}

}  // namespace

Result<std::unique_ptr<StoppedArchive>> StoppedArchive::open(fs::FileSystem& files,
                                                             const Clock& clock,
                                                             const std::string& dir) {
  if (!files.exists(DataPaths(dir).config))
    return make_error(ErrorCode::kNotFound, dir +
                                                " is no data folder of a site; give the one that"
                                                " `vedette serve --data` was given");
  VEDETTE_ASSIGN(DataFolder folder, DataFolder::open(files, dir));
  VEDETTE_ASSIGN(auto config, ConfigStore::open(folder.paths().config));
  return std::unique_ptr<StoppedArchive>(
      new StoppedArchive(files, clock, std::move(folder), std::move(config)));
}

FsckReport StoppedArchive::check(const FsckOptions& options, const FsckWatch& watch) {
  CatalogOptions catalog_options;
  catalog_options.path = folder_.paths().catalog;
  catalog_options.threads = false;
  const auto catalog = Catalog::open(clock_, std::move(catalog_options));
  FsckReport failed;
  const auto known = config_->volumes();
  if (!known) failed.error = known.error().message();
  if (known && known->empty()) failed.error = "this site has not recorded anything yet";
  if (!failed.error.empty()) return failed;
  std::vector<FsckVolume> volumes;
  std::deque<VolumeLock> locks;
  for (const KnownVolume& one : *known) {
    auto volume = Volume::identify(files_, *config_, one.path, catalog->generation());
    if (options.rebuild && volume)
      if (auto ours = locks.emplace_back(files_, one.path).take(); !ours)
        volume = std::move(ours).error();
    FsckVolume entry{one.path, std::nullopt, {}, nullptr};
    if (volume) {
      catalog->set_volume_root(volume->id(), one.path);
      entry.volume = std::move(volume).value();
    } else {
      entry.problem = volume.error().what;
    }
    volumes.push_back(std::move(entry));
  }
  forget_where_they_were(*known, volumes);
  FsckReport report = Fsck({files_, clock_, *config_, *catalog}, volumes, options).run(watch);
  for (FsckVolume& one : volumes) {
    if (!one.volume ||
        std::count(report.rebuilt.begin(), report.rebuilt.end(), one.volume->id()) == 0)
      continue;
    const auto adopted = one.volume->adopt(files_, *catalog);
    if (!adopted) report.error = adopted.error().message();
  }
  return report;
}

}  // namespace vedette::store
