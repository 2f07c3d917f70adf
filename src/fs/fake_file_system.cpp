// SPDX-License-Identifier: Apache-2.0
// What every file system does; fake_disk_faults.cpp is what only a bad one does.
#include "fs/fake_file_system.h"

#include <algorithm>
#include <limits>

namespace vedette::fs {
namespace {

bool below(const std::string& path, const std::string& dir) {
  return path.size() > dir.size() && path.compare(0, dir.size(), dir) == 0 &&
         path[dir.size()] == '/';
}

Error no_such(const std::string& path) {
  return make_error(ErrorCode::kNotFound, "open " + path + ": No such file or directory");
}

}  // namespace

class FakeFile final : public File {
 public:
  FakeFile(FakeFileSystem& owner, std::string path, FakeFileSystem::NodePtr node, uint64_t era)
      : owner_(owner), path_(std::move(path)), node_(std::move(node)), era_(era) {}

  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> into) const override {
    VEDETTE_TRY(begin(Op::kRead));
    MutexLock lock(owner_.mutex_);
    return node_->content.read(offset, into);
  }

  Result<void> write_at(uint64_t offset, std::span<const ByteSpan> parts) override {
    uint64_t total = 0;
    for (const ByteSpan part : parts) total += part.size();
    auto begun = begin(Op::kWrite);
    MutexLock lock(owner_.mutex_);
    FakeContent& content = node_->content;
    if (!begun) {  // it may have got half way
      if (!dead()) content.write(offset, parts, total / 2);
      return begun;
    }
    if (offset + total > content.size()) {
      const std::string mount = owner_.mount_of(path_);
      if (owner_.used(mount) + offset + total - content.size() > owner_.mounts_[mount].capacity)
        return make_error(ErrorCode::kResourceExhausted,
                          "write " + path_ + ": No space left on device");
    }
    content.write(offset, parts, std::numeric_limits<uint64_t>::max());
    return ok();
  }

  Result<void> allocate(uint64_t, uint64_t) override { return begin(Op::kAllocate); }
  Result<void> truncate(uint64_t size) override {
    VEDETTE_TRY(begin(Op::kTruncate));
    MutexLock lock(owner_.mutex_);
    node_->content.truncate(size);
    return ok();
  }
  Result<void> sync_data() override {
    auto begun = begin(Op::kSync);
    MutexLock lock(owner_.mutex_);
    if (begun)
      node_->content.sync();
    else if (!dead())
      node_->content.sync_failed();
    return begun;
  }
  Result<uint64_t> size() const override {
    MutexLock lock(owner_.mutex_);
    return node_->content.size();
  }
  void drop_cache(uint64_t, uint64_t) override {}

 private:
  // A descriptor of a process that ended, or of a disk that is gone.
  [[nodiscard]] bool dead() const VEDETTE_REQUIRES(owner_.mutex_) {
    return era_ != owner_.era_ || node_->gone || owner_.halted_;
  }
  Result<void> begin(Op op) const {
    {
      MutexLock lock(owner_.mutex_);
      if (dead()) return make_error(ErrorCode::kUnavailable, path_ + ": opened in another life");
    }
    return owner_.begin(op, path_);
  }

  FakeFileSystem& owner_;
  std::string path_;
  FakeFileSystem::NodePtr node_;
  uint64_t era_;
};

class FakeLock final : public FileLock {
 public:
  FakeLock(FakeFileSystem& owner, std::string path, uint64_t era)
      : owner_(owner), path_(std::move(path)), era_(era) {}
  ~FakeLock() override {
    MutexLock lock(owner_.mutex_);
    if (era_ == owner_.era_) owner_.locks_.erase(path_);  // the lock of a dead process is not ours
  }

 private:
  FakeFileSystem& owner_;
  std::string path_;
  uint64_t era_;
};

FakeFileSystem::FakeFileSystem(uint64_t capacity_bytes) { mounts_[""] = {capacity_bytes, false}; }
FakeFileSystem::~FakeFileSystem() = default;

int FakeFileSystem::count(Op op) const {
  MutexLock lock(mutex_);
  if (op != Op::kAny) return counts_[static_cast<size_t>(op)];
  int all = 0;
  for (const int count : counts_) all += count;
  return all;
}

