// SPDX-License-Identifier: Apache-2.0
// The whole configuration at once.
#include <algorithm>
#include <set>

#include "store/config_rows.h"

namespace vedette::store {
namespace {

Error bad(std::string what) { return make_error(ErrorCode::kInvalidArgument, std::move(what)); }

Result<void> check(const Configuration& wanted) {
  std::set<std::string_view> cameras;
  for (const Camera& camera : wanted.cameras) {
    VEDETTE_TRY(check_stored_camera(camera));
    if (!cameras.insert(camera.id).second) return bad("camera " + camera.id + " stands twice");
  }
  std::set<std::string_view> layouts;
  for (const Layout& layout : wanted.layouts) {
    VEDETTE_TRY(check_layout(layout));
    if (!layouts.insert(layout.id).second) return bad("layout " + layout.id + " stands twice");
  }
  if (wanted.layouts.size() > kMaxLayouts) return bad("there are more than 64 layouts");
  return ok();
}

template <typename T>
const T* find(const std::vector<T>& all, const std::string& id) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const T& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

template <typename T>
ConfigChanges::Ids compare(const std::vector<T>& now, const std::vector<T>& wanted) {
  ConfigChanges::Ids ids;
  for (const T& one : wanted) {
    const T* old = find(now, one.id);
    if (old == nullptr) {
      ids.added.push_back(one.id);
    } else if (!(*old == one)) {
      ids.changed.push_back(one.id);
    }
  }
  for (const T& one : now) {
    if (find(wanted, one.id) == nullptr) ids.removed.push_back(one.id);
  }
  return ids;
}

ConfigChanges::Ids compare_volumes(const std::vector<VolumeSpec>& now,
                                   const std::vector<VolumeSpec>& wanted) {
  const auto at = [](const std::vector<VolumeSpec>& all, const std::string& path) {
    return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.path == path; });
  };
  ConfigChanges::Ids paths;
  for (const VolumeSpec& one : wanted) {
    const auto old = at(now, one.path);
    if (old == now.end()) {
      paths.added.push_back(one.path);
    } else if (*old != one) {
      paths.changed.push_back(one.path);
    }
  }
  for (const VolumeSpec& one : now)
    if (at(wanted, one.path) == wanted.end()) paths.removed.push_back(one.path);
  return paths;
}

/// A camera keeps the time it was added; new ones follow in the order of the list.
void date(const std::vector<Camera>& now, std::vector<Camera>& wanted, WallTime clock) {
  int64_t next = clock.us;
  for (const Camera& camera : now) next = std::max(next, camera.created_us + 1);
  for (Camera& camera : wanted) {
    const Camera* old = find(now, camera.id);
    camera.created_us = old != nullptr ? old->created_us : next++;
  }
}

Error would_remove(const std::vector<std::string>& ids) {
  std::string names;
  for (const std::string& id : ids) names += (names.empty() ? "" : ", ") + id;
  return make_error(ErrorCode::kFailedPrecondition,
                    "nothing was changed, because it would remove: " + names +
                        ". List what shall stay, or say that removing is meant (--remove, over"
                        " HTTP remove=true); recordings stay until their time is over");
}

void write(SQLite::Database& db, const Configuration& wanted, const ConfigChanges& changes) {
  // What is counted is counted before the transaction ends, so the answers need no look.
  for (const std::string& id : changes.cameras.removed) (void)delete_camera(db, id);
  for (const std::string& id : changes.cameras.added)
    (void)insert_camera(db, *find(wanted.cameras, id));
  for (const std::string& id : changes.cameras.changed)
    (void)update_camera(db, *find(wanted.cameras, id));
  for (const std::string& id : changes.layouts.removed) delete_layout(db, id);
  for (const auto* ids : {&changes.layouts.added, &changes.layouts.changed}) {
    for (const std::string& id : *ids) write_layout(db, *find(wanted.layouts, id));
  }
  if (wanted.volumes) write_volume_list(db, *wanted.volumes);
}

/// What would be removed without that having been said.
std::vector<std::string> lost(const ConfigChanges& changes) {
  std::vector<std::string> all = changes.cameras.removed;
  for (const std::string& path : changes.volumes.removed) all.push_back("volume " + path);
  return all;
}

}  // namespace

Result<Configuration> ConfigStore::configuration() const {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<Configuration> {
    SQLite::Transaction transaction(*db_);
    return Configuration{read_cameras(*db_), read_layouts(*db_), read_volume_list(*db_)};
  });
}

Result<ConfigChanges> ConfigStore::replace(Configuration wanted, const ReplaceOptions& options) {
  VEDETTE_TRY(check(wanted));
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<ConfigChanges> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    const auto cameras = read_cameras(*db_);
    date(cameras, wanted.cameras, options.now);
    const auto volumes = read_volume_list(*db_);
    if (wanted.volumes) {
      VEDETTE_ASSIGN(wanted.volumes, tidy_volumes(*std::move(wanted.volumes)));
      if (wanted.volumes->empty() && !volumes.empty())
        return bad("a site records to one volume at least; leave volumes out to keep them")
            .with_context("volumes");
    }
    const ConfigChanges changes{
        compare(cameras, wanted.cameras), compare(read_layouts(*db_), wanted.layouts),
        compare_volumes(volumes, wanted.volumes.value_or(volumes)), wanted.cameras};
    const auto missing = lost(changes);
    if (!missing.empty() && !options.remove) return would_remove(missing);
    if (options.dry_run) return changes;
    write(*db_, wanted, changes);
    transaction.commit();
    return changes;
  });
}

}  // namespace vedette::store
