// SPDX-License-Identifier: Apache-2.0
// SQLite over the disk in memory: files below one folder go through the same faults and power cuts
// as recordings do, so that a database is SQLite's own with SQLite's own recovery. Other paths go
// to the operating system. One process, one thread; locks and the shared memory of the WAL are kept
// as several connections of one process need them.
#pragma once

#include <string>

#include "fs/fake_file_system.h"

namespace vedette::trial {

/// Databases below `folder`, which ends in '/', that are opened from now on lie on `disk`. The
/// first call registers the VFS as default.
void put_sqlite_on(fs::FakeFileSystem& disk, const std::string& folder = "/data/");

}  // namespace vedette::trial
