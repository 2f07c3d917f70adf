// SPDX-License-Identifier: Apache-2.0
// Which devices have answered as a camera: place 0 is the one that nobody has confirmed, 1 and up
// those that are known, newest first.
#include <algorithm>

#include "store/config_rows.h"

namespace vedette::store {
namespace {

void insert_device(SQLite::Database& db, const std::string& camera, int place,
                   const CameraDevice::Other& device) {
  SQLite::Statement insert(db, "INSERT INTO device VALUES(?,?,?,?,?,?,?)");
  insert.bind(1, camera);
  insert.bind(2, place);
  insert.bind(3, device.signs.hardware);
  insert.bind(4, device.signs.realm);
  insert.bind(5, device.signs.server);
  insert.bind(6, device.signs.session);
  insert.bind(7, device.since.us);
  insert.exec();
}

void write_device(SQLite::Database& db, const CameraDevice& device) {
  delete_devices(db, device.camera);
  if (device.other) insert_device(db, device.camera, 0, *device.other);
  const size_t known = std::min(device.known.size(), CameraDevice::kMostKnown);
  for (size_t i = 0; i < known; ++i)
    insert_device(db, device.camera, static_cast<int>(i) + 1, {device.known[i], {}});
}

std::vector<CameraDevice> read_devices(SQLite::Database& db) {
  std::vector<CameraDevice> all;
  SQLite::Statement row(db,
                        "SELECT camera, place, hardware, realm, server, session, since_us"
                        " FROM device ORDER BY camera, place");
  while (row.executeStep()) {
    const std::string camera = row.getColumn(0).getString();
    if (all.empty() || all.back().camera != camera) all.push_back({camera, {}, {}});
    DeviceSigns signs{row.getColumn(2).getString(), row.getColumn(3).getString(),
                      row.getColumn(4).getString(), row.getColumn(5).getString()};
    if (row.getColumn(1).getInt() == 0)
      all.back().other = {std::move(signs), {row.getColumn(6).getInt64()}};
    else
      all.back().known.push_back(std::move(signs));
  }
  return all;
}

Error no_camera(const std::string& id) {
  return make_error(ErrorCode::kNotFound, "there is no camera \"" + id + "\"");
}

bool has_camera(SQLite::Database& db, const std::string& id) {
  return has_row(db, "SELECT 1 FROM camera WHERE id=?", id);
}

}  // namespace

void confirm_other(CameraDevice& device) {
  if (!device.other) return;
  device.known.insert(device.known.begin(), std::move(device.other->signs));
  if (device.known.size() > CameraDevice::kMostKnown) device.known.pop_back();
  device.other.reset();
}

void delete_devices(SQLite::Database& db, const std::string& camera) {
  SQLite::Statement remove(db, "DELETE FROM device WHERE camera=?");
  remove.bind(1, camera);
  remove.exec();
}

Result<std::vector<CameraDevice>> ConfigStore::devices() const {
  MutexLock lock(mutex_);
  return guarded("config",
                 [&]() -> Result<std::vector<CameraDevice>> { return read_devices(*db_); });
}

Result<void> ConfigStore::put_device(const CameraDevice& device) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    if (!has_camera(*db_, device.camera)) return no_camera(device.camera);
    write_device(*db_, device);
    transaction.commit();
    return ok();
  });
}

Result<void> ConfigStore::forget_device(const std::string& camera) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    delete_devices(*db_, camera);
    return ok();
  });
}

Result<void> ConfigStore::confirm_device(const std::string& camera) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    if (!has_camera(*db_, camera)) return no_camera(camera);
    for (CameraDevice& device : read_devices(*db_)) {
      if (device.camera != camera || !device.other) continue;
      confirm_other(device);
      write_device(*db_, device);
    }
    transaction.commit();
    return ok();
  });
}

}  // namespace vedette::store
