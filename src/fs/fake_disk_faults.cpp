// SPDX-License-Identifier: Apache-2.0
// Faults, power cuts and the swapping of disks.
#include <algorithm>

#include "fs/fake_file_system.h"

namespace vedette::fs {
namespace {

bool writes(Op op) {
  switch (op) {
    case Op::kCreate:
    case Op::kWrite:
    case Op::kAllocate:
    case Op::kTruncate:
    case Op::kRemove:
    case Op::kRename:
    case Op::kMakeDir:
      return true;
    default:
      return false;
  }
}

std::string rebased(const std::string& path, const std::string& dir) {
  return path.substr(dir.size());
}

bool inside(const std::string& path, const std::string& dir) {
  return path.size() > dir.size() && path.compare(0, dir.size(), dir) == 0 &&
         path[dir.size()] == '/';
}

}  // namespace

void FakeFileSystem::inject(Fault fault) {
  MutexLock lock(mutex_);
  faults_.push_back(std::move(fault));
}

void FakeFileSystem::clear_faults() {
  MutexLock lock(mutex_);
  faults_.clear();
}

Result<void> FakeFileSystem::fault(Op op, const std::string& path, Duration& delay) {
  if (writes(op) && mounts_[mount_of(path)].read_only)
    return make_error(ErrorCode::kPermissionDenied, path + ": Read-only file system");
  for (auto it = faults_.begin(); it != faults_.end(); ++it) {
    if (it->op != op && it->op != Op::kAny) continue;
    if (path.find(it->path_part) == std::string::npos) continue;
    if (it->nth > 1) {
      --it->nth;
      continue;
    }
    const Fault hit = *it;
    if (!hit.for_good) faults_.erase(it);
    delay = hit.delay;
    if (delay.count() > 0) return ok();
    return make_error(hit.code, "injected fault: " + path);
  }
  return ok();
}

void FakeFileSystem::mount(const std::string& dir, uint64_t capacity_bytes) {
  MutexLock lock(mutex_);
  mounts_[dir] = {capacity_bytes, false};
}

void FakeFileSystem::set_capacity(uint64_t bytes, const std::string& mount) {
  MutexLock lock(mutex_);
  mounts_[mount].capacity = bytes;
}

void FakeFileSystem::set_read_only(const std::string& mount, bool read_only) {
  MutexLock lock(mutex_);
  mounts_[mount].read_only = read_only;
}

void FakeFileSystem::set_halted(bool halted) {
  MutexLock lock(mutex_);
  halted_ = halted;
}

void FakeFileSystem::set_exempt(bool exempt) {
  MutexLock lock(mutex_);
  exempt_ = exempt;
}

void FakeFileSystem::process_death() {
  MutexLock lock(mutex_);
  ++era_;
  locks_.clear();
}

void FakeFileSystem::apply(const NameChange& change, Names& names, std::set<std::string>& dirs) {
  switch (change.kind) {
    case NameChange::kLink:
      names[change.path] = change.node;
      break;
    case NameChange::kUnlink:
      names.erase(change.path);
      break;
    case NameChange::kMove: {
      const auto from = names.find(change.path);
      if (from != names.end() && from->second == change.node) names.erase(from);
      names[change.to] = change.node;
      break;
    }
    case NameChange::kMakeDir:
      dirs.insert(change.path);
      break;
    case NameChange::kRemoveDir:
      dirs.erase(change.path);
      break;
  }
}

void FakeFileSystem::power_cut() {
  MutexLock lock(mutex_);
  settle_power_cut(nullptr);
}

void FakeFileSystem::power_cut(uint64_t seed) {
  MutexLock lock(mutex_);
  FakeChance chance(seed);
  settle_power_cut(&chance);
}

void FakeFileSystem::settle_power_cut(FakeChance* chance) {
  ++era_;
  locks_.clear();
  for (const NameChange& change : changes_)
    if (chance != nullptr && chance->below(2) == 0) apply(change, synced_names_, synced_dirs_);
  changes_.clear();
  for (const auto& [path, node] : names_) node->gone = true;
  // What lies in a folder whose own name was lost cannot be reached.
  const auto reachable = [&](const std::string& path) {
    for (std::string at = parent_of(path); at != "/" && at != "."; at = parent_of(at))
      if (synced_dirs_.count(at) == 0) return false;
    return true;
  };
  std::erase_if(synced_dirs_, [&](const std::string& dir) { return !reachable(dir); });
  std::erase_if(synced_names_, [&](const auto& name) { return !reachable(name.first); });
  dirs_ = synced_dirs_;
  std::map<Node*, NodePtr> settled;
  for (auto& [path, node] : synced_names_) {
    NodePtr& now = settled[node.get()];
    if (!now) {
      now = std::make_shared<Node>(Node{node->content, false});
      if (chance == nullptr)
        now->content.lose_unsynced();
      else
        now->content.tear_unsynced(*chance);
    }
    node->gone = true;
    node = now;
  }
  names_ = synced_names_;
}

void FakeFileSystem::unplug(const std::string& dir) {
  MutexLock lock(mutex_);
  unplugged_.insert(dir);
}

void FakeFileSystem::plug_in(const std::string& dir) {
  MutexLock lock(mutex_);
  unplugged_.erase(dir);
}

std::shared_ptr<const FakeFileSystem::Image> FakeFileSystem::image(const std::string& dir) const {
  MutexLock lock(mutex_);
  auto image = std::make_shared<Image>();
  for (const auto& [path, node] : names_)
    if (inside(path, dir)) image->files[rebased(path, dir)] = node->content;
  for (const std::string& path : dirs_)
    if (inside(path, dir)) image->dirs.insert(rebased(path, dir));
  return image;
}

void FakeFileSystem::replace(const std::string& dir, const Image& with) {
  MutexLock lock(mutex_);
  const auto here = [&](const auto& name) { return inside(name.first, dir); };
  for (const auto& [path, node] : names_)
    if (inside(path, dir)) node->gone = true;
  std::erase_if(names_, here);
  std::erase_if(synced_names_, here);
  std::erase_if(dirs_, [&](const std::string& path) { return inside(path, dir); });
  std::erase_if(synced_dirs_, [&](const std::string& path) { return inside(path, dir); });
  std::erase_if(changes_, [&](const NameChange& change) { return inside(change.path, dir); });
  for (const std::string& path : with.dirs) {
    dirs_.insert(dir + path);
    synced_dirs_.insert(dir + path);
  }
  for (const auto& [path, content] : with.files) {
    auto node = std::make_shared<Node>(Node{content, false});
    node->content.sync();
    names_[dir + path] = node;
    synced_names_[dir + path] = node;
  }
}

std::unique_ptr<FakeFileSystem> FakeFileSystem::clone() const {
  MutexLock lock(mutex_);
  auto copy = std::make_unique<FakeFileSystem>();
  copy->mounts_ = mounts_;
  copy->dirs_ = dirs_;
  copy->synced_dirs_ = synced_dirs_;
  copy->changes_ = changes_;
  copy->unplugged_ = unplugged_;
  std::map<Node*, NodePtr> nodes;
  const auto copied = [&](const NodePtr& node) {
    if (!node) return NodePtr();
    NodePtr& other = nodes[node.get()];
    if (!other) other = std::make_shared<Node>(*node);
    return other;
  };
  for (const auto& [path, node] : names_) copy->names_[path] = copied(node);
  for (const auto& [path, node] : synced_names_) copy->synced_names_[path] = copied(node);
  for (NameChange& change : copy->changes_) change.node = copied(change.node);
  return copy;
}

void FakeFileSystem::corrupt(const std::string& path, uint64_t offset, ByteSpan bytes) {
  MutexLock lock(mutex_);
  const auto it = names_.find(path);
  if (it == names_.end()) return;
  it->second->content.write(offset, std::span(&bytes, 1), bytes.size());
  it->second->content.sync();
}

}  // namespace vedette::fs
