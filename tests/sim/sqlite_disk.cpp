// SPDX-License-Identifier: Apache-2.0
#include "sqlite_disk.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

namespace vedette::trial {
namespace {

// What the connections to one database share: locks and the WAL's index.
struct Shared {
  int readers = 0;
  const void* reserved = nullptr;
  const void* exclusive = nullptr;
  std::vector<std::unique_ptr<std::array<char, 32768>>> memory;
  struct Slot {
    int shared = 0;
    bool exclusive = false;
  };
  std::array<Slot, SQLITE_SHM_NLOCK> slots;
};

using SharedKey = std::pair<const void*, std::string>;

struct State {
  fs::FakeFileSystem* disk = nullptr;
  std::string folder;
  sqlite3_vfs* system = nullptr;
  std::map<SharedKey, std::weak_ptr<Shared>> shared;
};

State& state() {
  static State the;  // SQLite's list of VFSs is static too
  return the;
}

struct OpenFile {
  fs::FakeFileSystem* disk = nullptr;
  std::string path;
  std::unique_ptr<fs::File> file;
  std::shared_ptr<Shared> shared;
  int level = SQLITE_LOCK_NONE;
  unsigned held_shared = 0;  // slots, as bits
  unsigned held_exclusive = 0;
  bool sync_name = false;
  bool delete_on_close = false;
};

struct Handle {
  sqlite3_file base;
  OpenFile* open;
};

OpenFile& opened(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->open; }

int code_of(const Error& error, int otherwise) {
  return error.code == ErrorCode::kResourceExhausted ? SQLITE_FULL : otherwise;
}

int unlock(sqlite3_file* file, int level) {
  OpenFile& open = opened(file);
  if (open.level <= level || !open.shared) return SQLITE_OK;
  if (open.shared->exclusive == &open) open.shared->exclusive = nullptr;
  if (open.shared->reserved == &open) open.shared->reserved = nullptr;
  if (level == SQLITE_LOCK_NONE) --open.shared->readers;
  open.level = level;
  return SQLITE_OK;
}

int shm_unmap(sqlite3_file* file, int) {
  OpenFile& open = opened(file);
  for (size_t i = 0; open.shared && i < SQLITE_SHM_NLOCK; ++i) {
    if (open.held_shared & (1U << i)) --open.shared->slots[i].shared;
    if (open.held_exclusive & (1U << i)) open.shared->slots[i].exclusive = false;
  }
  open.held_shared = open.held_exclusive = 0;
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  unlock(file, SQLITE_LOCK_NONE);
  shm_unmap(file, 0);
  OpenFile* open = reinterpret_cast<Handle*>(file)->open;
  if (open->delete_on_close) (void)open->disk->remove(open->path);
  delete open;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  auto* bytes = static_cast<uint8_t*>(into);
  const auto count = opened(file).file->read_at(static_cast<uint64_t>(offset),
                                                std::span(bytes, static_cast<size_t>(size)));
  if (!count) return SQLITE_IOERR_READ;
  if (*count == static_cast<size_t>(size)) return SQLITE_OK;
  std::fill(bytes + *count, bytes + size, uint8_t{0});
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const ByteSpan part(static_cast<const uint8_t*>(from), static_cast<size_t>(size));
  const auto done = opened(file).file->write_at(static_cast<uint64_t>(offset), std::span(&part, 1));
  return done ? SQLITE_OK : code_of(done.error(), SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return opened(file).file->truncate(static_cast<uint64_t>(size)) ? SQLITE_OK
                                                                  : SQLITE_IOERR_TRUNCATE;
}

int sync(sqlite3_file* file, int) {
  OpenFile& open = opened(file);
  if (!open.file->sync_data()) return SQLITE_IOERR_FSYNC;
  if (open.sync_name && !open.disk->sync_dir(fs::parent_of(open.path))) return SQLITE_IOERR_FSYNC;
  open.sync_name = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const auto now = opened(file).file->size();
  if (!now) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*now);
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) {
  OpenFile& open = opened(file);
  Shared& shared = *open.shared;
  if (open.level >= level) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (shared.exclusive != nullptr) return SQLITE_BUSY;
    ++shared.readers;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (shared.reserved != nullptr) return SQLITE_BUSY;
    shared.reserved = &open;
  } else {
    if (shared.readers > 1 || (shared.reserved != nullptr && shared.reserved != &open))
      return SQLITE_BUSY;
    shared.reserved = shared.exclusive = &open;
  }
  open.level = level;
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* out) {
  *out = opened(file).shared->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 512; }
int characteristics(sqlite3_file*) { return 0; }

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  Shared& shared = *opened(file).shared;
  *out = nullptr;
  if (size > 32768) return SQLITE_IOERR_SHMMAP;
  while (extend != 0 && shared.memory.size() <= static_cast<size_t>(region))
    shared.memory.push_back(std::make_unique<std::array<char, 32768>>());
  if (static_cast<size_t>(region) < shared.memory.size())
    *out = shared.memory[static_cast<size_t>(region)]->data();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  OpenFile& open = opened(file);
  Shared& shared = *open.shared;
  const bool want_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (int pass = 0; pass < 2; ++pass) {
    for (int i = offset; i < offset + count; ++i) {
      Shared::Slot& slot = shared.slots[static_cast<size_t>(i)];
      const unsigned bit = 1U << i;
      if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        if (pass == 0) continue;
        if (open.held_shared & bit) --slot.shared;
        if (open.held_exclusive & bit) slot.exclusive = false;
        open.held_shared &= ~bit;
        open.held_exclusive &= ~bit;
      } else if (pass == 0) {  // all or none
        const int others = slot.shared - ((open.held_shared & bit) ? 1 : 0);
        const bool taken = slot.exclusive && !(open.held_exclusive & bit);
        if (taken || (want_exclusive && others > 0)) return SQLITE_BUSY;
      } else if (want_exclusive) {
        slot.exclusive = true;
        open.held_exclusive |= bit;
      } else if (!(open.held_shared & bit)) {
        ++slot.shared;
        open.held_shared |= bit;
      }
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

const sqlite3_io_methods kMethods = {2,
                                     close,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     file_size,
                                     lock,
                                     unlock,
                                     check_reserved,
                                     control,
                                     sector_size,
                                     characteristics,
                                     shm_map,
                                     shm_lock,
                                     shm_barrier,
                                     shm_unmap,
                                     nullptr,
                                     nullptr};

bool ours(const char* path) {
  return path != nullptr && std::string_view(path).starts_with(state().folder);
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if (!ours(name)) return state().system->xOpen(state().system, name, file, flags, out_flags);
  file->pMethods = nullptr;
  fs::FakeFileSystem& disk = *state().disk;
  auto open = std::make_unique<OpenFile>();
  open->disk = &disk;
  open->path = name;
  const bool there = disk.exists(name);
  if (!there && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  auto made = there ? disk.open_write(name) : disk.create(name);
  if (!made) return SQLITE_CANTOPEN;
  open->file = std::move(made).value();
  // As SQLite's own file layer: whether or not this handle made the file, its first sync has to
  // hold the name too, because the one that made it may never sync.
  open->sync_name =
      (flags & SQLITE_OPEN_CREATE) != 0 &&
      (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
  open->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  auto& known = state().shared[{&disk, open->path}];
  open->shared = known.lock();
  if (!open->shared) known = open->shared = std::make_shared<Shared>();
  auto* handle = new (file) Handle{};
  handle->open = open.release();
  handle->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_dir) {
  if (!ours(name)) return state().system->xDelete(state().system, name, sync_dir);
  if (const auto removed = state().disk->remove(name); !removed)
    return removed.error().code == ErrorCode::kNotFound ? SQLITE_IOERR_DELETE_NOENT
                                                        : SQLITE_IOERR_DELETE;
  if (sync_dir != 0 && !state().disk->sync_dir(fs::parent_of(name))) return SQLITE_IOERR_DIR_FSYNC;
  return SQLITE_OK;
}

int access(sqlite3_vfs*, const char* name, int flags, int* out) {
  if (!ours(name)) return state().system->xAccess(state().system, name, flags, out);
  *out = state().disk->exists(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  if (!ours(name)) return state().system->xFullPathname(state().system, name, size, out);
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
  std::fill_n(out, size, '\x5a');  // the salts of a WAL only have to differ from its last ones
  return size;
}

int wait(sqlite3_vfs*, int us) { return us; }

int current_time(sqlite3_vfs*, sqlite3_int64* out) {
  *out = 212'000'000'000'000;  // of no consequence: our SQL has no "now"
  return SQLITE_OK;
}

}  // namespace

void put_sqlite_on(fs::FakeFileSystem& disk, const std::string& folder) {
  static sqlite3_vfs vfs;
  // One thread: and a mutex that is held would not be the same thread's after a fork().
  if (state().system == nullptr) sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  state().disk = &disk;
  state().folder = folder;
  std::erase_if(state().shared, [](const auto& entry) { return entry.second.expired(); });
  sqlite3_randomness(0, nullptr);  // begins anew, the same every time
  if (state().system != nullptr) return;
  state().system = sqlite3_vfs_find(nullptr);
  vfs = *state().system;
  vfs.iVersion = 2;
  vfs.pNext = nullptr;
  vfs.zName = "disk-in-memory";
  vfs.szOsFile = std::max(vfs.szOsFile, static_cast<int>(sizeof(Handle)));
  vfs.xOpen = open_file;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = wait;
  vfs.xCurrentTimeInt64 = current_time;
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace vedette::trial
