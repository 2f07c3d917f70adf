// SPDX-License-Identifier: Apache-2.0
#include "fs/fake_file_system.h"

#include <algorithm>

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
    MutexLock lock(owner_.mutex_);
    VEDETTE_TRY(alive(Op::kRead));
    if (offset >= node_->data.size()) return size_t{0};
    const size_t count = std::min(into.size(), node_->data.size() - static_cast<size_t>(offset));
    std::copy_n(node_->data.begin() + static_cast<ptrdiff_t>(offset), count, into.begin());
    return count;
  }

  Result<void> write_at(uint64_t offset, std::span<const ByteSpan> parts) override {
    MutexLock lock(owner_.mutex_);
    VEDETTE_TRY(alive(Op::kWrite));
    size_t total = 0;
    for (const ByteSpan part : parts) total += part.size();
    const uint64_t end = offset + total;
    if (end > node_->data.size()) {
      if (owner_.used() + end - node_->data.size() > owner_.capacity_)
        return make_error(ErrorCode::kResourceExhausted,
                          "write " + path_ + ": No space left on device");
      node_->data.resize(static_cast<size_t>(end));
    }
    auto at = node_->data.begin() + static_cast<ptrdiff_t>(offset);
    for (const ByteSpan part : parts) at = std::copy(part.begin(), part.end(), at);
    return ok();
  }

  Result<void> allocate(uint64_t, uint64_t) override {
    MutexLock lock(owner_.mutex_);
    return alive(Op::kAllocate);
  }
  Result<void> truncate(uint64_t size) override {
    MutexLock lock(owner_.mutex_);
    VEDETTE_TRY(alive(Op::kTruncate));
    node_->data.resize(static_cast<size_t>(size));
    return ok();
  }
  Result<void> sync_data() override {
    MutexLock lock(owner_.mutex_);
    VEDETTE_TRY(alive(Op::kSync));
    node_->synced = node_->data;
    return ok();
  }
  Result<uint64_t> size() const override {
    MutexLock lock(owner_.mutex_);
    return uint64_t{node_->data.size()};
  }
  void drop_cache(uint64_t, uint64_t) override {}

 private:
  // A descriptor of before a power cut belongs to a process that died with it.
  Result<void> alive(Op op) const VEDETTE_REQUIRES(owner_.mutex_) {
    if (era_ != owner_.power_cuts_)
      return make_error(ErrorCode::kUnavailable, path_ + ": opened before the power cut");
    return owner_.check(op, path_);
  }

  FakeFileSystem& owner_;
  std::string path_;
  FakeFileSystem::NodePtr node_;
  uint64_t era_;
};

class FakeLock final : public FileLock {
 public:
  FakeLock(FakeFileSystem& owner, std::string path) : owner_(owner), path_(std::move(path)) {}
  ~FakeLock() override {
    MutexLock lock(owner_.mutex_);
    owner_.locks_.erase(path_);
  }

 private:
  FakeFileSystem& owner_;
  std::string path_;
};

FakeFileSystem::FakeFileSystem(uint64_t capacity_bytes) : capacity_(capacity_bytes) {}
FakeFileSystem::~FakeFileSystem() = default;

void FakeFileSystem::inject(Fault fault) {
  MutexLock lock(mutex_);
  faults_.push_back(std::move(fault));
}

void FakeFileSystem::clear_faults() {
  MutexLock lock(mutex_);
  faults_.clear();
}

void FakeFileSystem::set_capacity(uint64_t bytes) {
  MutexLock lock(mutex_);
  capacity_ = bytes;
}

void FakeFileSystem::power_cut() {
  MutexLock lock(mutex_);
  ++power_cuts_;
  names_ = synced_names_;
  dirs_ = synced_dirs_;
  locks_.clear();
  for (auto& [path, node] : names_) node = std::make_shared<Node>(Node{node->synced, node->synced});
  synced_names_ = names_;
}

void FakeFileSystem::unplug(const std::string& dir) {
  MutexLock lock(mutex_);
  unplugged_.insert(dir);
}

void FakeFileSystem::plug_in(const std::string& dir) {
  MutexLock lock(mutex_);
  unplugged_.erase(dir);
}

int FakeFileSystem::count(Op op) const {
  MutexLock lock(mutex_);
  const auto it = counts_.find(op);
  return it == counts_.end() ? 0 : it->second;
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
  return it == names_.end() ? Bytes{} : it->second->data;
}

uint64_t FakeFileSystem::used_bytes() const {
  MutexLock lock(mutex_);
  return used();
}

uint64_t FakeFileSystem::used() const {
  uint64_t total = 0;
  for (const auto& [path, node] : names_) total += node->data.size();
  return total;
}

bool FakeFileSystem::unplugged(const std::string& path) const {
  return std::any_of(unplugged_.begin(), unplugged_.end(),
                     [&](const std::string& dir) { return path == dir || below(path, dir); });
}