std::vector<std::string> FakeFileSystem::all_files() const {
  MutexLock lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, node] : names_)
    if (!unplugged(path)) paths.push_back(path);
  return paths;
}

Bytes FakeFileSystem::content(const std::string& path) const {
  MutexLock lock(mutex_);
  const auto it = names_.find(path);
  return it == names_.end() ? Bytes{} : it->second->content.bytes();
}

uint64_t FakeFileSystem::used_bytes(const std::string& mount) const {
  MutexLock lock(mutex_);
  return used(mount);
}

uint64_t FakeFileSystem::used(const std::string& mount) const {
  uint64_t total = 0;
  for (const auto& [path, node] : names_)
    if (mounts_.size() == 1 || mount_of(path) == mount) total += node->content.size();
  return total;
}

std::string FakeFileSystem::mount_of(const std::string& path) const {
  std::string best;
  for (const auto& [dir, mount] : mounts_)
    if ((path == dir || below(path, dir)) && dir.size() > best.size()) best = dir;
  return best;
}

bool FakeFileSystem::unplugged(const std::string& path) const {
  return std::any_of(unplugged_.begin(), unplugged_.end(),
                     [&](const std::string& dir) { return path == dir || below(path, dir); });
}

Result<void> FakeFileSystem::begin(Op op, const std::string& path) {
  if (on_operation_) on_operation_(op, path);
  Duration delay{0};
  {
    MutexLock lock(mutex_);
    if (halted_) return make_error(ErrorCode::kUnavailable, path + ": the machine is off");
    if (exempt_) return ok();
    ++counts_[static_cast<size_t>(op)];
    if (unplugged(path)) return no_such(path);
    VEDETTE_TRY(fault(op, path, delay));
  }
  if (delay.count() > 0 && on_delay_) on_delay_(delay);
  return ok();
}

Result<std::unique_ptr<File>> FakeFileSystem::create(const std::string& path) {
  VEDETTE_TRY(begin(Op::kCreate, path));
  MutexLock lock(mutex_);
  if (names_.count(path) > 0)
    return make_error(ErrorCode::kFailedPrecondition, "create " + path + ": File exists");
  if (dirs_.count(parent_of(path)) == 0) return no_such(path);
  auto node = std::make_shared<Node>();
  names_[path] = node;
  changes_.push_back({NameChange::kLink, path, "", node});
  return std::unique_ptr<File>(std::make_unique<FakeFile>(*this, path, node, era_));
}

Result<std::unique_ptr<File>> FakeFileSystem::open(const std::string& path) {
  VEDETTE_TRY(begin(Op::kOpen, path));
  MutexLock lock(mutex_);
  const auto it = names_.find(path);
  if (it == names_.end()) return no_such(path);
  return std::unique_ptr<File>(std::make_unique<FakeFile>(*this, path, it->second, era_));
}
Result<std::unique_ptr<File>> FakeFileSystem::open_read(const std::string& path) {
  return open(path);
}
Result<std::unique_ptr<File>> FakeFileSystem::open_write(const std::string& path) {
  return open(path);
}

Result<void> FakeFileSystem::remove(const std::string& path) {
  VEDETTE_TRY(begin(Op::kRemove, path));
  MutexLock lock(mutex_);
  if (names_.erase(path) == 0) return no_such(path);
  changes_.push_back({NameChange::kUnlink, path, "", nullptr});
  return ok();
}

Result<void> FakeFileSystem::rename(const std::string& from, const std::string& to) {
  VEDETTE_TRY(begin(Op::kRename, from));
  MutexLock lock(mutex_);
  const auto it = names_.find(from);
  if (it == names_.end()) return no_such(from);
  const NodePtr node = it->second;
  names_.erase(it);
  names_[to] = node;
  changes_.push_back({NameChange::kMove, from, to, node});
  return ok();
}

