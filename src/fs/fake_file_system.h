// SPDX-License-Identifier: Apache-2.0
// A disk in memory that behaves as badly as POSIX allows. What was not synced, and a name that was
// not synced with its directory, is lost by power_cut(), or left in any mixture by power_cut(seed).
// Faults fail, or delay, the n-th matching operation, once or for good; a failed sync loses what it
// should have written and the next one succeeds without it, as on Linux. Parts of the tree can be
// mounts of their own, filled up, made read-only, pulled out, or replaced by what they were before.
// A clone shares all pages, so that thousands of crashed copies of one disk are cheap. Thread-safe.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <set>

#include "base/mutex.h"
#include "base/time.h"
#include "fs/fake_content.h"
#include "fs/file_system.h"

namespace vedette::fs {

/// What a fault can hit and the counters count.
enum class Op {
  kCreate,
  kOpen,
  kRead,
  kWrite,
  kAllocate,
  kTruncate,
  kSync,
  kSyncDir,
  kSyncAll,
  kRemove,
  kRename,
  kList,
  kMakeDir,
  kSpace,
  kLock,
  kAny  ///< in a fault: whichever comes
};
inline constexpr size_t kOps = static_cast<size_t>(Op::kAny);

struct Fault {
  Op op = Op::kWrite;
  int nth = 1;            ///< of the matching operations from now on, counted from 1
  bool for_good = false;  ///< that one and every later one
  ErrorCode code = ErrorCode::kUnavailable;
  std::string path_part;  ///< only paths that contain this
  Duration delay{0};      ///< if not 0 the operation takes this long, and succeeds
};

class FakeFileSystem final : public FileSystem {
 public:
  explicit FakeFileSystem(uint64_t capacity_bytes = uint64_t{1} << 40);
  ~FakeFileSystem() override;

  // Faults.
  void inject(Fault fault);
  void clear_faults();
  /// `dir` and what is below it is a file system of its own: its size, its syncfs.
  void mount(const std::string& dir, uint64_t capacity_bytes);
  void set_capacity(uint64_t bytes, const std::string& mount = "");
  void set_read_only(const std::string& mount, bool read_only);
  /// Every file and name is as it was last synced; open files fail from now on.
  void power_cut();
  /// Unsynced sectors and names are lost, kept, torn or reordered, each on its own.
  void power_cut(uint64_t seed);
  /// The process is gone, the kernel and what it was given stay: open files and locks are let go.
  void process_death();
  /// While set, nothing reaches the disk and every operation fails.
  void set_halted(bool halted);
  /// While set, operations are an observer's: neither counted nor faulty nor slow.
  void set_exempt(bool exempt);
  /// The folder and all below it are gone, as when a disk is pulled; plug_in() brings them back.
  void unplug(const std::string& dir);
  void plug_in(const std::string& dir);

  /// What lies below a folder, by path relative to it: a disk that can be put elsewhere or back.
  struct Image;
  [[nodiscard]] std::shared_ptr<const Image> image(const std::string& dir) const;
  /// Replaces all below `dir`, on the medium at once. Files open there fail from now on.
  void replace(const std::string& dir, const Image& with);
  /// The whole disk, without faults and callbacks; what is open here is not open there.
  [[nodiscard]] std::unique_ptr<FakeFileSystem> clone() const VEDETTE_NO_ANALYSIS;

  /// Called before each operation, without a lock held.
  using OpSeen = std::function<void(Op op, const std::string& path)>;
  void set_on_operation(OpSeen seen) { on_operation_ = std::move(seen); }
  /// What passes the time of a delayed operation.
  void set_on_delay(std::function<void(Duration)> pass) { on_delay_ = std::move(pass); }

  // Looking.
  [[nodiscard]] int count(Op op) const;  ///< kAny: all together
  [[nodiscard]] std::vector<std::string> all_files() const;
  [[nodiscard]] Bytes content(const std::string& path) const;
  [[nodiscard]] uint64_t used_bytes(const std::string& mount = "") const;
  /// Changes bytes on the medium behind everybody's back.
  void corrupt(const std::string& path, uint64_t offset, ByteSpan bytes);

  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open_read(const std::string& path) override;
  Result<std::unique_ptr<File>> open_write(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<std::vector<DirEntry>> list(const std::string& dir) override;
  Result<void> make_dirs(const std::string& dir) override;
  Result<void> remove_dir(const std::string& dir) override;
  Result<void> sync_dir(const std::string& dir) override;
  Result<void> sync_all(const std::string& path) override;
  Result<Space> space(const std::string& path) override;
  bool exists(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

 private:
  friend class FakeFile;
  friend class FakeLock;
  struct Node {
    FakeContent content;
    bool gone = false;  // by a power cut, or with its disk
  };
  using NodePtr = std::shared_ptr<Node>;
  using Names = std::map<std::string, NodePtr>;
  struct Mount {
    uint64_t capacity = 0;
    bool read_only = false;
  };
  /// A change to a directory that is not on the medium yet.
  struct NameChange {
    enum Kind { kLink, kUnlink, kMove, kMakeDir, kRemoveDir } kind = kLink;
    std::string path;
    std::string to;
    NodePtr node;
  };

  [[nodiscard]] Result<void> begin(Op op, const std::string& path) VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] Result<void> fault(Op op, const std::string& path, Duration& delay)
      VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] bool unplugged(const std::string& path) const VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] std::string mount_of(const std::string& path) const VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] uint64_t used(const std::string& mount) const VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string& path);
  static void apply(const NameChange& change, Names& names, std::set<std::string>& dirs);
  void settle_power_cut(FakeChance* chance) VEDETTE_REQUIRES(mutex_);

  OpSeen on_operation_;
  std::function<void(Duration)> on_delay_;

  mutable Mutex mutex_{LockOrder::kLeaf};
  bool halted_ VEDETTE_GUARDED_BY(mutex_) = false;
  bool exempt_ VEDETTE_GUARDED_BY(mutex_) = false;
  uint64_t era_ VEDETTE_GUARDED_BY(mutex_) = 0;  // counts the ends of processes
  std::map<std::string, Mount> mounts_ VEDETTE_GUARDED_BY(mutex_);
  std::vector<Fault> faults_ VEDETTE_GUARDED_BY(mutex_);
  std::array<int, kOps> counts_ VEDETTE_GUARDED_BY(mutex_){};
  Names names_ VEDETTE_GUARDED_BY(mutex_);
  Names synced_names_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> dirs_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> synced_dirs_ VEDETTE_GUARDED_BY(mutex_);
  std::vector<NameChange> changes_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> unplugged_ VEDETTE_GUARDED_BY(mutex_);
  std::set<std::string> locks_ VEDETTE_GUARDED_BY(mutex_);
};

struct FakeFileSystem::Image {
  std::map<std::string, FakeContent> files;
  std::set<std::string> dirs;
};

}  // namespace vedette::fs
