// SPDX-License-Identifier: Apache-2.0
#include "fs/fake_content.h"

#include <algorithm>

namespace vedette::fs {
namespace {

// A page written very often between two syncs: the first versions and the newest are enough.
constexpr size_t kMostVersions = 6;

}  // namespace

size_t FakeContent::read(uint64_t offset, std::span<uint8_t> into) const {
  if (offset >= size_) return 0;
  const auto count = static_cast<size_t>(std::min<uint64_t>(into.size(), size_ - offset));
  for (size_t done = 0; done < count;) {
    const auto at = static_cast<size_t>(offset) + done;
    const size_t within = at % kPageBytes;
    const size_t part = std::min(kPageBytes - within, count - done);
    const PagePtr& page = pages_[at / kPageBytes];
    if (page)
      std::copy_n(page->begin() + static_cast<ptrdiff_t>(within), part,
                  into.begin() + static_cast<ptrdiff_t>(done));
    else
      std::fill_n(into.begin() + static_cast<ptrdiff_t>(done), part, uint8_t{0});
    done += part;
  }
  return count;
}

void FakeContent::put_page(size_t index, PagePtr page) {
  std::vector<PagePtr>& versions = older_[index];
  if (versions.size() < kMostVersions) versions.push_back(pages_[index]);
  pages_[index] = std::move(page);
}

void FakeContent::write(uint64_t offset, std::span<const ByteSpan> parts, uint64_t most) {
  uint64_t total = 0;
  for (const ByteSpan part : parts) total += part.size();
  const uint64_t end = offset + std::min(total, most);
  if (end == offset) return;
  if (end > size_) {
    size_ = end;
    sizes_.push_back(size_);
    pages_.resize(static_cast<size_t>((size_ + kPageBytes - 1) / kPageBytes));
  }
  std::shared_ptr<Page> page;
  size_t index = 0;
  uint64_t at = offset;
  for (ByteSpan part : parts) {
    part = part.first(std::min(part.size(), static_cast<size_t>(end - at)));
    while (!part.empty()) {
      if (!page || index != at / kPageBytes) {
        if (page) put_page(index, std::move(page));
        index = static_cast<size_t>(at / kPageBytes);
        page = pages_[index] ? std::make_shared<Page>(*pages_[index]) : std::make_shared<Page>();
      }
      const auto within = static_cast<size_t>(at % kPageBytes);
      const size_t count = std::min(kPageBytes - within, part.size());
      std::copy_n(part.begin(), count, page->begin() + static_cast<ptrdiff_t>(within));
      part = part.subspan(count);
      at += count;
    }
  }
  if (page) put_page(index, std::move(page));
}

void FakeContent::truncate(uint64_t size) {
  if (size == size_) return;
  const auto count = static_cast<size_t>((size + kPageBytes - 1) / kPageBytes);
  for (size_t i = count; i < pages_.size(); ++i) put_page(i, nullptr);
  if (size < size_ && size % kPageBytes != 0 && pages_[count - 1]) {
    auto page = std::make_shared<Page>(*pages_[count - 1]);
    std::fill(page->begin() + static_cast<ptrdiff_t>(size % kPageBytes), page->end(), uint8_t{0});
    put_page(count - 1, std::move(page));
  }
  pages_.resize(count);
  size_ = size;
  sizes_.push_back(size);
}

void FakeContent::sync() {
  synced_.resize(pages_.size());
  for (const auto& [index, versions] : older_) {
    if (index < pages_.size()) synced_[index] = pages_[index];
    lost_.erase(index);
  }
  older_.clear();
  synced_size_ = size_;
  sizes_.clear();
}

void FakeContent::sync_failed() {
  for (auto& [index, versions] : older_) {
    std::vector<PagePtr>& lost = lost_[index];
    lost.insert(lost.end(), versions.begin(), versions.end());
  }
  older_.clear();
}

void FakeContent::lose_unsynced() {
  pages_ = synced_;
  size_ = synced_size_;
  pages_.resize(static_cast<size_t>((size_ + kPageBytes - 1) / kPageBytes));
  older_.clear();
  lost_.clear();
  sizes_.clear();
}

void FakeContent::mixture(FakeChance& chance, size_t sector, size_t index,
                          const std::vector<PagePtr>& from) {
  auto page = std::make_shared<Page>();
  for (size_t at = 0; at < kPageBytes; at += sector) {
    const PagePtr& chosen = from[chance.below(from.size())];
    if (chosen)
      std::copy_n(chosen->begin() + static_cast<ptrdiff_t>(at), sector,
                  page->begin() + static_cast<ptrdiff_t>(at));
  }
  pages_[index] = std::move(page);
}

void FakeContent::tear_unsynced(FakeChance& chance) {
  Versions dirty = std::move(lost_);
  for (auto& [index, versions] : older_) {
    std::vector<PagePtr>& all = dirty[index];
    all.insert(all.end(), versions.begin(), versions.end());
  }
  const std::vector<PagePtr> newest = pages_;
  std::vector<uint64_t> sizes = std::move(sizes_);
  sizes.push_back(synced_size_);
  const uint64_t mood = chance.below(4);  // all lost, all kept, or torn in small or large pieces
  if (mood == 0) {
    size_ = synced_size_;
  } else if (mood > 1) {
    size_ = sizes[chance.below(sizes.size())];
  }
  pages_ = synced_;
  pages_.resize(static_cast<size_t>((size_ + kPageBytes - 1) / kPageBytes));
  for (auto& [index, versions] : dirty) {
    if (index >= pages_.size() || mood == 0) continue;
    versions.push_back(index < newest.size() ? newest[index] : nullptr);
    if (mood == 1) {
      pages_[index] = versions.back();
      continue;
    }
    mixture(chance, mood == 2 ? 512 : kPageBytes, index, versions);
  }
  synced_ = pages_;
  synced_size_ = size_;
  older_.clear();
  lost_.clear();
  sizes_.clear();
}

Bytes FakeContent::bytes() const {
  Bytes all(static_cast<size_t>(size_));
  (void)read(0, all);
  return all;
}

}  // namespace vedette::fs