Result<void> FakeFileSystem::check(Op op, const std::string& path) {
  ++counts_[op];
  if (unplugged(path)) return no_such(path);
  for (auto it = faults_.begin(); it != faults_.end(); ++it) {
    if (it->op != op || path.find(it->path_part) == std::string::npos) continue;
    if (it->nth > 1) {
      --it->nth;
      continue;
    }
    const Error error = make_error(it->code, "injected fault: " + path);
    if (!it->for_good) faults_.erase(it);
    return error;
  }
  return ok();
}

Result<std::unique_ptr<File>> FakeFileSystem::create(const std::string& path) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kCreate, path));
  if (names_.count(path) > 0)
    return make_error(ErrorCode::kFailedPrecondition, "create " + path + ": File exists");
  if (dirs_.count(parent_of(path)) == 0) return no_such(path);
  auto node = std::make_shared<Node>();
  names_[path] = node;
  return std::unique_ptr<File>(std::make_unique<FakeFile>(*this, path, node, power_cuts_));
}

Result<std::unique_ptr<File>> FakeFileSystem::open(const std::string& path) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kOpen, path));
  const auto it = names_.find(path);
  if (it == names_.end()) return no_such(path);
  return std::unique_ptr<File>(std::make_unique<FakeFile>(*this, path, it->second, power_cuts_));
}
Result<std::unique_ptr<File>> FakeFileSystem::open_read(const std::string& path) {
  return open(path);
}
Result<std::unique_ptr<File>> FakeFileSystem::open_write(const std::string& path) {
  return open(path);
}

Result<void> FakeFileSystem::remove(const std::string& path) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kRemove, path));
  if (names_.erase(path) == 0) return no_such(path);
  return ok();
}

Result<void> FakeFileSystem::rename(const std::string& from, const std::string& to) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kRename, from));
  const auto it = names_.find(from);
  if (it == names_.end()) return no_such(from);
  names_[to] = it->second;
  names_.erase(from);
  return ok();
}

Result<std::vector<DirEntry>> FakeFileSystem::list(const std::string& dir) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kList, dir));
  if (dirs_.count(dir) == 0) return no_such(dir);
  std::vector<DirEntry> entries;
  const auto direct = [&](const std::string& path) {
    return below(path, dir) && path.find('/', dir.size() + 1) == std::string::npos;
  };
  for (const auto& [path, node] : names_)
    if (direct(path)) entries.push_back({path.substr(dir.size() + 1), false});
  for (const std::string& path : dirs_)
    if (direct(path)) entries.push_back({path.substr(dir.size() + 1), true});
  return entries;
}

Result<void> FakeFileSystem::make_dirs(const std::string& dir) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kMakeDir, dir));
  for (std::string at = dir; at != "/" && at != "."; at = parent_of(at)) dirs_.insert(at);
  return ok();
}

Result<void> FakeFileSystem::remove_dir(const std::string& dir) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kRemove, dir));
  if (dirs_.count(dir) == 0) return no_such(dir);
  const bool empty =
      std::none_of(names_.begin(), names_.end(),
                   [&](const auto& n) { return below(n.first, dir); }) &&
      std::none_of(dirs_.begin(), dirs_.end(), [&](const auto& d) { return below(d, dir); });
  if (!empty)
    return make_error(ErrorCode::kFailedPrecondition, "remove folder " + dir + ": not empty");
  dirs_.erase(dir);
  return ok();
}

Result<void> FakeFileSystem::sync_dir(const std::string& dir) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kSyncDir, dir));
  std::erase_if(synced_names_, [&](const auto& name) { return parent_of(name.first) == dir; });
  for (const auto& [path, node] : names_)
    if (parent_of(path) == dir) synced_names_[path] = node;
  for (const std::string& path : dirs_)
    if (path == dir || parent_of(path) == dir) synced_dirs_.insert(path);
  return ok();
}

Result<void> FakeFileSystem::sync_all(const std::string& path) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kSyncAll, path));
  synced_names_ = names_;
  synced_dirs_ = dirs_;
  for (auto& [name, node] : names_) node->synced = node->data;
  return ok();
}

Result<Space> FakeFileSystem::space(const std::string& path) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kSpace, path));
  const uint64_t taken = used();
  return Space{capacity_, taken > capacity_ ? 0 : capacity_ - taken};
}

bool FakeFileSystem::exists(const std::string& path) {
  MutexLock lock(mutex_);
  return !unplugged(path) && (names_.count(path) > 0 || dirs_.count(path) > 0);
}

Result<std::unique_ptr<FileLock>> FakeFileSystem::lock(const std::string& path) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(check(Op::kLock, path));
  if (!locks_.insert(path).second)
    return make_error(ErrorCode::kFailedPrecondition, "lock " + path + ": held");
  return std::unique_ptr<FileLock>(std::make_unique<FakeLock>(*this, path));
}

}  // namespace vedette::fs