Result<std::vector<DirEntry>> FakeFileSystem::list(const std::string& dir) {
  VEDETTE_TRY(begin(Op::kList, dir));
  MutexLock lock(mutex_);
  if (dirs_.count(dir) == 0) return no_such(dir);
  std::vector<DirEntry> entries;
  const std::string prefix = dir + "/";
  const auto direct = [&](const std::string& path) {
    return path.find('/', prefix.size()) == std::string::npos;
  };
  for (auto it = names_.lower_bound(prefix); it != names_.end() && below(it->first, dir); ++it)
    if (direct(it->first)) entries.push_back({it->first.substr(prefix.size()), false});
  for (auto it = dirs_.lower_bound(prefix); it != dirs_.end() && below(*it, dir); ++it)
    if (direct(*it)) entries.push_back({it->substr(prefix.size()), true});
  return entries;
}

Result<void> FakeFileSystem::make_dirs(const std::string& dir) {
  VEDETTE_TRY(begin(Op::kMakeDir, dir));
  MutexLock lock(mutex_);
  std::vector<std::string> missing;
  for (std::string at = dir; at != "/" && at != "." && dirs_.count(at) == 0; at = parent_of(at))
    missing.push_back(at);
  for (auto it = missing.rbegin(); it != missing.rend(); ++it) {
    dirs_.insert(*it);
    changes_.push_back({NameChange::kMakeDir, *it, "", nullptr});
  }
  return ok();
}

Result<void> FakeFileSystem::remove_dir(const std::string& dir) {
  VEDETTE_TRY(begin(Op::kRemove, dir));
  MutexLock lock(mutex_);
  if (dirs_.count(dir) == 0) return no_such(dir);
  const auto name = names_.lower_bound(dir + "/");
  const auto folder = dirs_.lower_bound(dir + "/");
  if ((name != names_.end() && below(name->first, dir)) ||
      (folder != dirs_.end() && below(*folder, dir)))
    return make_error(ErrorCode::kFailedPrecondition, "remove folder " + dir + ": not empty");
  dirs_.erase(dir);
  changes_.push_back({NameChange::kRemoveDir, dir, "", nullptr});
  return ok();
}

Result<void> FakeFileSystem::sync_dir(const std::string& dir) {
  VEDETTE_TRY(begin(Op::kSyncDir, dir));
  MutexLock lock(mutex_);
  if (dirs_.count(dir) == 0 && dir != "/" && dir != ".") return no_such(dir);
  std::erase_if(changes_, [&](const NameChange& change) {
    if (parent_of(change.path) != dir && (change.to.empty() || parent_of(change.to) != dir))
      return false;
    apply(change, synced_names_, synced_dirs_);
    return true;
  });
  return ok();
}

Result<void> FakeFileSystem::sync_all(const std::string& path) {
  auto begun = begin(Op::kSyncAll, path);
  MutexLock lock(mutex_);
  if (halted_) return begun;
  const std::string mount = mount_of(path);
  for (const auto& [name, node] : names_) {
    if (mount_of(name) != mount) continue;
    if (begun)
      node->content.sync();
    else
      node->content.sync_failed();
  }
  if (!begun) return begun;
  std::erase_if(changes_, [&](const NameChange& change) {
    if (mount_of(change.path) != mount) return false;
    apply(change, synced_names_, synced_dirs_);
    return true;
  });
  return ok();
}

Result<Space> FakeFileSystem::space(const std::string& path) {
  VEDETTE_TRY(begin(Op::kSpace, path));
  MutexLock lock(mutex_);
  const std::string mount = mount_of(path);
  const uint64_t capacity = mounts_[mount].capacity;
  const uint64_t taken = used(mount);
  return Space{capacity, taken > capacity ? 0 : capacity - taken, std::hash<std::string>{}(mount)};
}

bool FakeFileSystem::exists(const std::string& path) {
  MutexLock lock(mutex_);
  return !halted_ && !unplugged(path) && (names_.count(path) > 0 || dirs_.count(path) > 0);
}

Result<std::unique_ptr<FileLock>> FakeFileSystem::lock(const std::string& path) {
  VEDETTE_TRY(begin(Op::kLock, path));
  MutexLock lock(mutex_);
  if (!locks_.insert(path).second)
    return make_error(ErrorCode::kFailedPrecondition, "lock " + path + ": held");
  return std::unique_ptr<FileLock>(std::make_unique<FakeLock>(*this, path, era_));
}

}  // namespace vedette::fs
